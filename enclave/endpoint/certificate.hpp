/// Private keys as OpenSSL objects, and the endpoint's self-signed X.509v3 certificates. No chain of trust
/// lives here: a client compares the key with the enclave's account on chain.
///
/// @source integritee-wire.md, section 4.1; RFC 5280
#pragma once

#include <enclave/endpoint/endpoint_error.hpp>
#include <enclave/endpoint/openssl_handles.hpp>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>

#include <span>
#include <string>

namespace redoubt::enclave::endpoint {

/// @errors kBadKey
[[nodiscard]] Result<PrivateKey> make_ed25519_key(const crypto::SecretBytes<32>& seed);
/// @param scalar  big-endian, see is_p256_scalar
/// @errors kBadKey, kCryptoLibrary
[[nodiscard]] Result<PrivateKey> make_p256_key(const crypto::SecretBytes<32>& scalar);

struct CertificateSubject {
    /// Common name, at most 64 characters: the fingerprint in hex.
    std::string common_name;
    /// DNS names and IP addresses beside the DNS name `Enclave`.
    std::span<const std::string> names;
};

/// A certificate of `key`, signed with `key`: organisation `Redoubt`, valid from 2020-01-01 to 4096-01-01
/// because the enclave has no clock, for server authentication only.
/// @errors kTooManyNames, kBadName, kCryptoLibrary
[[nodiscard]] Result<X509Handle> make_certificate(EVP_PKEY* key, const CertificateSubject& subject);

/// DER bytes of a certificate. @errors kCryptoLibrary
[[nodiscard]] Result<Bytes> encode_certificate(X509* certificate);
/// SHA-256 of the DER SubjectPublicKeyInfo. @errors kCryptoLibrary
[[nodiscard]] Result<Hash256> spki_sha256(X509* certificate);

}  // namespace redoubt::enclave::endpoint
