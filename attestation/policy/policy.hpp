/// Which appraised evidence is accepted here. The appraisal says what is true, the policy what is wanted;
/// every relaxation is a setting with a name, and none follows from a kind of build.
///
/// A default-constructed policy is the production policy: hardware only, no debug, up to date (or needing no
/// more than hardening in software), no exceptional attributes. Measurements are not restricted until rules
/// are set. Evidence that says nothing of the guest by itself, of a TPM alone or below a paravisor, is taken
/// where a role names its type.
///
/// @source attestation.md, section 14
#pragma once

#include <attestation/binding/binding_block.hpp>
#include <attestation/policy/allow_lists.hpp>
#include <attestation/policy/measurement_rules.hpp>
#include <attestation/policy/rollback_floors.hpp>
#include <attestation/reason.hpp>
#include <attestation/tcb_status.hpp>
#include <attestation/verdict.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::attestation {

struct AcceptedStatus {
    TcbStatus status = TcbStatus::kUpToDate;
    /// Advisories that the operator has mitigated: others are refused with kPolicyAdvisory. nullopt takes
    /// any.
    std::optional<std::vector<std::string>> mitigated_advisories;
};

/// Values that have to be exactly these.
struct Pins {
    std::optional<std::uint64_t> xfam;          ///< XFRM of an enclave, XFAM of a TD
    std::optional<std::uint32_t> misc_select;   ///< SGX
    std::optional<FixedBytes<64>> config_id;    ///< SGX
    std::optional<TdRegister> mr_config_id;     ///< TDX
    std::optional<FixedBytes<32>> host_data{};  ///< SEV-SNP
};

/// The lowest firmware of one SEV-SNP product that is taken.
struct SnpFloor {
    SnpProduct product = SnpProduct::kMilan;
    SnpSvns svns;
    SnpFirmwareVersion firmware{};
};

/// How old a report of the attestation service may be when a policy does not say.
inline constexpr std::int64_t kIasAgeSMax = 24 * 3600;
/// The same for a Nitro document, which an enclave makes when it is asked.
inline constexpr std::int64_t kNitroAgeSMax = 3600;
/// How far ahead of the verifier's clock evidence may be made.
inline constexpr std::int64_t kClockSkewSMax = 300;

/// A point in the life of a TPM: the later one has the larger numbers, compared in this order.
struct TpmCounters {
    std::uint32_t resets = 0;
    std::uint32_t restarts = 0;
    auto operator<=>(const TpmCounters&) const = default;
};

struct Policy {
    /// Types of evidence that are taken; every other is refused with kPolicyEvidenceType.
    std::vector<EvidenceType> accepted_types{
        EvidenceType::kSgxDcap, EvidenceType::kTdxDcap, EvidenceType::kSgxIas,  EvidenceType::kSnp,
        EvidenceType::kNitro,   EvidenceType::kCca,     EvidenceType::kKeystone};
    bool allows_debug = false;
    /// Simulated evidence, for which no hardware vouches; its type has to be accepted as well.
    bool allows_simulation = false;
    /// Handed to the verifier: Ed25519 keys that may sign simulated evidence. There is no default key.
    std::vector<FixedBytes<32>> simulation_keys;
    /// Oldest evidence. Its own time counts, or, where its format has none, when the binding block was
    /// issued; evidence with neither is refused. nullopt takes reports of the attestation service for
    /// kIasAgeSMax, Nitro documents for kNitroAgeSMax and others of any age.
    std::optional<std::int64_t> evidence_age_s_max;

    std::vector<AcceptedStatus> accepted_statuses{{TcbStatus::kUpToDate, {}},
                                                  {TcbStatus::kSwHardeningNeeded, {}}};
    /// Lowest tcbEvaluationDataNumber.
    std::uint32_t evaluation_number_min = 0;
    /// Oldest collateral, by its oldest document; nullopt for none but its own expiry.
    std::optional<std::int64_t> collateral_age_s_max;
    /// Handed to the verifier: how long expired TCB info and identity are taken. See dcap::Tolerances.
    std::int64_t collateral_grace_s = 0;
    /// Platform families; nullopt takes any.
    std::optional<std::vector<FixedBytes<6>>> allowed_fmspc;
    bool requires_smt_off = false;
    bool requires_static_platform = false;
    bool refuses_provision_key = false;

    bool requires_sept_ve_disable = true;
    /// MRSERVICETD values that may be bound to a TD; such a TD may be migratable.
    std::vector<TdRegister> allowed_service_tds;
    /// TDs by their registers; nullopt takes any. Where both are set, the measurement rules hold as well.
    std::optional<std::vector<AllowedTd>> allowed_tds;

    /// Floors of the TCB that a report's key is derived from, and of the firmware that runs; a product
    /// without one has none.
    std::vector<SnpFloor> snp_floors;
    /// The floors hold as well for TCB and firmware that the host cannot leave, and for the TCB of the
    /// guest's launch.
    bool applies_snp_floors_to_committed = false;
    /// A migration agent may move the guest.
    bool allows_snp_migration = false;
    /// The list of the root has to come with the evidence: left out, it hides that a key was revoked.
    bool requires_snp_revocation_list = false;
    SnpGuestRules snp_guest;

    /// What the attestation service may have said of the platform.
    std::vector<IasQuoteStatus> accepted_quote_statuses{IasQuoteStatus::kOk,
                                                        IasQuoteStatus::kSwHardeningNeeded};

    /// Arm CCA: realms, and the pieces of the platform's firmware; nullopt takes any.
    std::optional<std::vector<AllowedRealm>> allowed_realms;
    std::optional<std::vector<AllowedComponent>> allowed_components;

    /// Registers of a Nitro enclave that have to have one of these values, each.
    std::vector<AllowedNitroPcr> nitro_pcrs;

    /// Handed to the verifier: whether a Keystone device may be one whose secret key is published. Anybody
    /// can sign as it, so that no hardware vouches for its reports.
    bool allows_published_keystone_keys = false;

    /// Registers that a TPM's quote has to cover, with these values; a paravisor's virtual TPM as well, where
    /// they are all that says which guest runs: the measurement is the paravisor's.
    std::vector<PcrValue> required_pcrs;
    /// Counters seen before: a TPM whose own are lower was set back.
    std::optional<TpmCounters> tpm_counters_min;

    /// The challenge that the evidence has to repeat in a field of its own, such as the nonce of a report of
    /// the attestation service. Evidence without such a field is refused: where the challenge is part of
    /// the report data, the binding block says so (binding/binding_block.hpp).
    std::optional<Bytes> expected_nonce;

    /// What was seen before: what is older is refused. The revision of the policy is its reader's to check.
    RollbackFloors floors;

    Pins pins;
    /// nullopt accepts any program.
    std::optional<MeasurementRules> measurements;
    /// What the binding block has to say; nullopt asks for no block.
    std::optional<BindingExpectation> binding;

    /// Nothing but UpToDate.
    [[nodiscard]] static Policy strict();

    /// Whether a rule says which programs of this kind of evidence may run.
    [[nodiscard]] bool restricts_programs(EvidenceType type) const;
};

/// Every rule that the verdict violates, each once; empty when it is accepted. For a verdict of refusal the
/// reason of the refusal alone.
[[nodiscard]] std::vector<Reason> violations(const Verdict& verdict,
                                             const Policy& policy,
                                             VerificationTime now);
/// The same with what the evidence vouches for. Without a policy's wish for a block, the block is not judged;
/// it says when the evidence was made where the evidence does not.
/// @param block one that was opened with the evidence's report data (open_binding_block); nullptr without
/// one,
///   which is kBindMissing where the policy wants one
[[nodiscard]] std::vector<Reason> violations(const Verdict& verdict,
                                             const BindingBlock* block,
                                             const Policy& policy,
                                             VerificationTime now);

}  // namespace redoubt::attestation
