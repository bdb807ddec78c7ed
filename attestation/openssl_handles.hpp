/// Owners of OpenSSL objects. Nothing but the pairing of a type with its free function.
#pragma once

#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

namespace redoubt::attestation {

template <auto free_function>
struct OpensslDeleter {
    template <class T>
    void operator()(T* object) const noexcept {
        free_function(object);
    }
};

using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using KeyContextHandle = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using DigestContextHandle = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;

}  // namespace redoubt::attestation
