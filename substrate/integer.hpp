/// Integers of up to 256 bits with a sign: what dynamic values hold, and their decimal text.
///
/// There is no arithmetic here beyond what encoding and printing need.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>
#include <string>
#include <string_view>

namespace redoubt::substrate {

/// A number between -2^256 and 2^256 exclusive. Zero is never negative.
struct Integer {
    bool negative = false;
    std::array<std::uint64_t, 4> magnitude{};  ///< least significant limb first

    [[nodiscard]] static Integer of_u64(std::uint64_t value) noexcept;
    [[nodiscard]] static Integer of_u128(uint128 value) noexcept;
    [[nodiscard]] static Integer of_i64(std::int64_t value) noexcept;
    /// Little-endian bytes, at most 32; two's complement when `is_signed`.
    [[nodiscard]] static Integer of_le_bytes(ByteView bytes, bool is_signed) noexcept;

    /// The value, when it is not negative and fits.
    [[nodiscard]] std::optional<std::uint64_t> to_u64() const noexcept;
    [[nodiscard]] std::optional<uint128> to_u128() const noexcept;
    /// True when a SCALE integer of `bits` bits (8 ... 256) can hold it.
    [[nodiscard]] bool fits(unsigned bits, bool is_signed) const noexcept;

    bool operator==(const Integer&) const = default;
};

/// Appends `bits / 8` little-endian bytes, two's complement. @pre `value.fits(bits, ...)`
void append_integer(Bytes& out, const Integer& value, unsigned bits);
/// Appends the compact form. @pre not negative
void append_compact_integer(Bytes& out, const Integer& value);
/// Reads a canonical compact integer of at most `bits` bits (8 ... 256).
/// @errors DecodeError::kUnexpectedEnd, kNonCanonical, kOutOfRange    @source light-client.md section 2.2
[[nodiscard]] Result<Integer> read_compact_integer(ByteCursor& in, unsigned bits);

/// Decimal digits with a leading `-` when negative.
[[nodiscard]] std::string to_decimal(const Integer& value);
/// Reads what to_decimal writes; nullopt for anything else.
[[nodiscard]] std::optional<Integer> parse_integer(std::string_view text);

}  // namespace redoubt::substrate
