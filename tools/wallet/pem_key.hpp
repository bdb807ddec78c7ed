/// An Ed25519 key in a PEM file of its own, as other programs make and keep it: PKCS#8, not encrypted. It
/// signs results of verifications; accounts stand in the keystore.
///
/// @source RFC 8410 section 7, RFC 5958
#pragma once

#include <primitives/crypto/key_pair.hpp>
#include <string>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// Reads the key, as `openssl genpkey -algorithm ed25519` writes it. All that passes through memory is wiped.
/// @errors file_unreadable; ear_key_unsuitable: encrypted, of another kind, or no key at all
[[nodiscard]] Fallible<crypto::KeyPair> read_pem_key(const std::string& path);

}  // namespace redoubt::wallet
