#include <algorithm>
#include <tools/wallet/amount.hpp>

namespace redoubt::wallet {
namespace {

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string quoted(std::string_view text) {
    return "'" + std::string{text} + "'";
}

Failure malformed(std::string_view text, const AmountFormat& format) {
    return usage_failure("amount_malformed", quoted(text) + " is no amount",
                         format.planck ? "With --planck write digits only, for example 1500000000000."
                                       : "Write digits with at most one decimal point, for example 1.5.");
}

Failure too_large(std::string_view text) {
    return usage_failure("amount_too_large", quoted(text) + " is more than a balance can hold",
                         "Write a smaller amount.");
}

}  // namespace

Fallible<uint128> parse_amount(std::string_view text, const AmountFormat& format) {
    if (text.starts_with('-')) {
        return usage_failure("amount_negative", quoted(text) + " is negative", "Amounts are zero or more.");
    }
    const auto point = format.planck ? std::string_view::npos : text.find('.');
    const auto whole = text.substr(0, point);
    auto fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    const bool has_fraction = point != std::string_view::npos;
    if (whole.empty() || !all_digits(whole) || !all_digits(fraction) || (has_fraction && fraction.empty())) {
        return malformed(text, format);
    }
    while (fraction.ends_with('0')) {
        fraction.remove_suffix(1);
    }
    const unsigned decimals = format.planck ? 0 : format.decimals;
    if (fraction.size() > decimals) {
        const auto unit = format.symbol.empty() ? std::string{"this chain's token"} : format.symbol;
        return usage_failure(
            "amount_too_precise",
            quoted(text) + " has more decimal places than " + unit + " (" + std::to_string(decimals) + ")",
            "Round the amount, or give it in the smallest unit with --planck.");
    }
    const auto first = std::min(whole.find_first_not_of('0'), whole.size());
    std::string digits{whole.substr(first)};
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    if (digits.size() > 64) {
        return too_large(text);
    }
    const auto amount = parse_decimal_u128(digits.empty() ? "0" : digits);
    if (!amount) {
        return too_large(text);
    }
    return *amount;
}

Fallible<uint128> parse_payment(std::string_view text, const AmountFormat& format) {
    BOOST_OUTCOME_TRY(const auto amount, parse_amount(text, format));
    if (amount == 0) {
        return usage_failure("amount_zero", quoted(text) + " moves nothing",
                             "Write an amount above zero: nothing would happen, and a fee would be paid.");
    }
    return amount;
}

std::string format_amount(uint128 amount, const AmountFormat& format) {
    auto digits = to_decimal(amount);
    if (format.planck) {
        return digits + " planck";
    }
    if (format.decimals > 0) {
        if (digits.size() <= format.decimals) {
            digits.insert(0, format.decimals + 1 - digits.size(), '0');
        }
        auto fraction = digits.substr(digits.size() - format.decimals);
        digits.resize(digits.size() - format.decimals);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        if (!fraction.empty()) {
            digits += "." + fraction;
        }
    }
    return format.symbol.empty() ? digits : digits + " " + format.symbol;
}

void add_unit(Json& document, const AmountFormat& format) {
    document["symbol"] = format.symbol;
    document["decimals"] = format.decimals;
}

}  // namespace redoubt::wallet
