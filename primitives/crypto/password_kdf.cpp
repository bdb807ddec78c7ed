#include <primitives/crypto/password_kdf.hpp>

#include <primitives/crypto/initialise.hpp>

#include <sodium.h>

namespace redoubt::crypto {

std::string_view error_domain(PasswordKdfError) {
    return "password key";
}

std::string_view error_message(PasswordKdfError error) {
    switch (error) {
        case PasswordKdfError::kCostOutOfRange:
            return "the number of passes or the memory is outside the limits";
        case PasswordKdfError::kOutOfMemory:
            return "there is not enough memory to derive the key";
    }
    return "unknown password key error";
}

Result<SecretBytes<32>> derive_password_key(ByteView password, const PasswordSalt& salt, PasswordCost cost) {
    static_assert(PasswordSalt::kSize == crypto_pwhash_argon2id_SALTBYTES);
    if (cost.passes < 1 || cost.passes > PasswordCost::kPassesMax ||
        cost.memory_kib < PasswordCost::kMemoryKibMin || cost.memory_kib > PasswordCost::kMemoryKibMax) {
        return PasswordKdfError::kCostOutOfRange;
    }
    initialise();
    SecretBytes<32> key;
    const auto out = key.expose_mut();
    if (crypto_pwhash_argon2id(out.data(), out.size(), reinterpret_cast<const char*>(password.data()),
                               password.size(), salt.data(), cost.passes, std::size_t{cost.memory_kib} * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        return PasswordKdfError::kOutOfMemory;
    }
    return key;
}

}  // namespace redoubt::crypto
