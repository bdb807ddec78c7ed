/// The roots that evidence has to lead to. They are part of the program; nothing here reads others. Tests
/// hand other roots to a single call, as do programs for development (docs/ATTESTATION.md, section Roots).
///
/// @source attestation.md, sections 5.1, 8.1, 9.2, 10
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/x509/certificate.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <string_view>

namespace redoubt::attestation {

/// An AMD product line and the key of its root, the ARK.
struct AmdRoot {
    std::string_view product;  ///< for example `Milan`
    Hash256 key_sha256;        ///< SHA-256 of the SubjectPublicKeyInfo
};

struct TrustRoots {
    /// Compared as a whole certificate wherever a chain holds its root.
    x509::Certificate intel_sgx;
    PublicKey intel_sgx_key;
    /// The CA of the attestation service: its reports carry the certificate below it, but not this one.
    x509::Certificate ias_ca;
    /// SHA-256 of the certificate of the Nitro root.
    Hash256 nitro_root_sha256;
    std::array<AmdRoot, 3> amd;

    /// The vendors' own roots.
    [[nodiscard]] static const TrustRoots& built_in();
    /// The built-in roots with another root for SGX and TDX: for tests with synthetic certificates.
    /// @errors kMalformed
    [[nodiscard]] static Result<TrustRoots> with_intel_root(Bytes certificate);
    /// The built-in roots with another CA of the attestation service: for tests with synthetic certificates.
    /// @errors kMalformed
    [[nodiscard]] static Result<TrustRoots> with_ias_ca(Bytes certificate);
    /// The built-in roots with other ones for SEV-SNP: for tests with synthetic certificates.
    /// @param roots products that are built in
    [[nodiscard]] static TrustRoots with_amd_roots(const std::array<AmdRoot, 3>& roots);
    /// The built-in roots with another one for Nitro: for tests with synthetic certificates.
    /// @param certificate_sha256 SHA-256 of its certificate
    [[nodiscard]] static TrustRoots with_nitro_root(const Hash256& certificate_sha256);
};

}  // namespace redoubt::attestation
