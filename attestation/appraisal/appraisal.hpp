/// Appraises evidence of every type by one function.
///
/// The type alone chooses the verifier; nothing is guessed from the content. Another kind of evidence is one
/// more row of the table in appraisal.cpp, and its endorsements, where it has some, one more alternative in
/// endorsements.hpp.
///
/// @source attestation.md, sections 1.1 and 1.3
#pragma once

#include <attestation/appraisal/endorsements.hpp>
#include <attestation/cca/verifier.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/evidence_type.hpp>
#include <attestation/simulation_allowance.hpp>
#include <attestation/snp/verifier.hpp>
#include <attestation/tpm/verifier.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <optional>
#include <span>
#include <vector>

namespace redoubt::attestation {

/// What one appraisal takes besides evidence and endorsements.
struct AppraisalSetting {
    VerificationTime time;
    const TrustRoots& roots = TrustRoots::built_in();
    dcap::Tolerances tolerances{};
    SimulationAllowance simulation{};
    /// Keys of Arm CCA platforms. They are trusted as they are, so they never come with evidence. Outlive the
    /// call.
    std::span<const cca::PlatformKey> cca_platform_keys{};
    /// The same for devices with Keystone: Ed25519.
    std::span<const FixedBytes<32>> keystone_device_keys{};
    /// Those keys may be published ones; never in production. See keystone::Setting.
    bool allows_published_keystone_keys = false;
    /// The same for TPMs: the keys that were enrolled.
    std::span<const tpm::AttestationKey> tpm_attestation_keys{};
    /// When the certificate of the attestation service has to be valid, where that is not `time`.
    std::optional<VerificationTime> ias_certificate_time{};
    /// What was verified before; may be null. Both outlive the call.
    dcap::PckCache* pck_cache = nullptr;
    snp::ChainCache* chain_cache = nullptr;
};

/// Verifies evidence of the type that it was sent as.
/// @param evidence at most kEvidenceBytesMax
/// @return the verdict. Refused with kLimitExceeded; with kEvidenceTypeUnsupported for a type that this build
///   has no verifier for; with kCollateralMissing when the endorsements are not those of the type, after the
///   evidence itself was decoded; else with the reasons of the type's verifier
[[nodiscard]] Verdict appraise(EvidenceType type,
                               ByteView evidence,
                               const Endorsements& endorsements,
                               const AppraisalSetting& setting);

/// The types that this build verifies, in the order of their codes.
[[nodiscard]] std::vector<EvidenceType> supported_types();

}  // namespace redoubt::attestation
