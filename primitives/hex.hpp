/// Hexadecimal text, as JSON-RPC uses it.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <string>
#include <string_view>

namespace redoubt {

enum class HexError : int {
    kOddLength = 1,
    kBadDigit,
    kWrongSize,
};
[[nodiscard]] std::string_view error_domain(HexError);
[[nodiscard]] std::string_view error_message(HexError);
REDOUBT_ERROR_DOMAIN(HexError)

/// Lower-case digits, without a prefix.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Lower-case digits after `0x`.
[[nodiscard]] std::string to_hex_0x(ByteView bytes);

/// Reads hex of either case, with or without `0x`.
/// @errors kOddLength, kBadDigit
[[nodiscard]] Result<Bytes> parse_hex(std::string_view text);

}  // namespace redoubt

template <>
struct std::is_error_code_enum<redoubt::HexError> : std::true_type {};

namespace redoubt {

/// Reads exactly `Fixed::kSize` bytes of hex, for example parse_hex_fixed<Hash256>(text).
/// @errors those of parse_hex; kWrongSize
template <class Fixed>
[[nodiscard]] Result<Fixed> parse_hex_fixed(std::string_view text) {
    BOOST_OUTCOME_TRY(const auto bytes, parse_hex(text));
    if (bytes.size() != Fixed::kSize) {
        return HexError::kWrongSize;
    }
    Fixed out;
    std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
    return out;
}

}  // namespace redoubt
