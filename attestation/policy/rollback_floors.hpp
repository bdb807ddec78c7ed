/// What was seen before, so that what is older is known to have been set back: a clock, revocation lists,
/// evaluation data, a policy document. Each of them may be genuine and within its dates, and still be what
/// somebody kept to hide what came after it.
///
/// Whoever judges keeps the floors where no sender of evidence can write, and hands them over: nothing here
/// stores them.
///
/// @source attestation.md, sections 6.5, 14.5 and 17.7
#pragma once

#include <attestation/reason.hpp>
#include <attestation/verdict.hpp>
#include <attestation/verification_time.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace redoubt::attestation {

struct RollbackFloors {
    /// The latest date of issue that was accepted: no verification may be dated before it.
    std::optional<VerificationTime> time{};
    /// The newest list seen of each issuer.
    std::vector<ListNumber> lists{};
    /// Lowest tcbEvaluationDataNumber by TEE. `raise` leaves them alone: early and standard editions of one
    /// time differ, and whose evidence came first must not choose between them.
    std::uint32_t sgx_evaluation_number = 0;
    std::uint32_t tdx_evaluation_number = 0;
    /// Of the policy document that judges.
    std::uint64_t policy_revision = 0;

    /// Raises time and list numbers to what a verified verdict rests upon, and lowers none.
    /// @pre the verdict was accepted by a policy with these floors
    void raise(const Verdict& accepted);

    /// @return kPolicyVersion for a document that is older than one used before
    [[nodiscard]] std::optional<Reason> find_older_policy(std::uint64_t revision) const;
};

/// What of a verified verdict is below a floor, each once: kPolicyTimeRollback, kPolicyListNumber,
/// kPolicyEvaluationNumber.
[[nodiscard]] std::vector<Reason> violations(const Verdict& verdict,
                                             const RollbackFloors& floors,
                                             VerificationTime now);

}  // namespace redoubt::attestation
