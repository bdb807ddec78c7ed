/// How the bits of a bit sequence lie in its store words. Internal to this library.
///
/// @source light-client.md section 2.1, "bit sequence"
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <substrate/type_registry.hpp>
#include <substrate/value.hpp>

namespace redoubt::substrate {

/// Most bits of one sequence.
inline constexpr std::uint32_t kBitsMax = 1U << 29;

struct BitLayout {
    unsigned word_bytes = 1;  ///< 1, 2, 4 or 8
    bool lsb_first = true;
};

/// @errors ValueError::kUnencodableType when store or order are not what a bit sequence can have
[[nodiscard]] Result<BitLayout> bit_layout(const TypeRegistry& types, const BitSequenceDef& def);
/// The bytes of the store words after the bit count. @errors DecodeError
[[nodiscard]] Result<std::uint32_t> read_bit_count(ByteCursor& in);
[[nodiscard]] std::uint64_t store_bytes(const BitLayout& layout, std::uint32_t bit_count) noexcept;
/// @pre `store` has store_bytes(layout, bit_count) bytes
[[nodiscard]] BitSequence unpack_bits(const BitLayout& layout, std::uint32_t bit_count, ByteView store);
/// Appends count and store words, unused bits zero. @errors ValueError::kOutOfRange above kBitsMax bits
[[nodiscard]] Result<void> append_bits(const BitLayout& layout, const BitSequence& value, Bytes& out);

}  // namespace redoubt::substrate
