/// The OpenSSL objects of this library, with owners.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <primitives/crypto/openssl_deleter.hpp>

#include <memory>

namespace redoubt::enclave::endpoint {

using crypto::OpensslDeleter;

using PrivateKey = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using X509Handle = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using SslContextHandle = std::unique_ptr<SSL_CTX, OpensslDeleter<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;
using BioHandle = std::unique_ptr<BIO, OpensslDeleter<BIO_free_all>>;

}  // namespace redoubt::enclave::endpoint
