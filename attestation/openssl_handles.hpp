/// The OpenSSL objects of this library, with owners.
#pragma once

#include <openssl/evp.h>
#include <openssl/params.h>

#include <primitives/crypto/openssl_deleter.hpp>

#include <memory>

namespace redoubt::attestation {

using crypto::OpensslDeleter;

using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using KeyContextHandle = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using DigestContextHandle = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;

}  // namespace redoubt::attestation
