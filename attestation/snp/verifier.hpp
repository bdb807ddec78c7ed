/// Verification of SEV-SNP reports with the certificates of the key that signed them.
///
/// @source attestation.md, sections 9.2 to 9.4
#pragma once

#include <attestation/snp/chain_cache.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace redoubt::attestation::snp {

/// The checks, in order.
inline constexpr std::array<std::string_view, 10> kChecks{
    "report_format",
    "root",
    "product",
    "certificate_validity",
    "certificate_profile",
    "certificate_chain",
    "certificate_revocation",
    "reported_tcb",
    "chip_id",
    "report_signature",
};

/// Certificates as DER. They come from AMD's key service or from the host, and are trusted only for their
/// chain.
struct Certificates {
    Bytes vek;  ///< VCEK or VLEK
    Bytes ask;  ///< its issuer: ASK or ASVK
    Bytes ark;  ///< the root
    /// AMD's lists of this ARK or ASK, at most kRevocationListsMax; none are needed.
    std::vector<Bytes> revocation_lists{};
};
inline constexpr std::size_t kRevocationListsMax = 2;

/// What one verification takes besides evidence and certificates.
struct Setting {
    VerificationTime time;
    const TrustRoots& roots = TrustRoots::built_in();
    /// Chains verified before; may be null. Outlives the call.
    ChainCache* chain_cache = nullptr;
};

/// Verifies a report. The verdict's claims have the product and, for a VLEK, whom it was issued to; its
/// collateral facts are those of the revocation lists, or of the VEK when there are none.
[[nodiscard]] Verdict verify_report(ByteView report,
                                    const Certificates& certificates,
                                    const Setting& setting);

}  // namespace redoubt::attestation::snp
