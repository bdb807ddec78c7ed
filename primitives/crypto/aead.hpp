/// Authenticated encryption at rest: XChaCha20-Poly1305 with a random nonce in front of each box.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::crypto {

enum class AeadError : int {
    kTooShort = 1,      ///< fewer bytes than a nonce and a tag take
    kNotAuthentic = 2,  ///< another key, other associated data, or changed bytes
};
[[nodiscard]] std::string_view error_domain(AeadError);
[[nodiscard]] std::string_view error_message(AeadError);
REDOUBT_ERROR_DOMAIN(AeadError)

/// A box is longer than its plaintext by a nonce of 24 and a tag of 16 bytes.
inline constexpr std::size_t kAeadOverheadBytes = 40;

/// nonce (24) ++ ciphertext ++ tag (16). The associated data is authenticated and not contained.
/// @source draft-irtf-cfrg-xchacha-03
[[nodiscard]] Bytes aead_seal(const SecretBytes<32>& key, ByteView associated_data, ByteView plaintext);

/// Opens a box of aead_seal. @errors kTooShort, kNotAuthentic
[[nodiscard]] Result<SecretBuffer> aead_open(const SecretBytes<32>& key,
                                             ByteView associated_data,
                                             ByteView sealed);

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::AeadError> : std::true_type {};
