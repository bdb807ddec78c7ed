/// One account as a file: the secret URI encrypted under a password, the public part readable without it.
///
/// The layout is written down in docs/WALLET.md. Everything before the box is authenticated with it, so that
/// a changed public key, scheme or cost is noticed. This file does not touch the disk (keystore.hpp does).
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/crypto/password_kdf.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::wallet {

enum class KeyFileError : int {
    kNotAKeyFile = 1,  ///< other magic bytes
    kUnknownVersion,   ///< made by a later version of the wallet
    kMalformed,        ///< truncated, too long, or fields that do not fit together
    kCostTooHigh,      ///< asks for more memory or passes than the wallet grants
    kWrongPassword,    ///< the password is wrong, or the file was changed; the two cannot be told apart
    kKeyDoesNotMatch,  ///< the secret inside is not the one of the public key
};
[[nodiscard]] std::string_view error_domain(KeyFileError);
[[nodiscard]] std::string_view error_message(KeyFileError);
REDOUBT_ERROR_DOMAIN(KeyFileError)

/// No key file is longer.
inline constexpr std::size_t kKeyFileBytesMax = 8192;

/// What a key file tells without its password.
struct KeyFileHeader {
    crypto::Scheme scheme = crypto::Scheme::kSr25519;
    bool has_password = true;  ///< false: the box is sealed under the empty password, which protects nothing
    crypto::PasswordCost cost;
    crypto::PasswordSalt salt;
    Bytes public_key;  ///< 32 bytes; 33 for ECDSA
};

/// Seals `secret_uri` into the bytes of a key file. The salt of `header` is chosen here.
/// @errors those of derive_password_key
[[nodiscard]] Result<Bytes> seal_key_file(KeyFileHeader header, ByteView secret_uri, ByteView password);

/// Reads the public part. @errors kNotAKeyFile, kUnknownVersion, kMalformed, kCostTooHigh
[[nodiscard]] Result<KeyFileHeader> read_key_file_header(ByteView file);

/// Opens the box. @return the secret URI   @errors as read_key_file_header; kWrongPassword, kKeyDoesNotMatch
[[nodiscard]] Result<crypto::SecretBuffer> open_key_file(ByteView file, ByteView password);

}  // namespace redoubt::wallet

template <>
struct std::is_error_code_enum<redoubt::wallet::KeyFileError> : std::true_type {};
