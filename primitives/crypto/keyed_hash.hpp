/// Names that only the holder of a key can compute or tell apart.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>

namespace redoubt::crypto {

/// BLAKE2b with a key and a digest of 16 bytes: a pseudorandom function. @source RFC 7693, section 2.5
[[nodiscard]] FixedBytes<16> keyed_blake2b_128(const SecretBytes<32>& key, ByteView input);

}  // namespace redoubt::crypto
