/// Keys from passwords, for files a person keeps: Argon2id. Not for secrets that are random already
/// (kdf.hpp).
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::crypto {

enum class PasswordKdfError : int {
    kCostOutOfRange = 1,  ///< passes or memory outside the limits below
    kOutOfMemory,         ///< the machine cannot give the memory asked for
};
[[nodiscard]] std::string_view error_domain(PasswordKdfError);
[[nodiscard]] std::string_view error_message(PasswordKdfError);
REDOUBT_ERROR_DOMAIN(PasswordKdfError)

/// What one guess costs. The limits keep a hostile file from asking for all memory of a machine.
struct PasswordCost {
    static constexpr std::uint32_t kPassesMax = 32;
    static constexpr std::uint32_t kMemoryKibMin = 8;
    static constexpr std::uint32_t kMemoryKibMax = 1024 * 1024;

    std::uint32_t passes = 3;
    std::uint32_t memory_kib = 64 * 1024;
};

/// A salt, random for each file.
using PasswordSalt = FixedBytes<16>;

/// The 32-byte key of a password: Argon2id version 1.3, one lane.
/// @errors kCostOutOfRange, kOutOfMemory   @source RFC 9106; libsodium crypto_pwhash
[[nodiscard]] Result<SecretBytes<32>> derive_password_key(ByteView password,
                                                          const PasswordSalt& salt,
                                                          PasswordCost cost);

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::PasswordKdfError> : std::true_type {};
