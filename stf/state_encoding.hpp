/// A shard's state as workers of the original protocol encode, hash and exchange it.
///
///     state = count ++ (key size ++ key ++ value size ++ value)...
///     diff  = count ++ (key size ++ key ++ (00 | 01 ++ value size ++ value))...        00 removes the key
///
/// Counts and sizes are LEB128, seven bits in a byte, the lowest first, and as short as possible. Keys are in
/// strictly ascending order of their bytes. The *state hash* is BLAKE2b-256 of the state's encoding. This
/// worker's own state lies in tries; what it confirms is a trie's root.
///
/// @source integritee-wire.md, section 6.1 (postcard 0.7 of an ordered list of pairs)
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/crypto/streaming_hash.hpp>
#include <primitives/result.hpp>
#include <stf/state.hpp>
#include <vector>

namespace redoubt::stf {

/// What is decoded at most: bytes of a state, entries of a state or diff, bytes of a key and of a value.
inline constexpr std::size_t kEncodedStateBytesMax = std::size_t{1} << 30;
inline constexpr std::uint64_t kEncodedEntriesMax = 16'777'216;
inline constexpr std::size_t kEncodedKeyBytesMax = std::size_t{32} << 10;
inline constexpr std::size_t kEncodedValueBytesMax = std::size_t{16} << 20;
/// A diff is taken into memory as a whole.
inline constexpr std::size_t kEncodedDiffBytesMax = std::size_t{64} << 20;
inline constexpr std::uint64_t kEncodedDiffEntriesMax = 1'048'576;

/// An entry of an encoded state; views of the encoding.
struct EncodedEntry {
    ByteView key;
    ByteView value;
};

/// The entries in ascending order of their keys. Memory is a small multiple of what was given.
/// @errors DecodeError: kLengthLimit, kUnexpectedEnd, kTrailingBytes, kNonCanonical, kOutOfRange, kBadOrder
[[nodiscard]] Result<std::vector<EncodedEntry>> decode_state(ByteView encoded);
/// @errors as above; kBadTag
[[nodiscard]] Result<Changes> decode_state_diff(ByteView encoded);

/// All entries of a state, which is passed twice.
[[nodiscard]] Bytes encode_state(const StateReader& state);
[[nodiscard]] Bytes encode_state_diff(const Changes& changes);

/// The state hash of entries that come one by one, none of which is kept.
class StateHasher {
  public:
    /// @param entries  how many will come
    explicit StateHasher(std::uint64_t entries);

    void add(ByteView key, ByteView value);
    /// Nothing when other than the announced number of entries came, or not in strictly ascending order.
    /// Once.
    [[nodiscard]] std::optional<Hash256> finish();

  private:
    crypto::Blake2b256Stream hash_;
    std::uint64_t entries_left_;
    std::optional<Bytes> last_key_;
    bool is_sound_ = true;
};

/// The state hash of a state, which is passed twice and never held.
[[nodiscard]] Hash256 state_hash(const StateReader& state);

}  // namespace redoubt::stf
