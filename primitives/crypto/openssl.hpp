/// OpenSSL objects with owners, and the algorithms fetched once. For the sources of this folder only.
#pragma once

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

namespace redoubt::crypto::detail {

struct OpensslDeleter {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
    void operator()(OSSL_PARAM_BLD* builder) const noexcept { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* params) const noexcept { OSSL_PARAM_free(params); }
};
template <class T>
using OpensslPtr = std::unique_ptr<T, OpensslDeleter>;

/// Fetches what this library uses from the default provider; later calls find it in OpenSSL's cache.
void fetch_openssl_algorithms();
/// SHA2-256 and SHA2-512, fetched once for the life of the process.
[[nodiscard]] const EVP_MD* sha2_256_algorithm();
[[nodiscard]] const EVP_MD* sha2_512_algorithm();
/// AES-256-GCM, fetched once for the life of the process.
[[nodiscard]] const EVP_CIPHER* aes_256_gcm();

}  // namespace redoubt::crypto::detail
