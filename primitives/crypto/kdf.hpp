/// Key derivation: independent keys from one strong secret. Not for passwords.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>

namespace redoubt::crypto {

/// HKDF-SHA-256 without salt, 32 bytes out. `info` names the purpose of the key.
/// @source RFC 5869
[[nodiscard]] SecretBytes<32> hkdf_sha256(ByteView secret, ByteView info);

}  // namespace redoubt::crypto
