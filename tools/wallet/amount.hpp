/// Amounts of the chain's currency, as people write them and as the chain counts them.
///
/// The rule, the same for every command: a number with or without a decimal point means whole tokens of the
/// chain; with `--planck` amounts are raw integers of the smallest unit.
#pragma once

#include <primitives/uint128.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// How amounts are written for one chain.
struct AmountFormat {
    std::string symbol;     ///< "TEER"; empty for a chain that names none
    unsigned decimals = 0;  ///< places between a token and the smallest unit
    bool planck = false;    ///< amounts are raw integers
};

/// Reads an amount into smallest units.
/// @errors usage failures: amount_malformed, amount_negative, amount_too_precise, amount_too_large
[[nodiscard]] Fallible<uint128> parse_amount(std::string_view text, const AmountFormat& format);

/// The same for what moves funds: nothing at all is no amount. @errors also amount_zero
[[nodiscard]] Fallible<uint128> parse_payment(std::string_view text, const AmountFormat& format);

/// "1.5 TEER", or "1500000000000 planck" where raw integers were asked for. No digit is lost.
[[nodiscard]] std::string format_amount(uint128 amount, const AmountFormat& format);

/// Adds "symbol" and "decimals" to a document whose amounts are raw integers as text.
void add_unit(Json& document, const AmountFormat& format);

}  // namespace redoubt::wallet
