#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/openssl.hpp>
#include <primitives/result.hpp>

#include <openssl/kdf.h>

#include <array>

namespace redoubt::crypto::detail {
namespace {

const EVP_MD* fetch_digest(const char* name) {
    const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
    REDOUBT_ASSERT(digest != nullptr);
    return digest;
}

}  // namespace

const EVP_MD* sha2_256_algorithm() {
    static const EVP_MD* const digest = [] {
        initialise();
        return fetch_digest("SHA2-256");
    }();
    return digest;
}

const EVP_MD* sha2_512_algorithm() {
    static const EVP_MD* const digest = [] {
        initialise();
        return fetch_digest("SHA2-512");
    }();
    return digest;
}

const EVP_CIPHER* aes_256_gcm() {
    static const EVP_CIPHER* const cipher = [] {
        initialise();
        const EVP_CIPHER* fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
        REDOUBT_ASSERT(fetched != nullptr);
        return fetched;
    }();
    return cipher;
}

void fetch_openssl_algorithms() {
    for (const char* name : {"SHA2-256", "SHA2-512"}) {
        EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
        REDOUBT_ASSERT(digest != nullptr);
        EVP_MD_free(digest);
    }
    EVP_CIPHER* gcm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    REDOUBT_ASSERT(gcm != nullptr);
    EVP_CIPHER_free(gcm);
    EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "PBKDF2", nullptr);
    REDOUBT_ASSERT(kdf != nullptr);
    EVP_KDF_free(kdf);
    EVP_KEYMGMT* keys = EVP_KEYMGMT_fetch(nullptr, "RSA", nullptr);
    REDOUBT_ASSERT(keys != nullptr);
    EVP_KEYMGMT_free(keys);
    EVP_ASYM_CIPHER* cipher = EVP_ASYM_CIPHER_fetch(nullptr, "RSA", nullptr);
    REDOUBT_ASSERT(cipher != nullptr);
    EVP_ASYM_CIPHER_free(cipher);
}

}  // namespace redoubt::crypto::detail
