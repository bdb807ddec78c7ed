/// The two private keys of the endpoint's certificates. Making certificates of them is certificate.hpp.
#pragma once

#include <primitives/crypto/secret.hpp>

#include <cstdint>
#include <span>

namespace redoubt::enclave::endpoint {

struct TlsKeys {
    /// The enclave's signing key, whose account is registered on chain: what wallets compare.
    crypto::SecretBytes<32> ed25519_seed;
    /// For browsers, which accept no Ed25519 certificates. A big-endian scalar of P-256.
    crypto::SecretBytes<32> p256_scalar;
};

/// True for a big-endian number from 1 to the order of P-256's group minus 1.
[[nodiscard]] bool is_p256_scalar(std::span<const std::uint8_t, 32> scalar) noexcept;

/// A fresh scalar for TlsKeys::p256_scalar, to be kept in the sealed identity.
[[nodiscard]] crypto::SecretBytes<32> make_p256_scalar();

}  // namespace redoubt::enclave::endpoint
