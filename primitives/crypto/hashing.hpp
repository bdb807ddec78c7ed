/// The hash functions of Substrate chains, each over one byte sequence. Bytes that come piece by piece are
/// hashed with streaming_hash.hpp, keyed use is in keyed_hash.hpp.
///
/// @source light-client.md, section 3
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::crypto {

/// BLAKE2b with a digest of 8, 16, 32 or 64 bytes; the length is a parameter of the function, the short
/// digests are no prefixes of the long ones. @source RFC 7693
[[nodiscard]] FixedBytes<8> blake2b_64(ByteView input);
[[nodiscard]] FixedBytes<16> blake2b_128(ByteView input);
[[nodiscard]] Hash256 blake2b_256(ByteView input);
[[nodiscard]] FixedBytes<64> blake2b_512(ByteView input);

/// XXH64 with the seeds 0, 1, 2, 3 as far as needed, each little-endian. Not collision resistant.
[[nodiscard]] FixedBytes<8> twox_64(ByteView input);
[[nodiscard]] FixedBytes<16> twox_128(ByteView input);
[[nodiscard]] FixedBytes<32> twox_256(ByteView input);

/// Keccak with the padding from before SHA-3, as Ethereum uses it.
[[nodiscard]] Hash256 keccak_256(ByteView input);

/// @source FIPS 180-4
[[nodiscard]] Hash256 sha2_256(ByteView input);
[[nodiscard]] FixedBytes<64> sha2_512(ByteView input);

/// BLAKE3 without a key, 32 bytes: used by the metadata digest. @source BLAKE3 specification, 2021
[[nodiscard]] Hash256 blake3_256(ByteView input);

}  // namespace redoubt::crypto
