/// 128-bit unsigned integers, as balances need them, and their decimal text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt {

__extension__ using uint128 = unsigned __int128;
__extension__ using int128 = __int128;

/// Decimal digits without separators.
[[nodiscard]] std::string to_decimal(uint128 value);

/// Reads plain decimal digits; nullopt for anything else and for values above 2^128 - 1.
[[nodiscard]] std::optional<uint128> parse_decimal_u128(std::string_view text);

}  // namespace redoubt
