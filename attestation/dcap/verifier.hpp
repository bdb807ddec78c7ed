/// Verification of SGX and TDX quotes.
///
/// @source attestation.md, section 5.5
#pragma once

#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/pck_certificate.hpp>
#include <attestation/dcap/verified_collateral.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>

namespace redoubt::attestation::dcap {

/// What one verification takes besides evidence and collateral.
struct Setting {
    /// kSgxDcap or kTdxDcap: what the evidence was sent as.
    EvidenceType type = EvidenceType::kSgxDcap;
    VerificationTime time;
    const TrustRoots& roots = TrustRoots::built_in();
    Tolerances tolerances{};
    /// Certificates verified before; may be null. Outlives the call.
    PckCache* pck_cache = nullptr;
};

/// Verifies a quote and all of its collateral.
[[nodiscard]] Verdict verify_quote(ByteView quote, const Collateral& collateral, const Setting& setting);
/// Verifies a quote with collateral that was verified before, under the same root; its times are checked
/// again.
[[nodiscard]] Verdict verify_quote(ByteView quote,
                                   const VerifiedCollateral& collateral,
                                   const Setting& setting);

}  // namespace redoubt::attestation::dcap
