/// Verification of a paravisor's composite evidence: the hardware's report vouches for the paravisor's
/// claims, these name the virtual TPM's attestation key, and that key signs a quote with the challenge.
///
/// The paravisor is part of what is trusted: the measurement is the hardware's, of the paravisor. The guest's
/// system is judged by the registers of the quote, and only the quote is fresh: the hardware's report is of
/// the boot.
///
/// @source attestation.md, section 11.4
#pragma once

#include <attestation/dcap/verifier.hpp>
#include <attestation/paravisor/evidence.hpp>
#include <attestation/snp/verifier.hpp>
#include <attestation/verdict.hpp>

#include <array>
#include <string_view>

namespace redoubt::attestation::paravisor {

/// The checks, in order. Those of the hardware's evidence come after the first.
inline constexpr std::array<std::string_view, 6> kChecks{
    "hcl_report",       "claims_binding",      "attestation_key",
    "tpm_quote_format", "tpm_quote_signature", "tpm_pcr_digest",
};

/// What has to come with the hardware's evidence: certificates for SEV-SNP, collateral for a TD. Either
/// outlives the call.
struct HardwareEndorsements {
    const snp::Certificates* certificates = nullptr;
    const dcap::Collateral* collateral = nullptr;
};

/// What one verification takes besides evidence and endorsements.
struct Setting {
    VerificationTime time;
    const TrustRoots& roots = TrustRoots::built_in();
    dcap::Tolerances tolerances{};
    /// What was verified before; may be null. Both outlive the call.
    dcap::PckCache* pck_cache = nullptr;
    snp::ChainCache* chain_cache = nullptr;
};

/// Verifies composite evidence.
/// @return a verdict whose claims are ParavisorClaims, whose nonce is the quote's extra data, and whose other
/// facts are
///   those of the hardware. Refused with kHclMalformed, kHclClaimsNotBound, which a report of SEV-SNP of
///   another level than VMPL 0 is as well, kCollateralMissing, the reasons
///   of the hardware's verifier and those of tpm::verify
[[nodiscard]] Verdict verify_composite(const Evidence& evidence,
                                       const HardwareEndorsements& endorsements,
                                       const Setting& setting);

}  // namespace redoubt::attestation::paravisor
