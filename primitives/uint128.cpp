#include <primitives/uint128.hpp>

#include <algorithm>

namespace redoubt {

std::string to_decimal(uint128 value) {
    std::string digits;
    do {
        digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value != 0);
    std::ranges::reverse(digits);
    return digits;
}

std::optional<uint128> parse_decimal_u128(std::string_view text) {
    constexpr uint128 kMax = ~uint128{0};
    if (text.empty()) {
        return std::nullopt;
    }
    uint128 value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        const auto digit = static_cast<uint128>(c - '0');
        if (value > (kMax - digit) / 10) {
            return std::nullopt;
        }
        value = value * 10 + digit;
    }
    return value;
}

}  // namespace redoubt
