/// A verification as a whole: what is true of the evidence, what it vouches for, and whether a policy takes
/// it.
#pragma once

#include <attestation/appraisal/appraisal.hpp>
#include <attestation/bundle/bundle.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <optional>
#include <policy-file/policy_file.hpp>
#include <string>
#include <tools/wallet/context.hpp>
#include <tools/wallet/evidence_advice.hpp>
#include <vector>

namespace redoubt::wallet {

/// The policy that --policy names; the built-in one without. @errors policy_invalid
[[nodiscard]] Fallible<policy_file::PolicyDocument> policy_of(const Settings& settings);
/// The program that --fingerprint names. @errors those of parse_identifier
[[nodiscard]] Fallible<std::optional<Hash256>> pinned_fingerprint(const Settings& settings);

/// What earlier runs have seen, for the policy that judges.
struct KeptBefore {
    attestation::RollbackFloors floors;
    std::string file;  ///< where it is kept
};

/// What is kept for the policy of these settings. @errors floors_unreadable
[[nodiscard]] Fallible<KeptBefore> kept_before(const Settings& settings,
                                               const policy_file::PolicyDocument& policy);

/// What a verification is made with.
struct VerificationSetting {
    attestation::VerificationTime time;
    /// Without a digest it is the built-in one.
    policy_file::PolicyDocument policy{};
    /// The challenge that the evidence has to answer.
    std::optional<Bytes> nonce{};
    /// The only program that is taken.
    std::optional<Hash256> fingerprint{};
    attestation::BindingProfile profile = attestation::BindingProfile::kDigest;
    const attestation::TrustRoots& roots = attestation::TrustRoots::built_in();
    /// What earlier runs have seen; nullopt looks at the policy's own floors alone.
    std::optional<KeptBefore> kept{};
};

/// What came of it.
struct EvidenceVerification {
    attestation::Verdict verdict;
    /// What the evidence vouches for; nullopt without a block, or when it is not this evidence's.
    std::optional<attestation::BindingBlock> binding;
    /// The TLS certificate around the evidence: verified evidence vouches for its key.
    Bytes certificate{};
    /// Every rule that is violated, each once; empty when the evidence is accepted.
    std::vector<attestation::Reason> violations;
    policy_file::PolicyDocument policy;
    /// The only program that the user takes, whatever the policy says.
    std::optional<Hash256> pinned_fingerprint{};
    /// What the advice on a refusal depends on.
    RefusedEvidence evidence{};
    /// The evidence answers the verifier's own challenge.
    bool has_answered_nonce = false;

    [[nodiscard]] bool is_accepted() const { return verdict.is_verified() && violations.empty(); }
    /// Neither a rule nor a pin says which programs may run.
    [[nodiscard]] bool is_any_program_accepted() const {
        return !policy.policy.restricts_programs(verdict.type) && !pinned_fingerprint;
    }
    [[nodiscard]] bool has_violated(attestation::Reason reason) const;
};

/// What an appraisal takes of a policy: grace, simulation, and the keys that are trusted as they are.
/// @param document, roots  outlive the setting
[[nodiscard]] attestation::AppraisalSetting appraisal_setting(
    const policy_file::PolicyDocument& document,
    attestation::VerificationTime time,
    const attestation::TrustRoots& roots = attestation::TrustRoots::built_in());

/// What the advice on this evidence depends on. @param is_refused  by its verification
[[nodiscard]] RefusedEvidence describe(const attestation::Bundle& bundle,
                                       const policy_file::PolicyDocument& policy,
                                       bool is_refused);

/// Verifies and judges.
/// @param certificate  the TLS certificate (RA-TLS) whose key the evidence has to vouch for; empty for none
[[nodiscard]] EvidenceVerification verify_evidence(const attestation::Bundle& bundle,
                                                   const VerificationSetting& setting,
                                                   ByteView certificate = {});

/// How results and EAR tokens call a policy: `built-in`, or NAME/REVISION/sha256:DIGEST of a file, where the
/// digest is of its bytes.
[[nodiscard]] std::string policy_id(const policy_file::PolicyDocument& policy);

/// The policy with the floors of earlier runs on top of its own.
[[nodiscard]] attestation::Policy with_floors(attestation::Policy policy, const KeptBefore& kept);
/// Adds what the floors of earlier runs say of a verification that with_floors' policy has judged: a policy
/// that is older than before, and which of the reasons are due to them.
void judge_by_kept(EvidenceVerification& verification, const KeptBefore& kept);
/// Keeps what accepted evidence rests upon; warns when that cannot be. Nothing for evidence that is refused.
void keep(Context& context, const EvidenceVerification& verification);

/// Warns when no hardware vouches for verified evidence.
void warn_of_simulation(Console& console, const EvidenceVerification& verification);
/// Warns when verified evidence is of a program that can be read from outside.
void warn_of_debug(Console& console, const EvidenceVerification& verification);

/// Everything, for programs.
[[nodiscard]] Json to_json(const EvidenceVerification& verification);
/// Everything, for people.
[[nodiscard]] std::string to_text(const EvidenceVerification& verification);
/// What the operator can do, in whole sentences; at least one.
[[nodiscard]] std::vector<std::string> explain(const EvidenceVerification& verification);

}  // namespace redoubt::wallet
