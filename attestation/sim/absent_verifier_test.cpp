#include <attestation/sim/verifier.hpp>

#include <gtest/gtest.h>

#include <tests/support/sim_evidence.hpp>

namespace redoubt::attestation::sim {
namespace {

// What a production build answers, to evidence that every other build takes.
TEST(AbsentSimVerifier, refuses_valid_evidence_whatever_is_allowed) {
    EXPECT_FALSE(is_built_in());
    const SimulationAllowance allowance{
        .is_allowed = true, .is_development_chain = true, .trusted_keys = {tests::sim_test_key()}};
    for (const auto& evidence : {tests::make_sim_evidence(tests::sim_claims()), Bytes{}}) {
        const auto verdict = verify_evidence(evidence, {1'800'000'000}, allowance);
        ASSERT_TRUE(verdict.refusal);
        EXPECT_EQ(verdict.refusal->reason, Reason::kSimNotAllowed);
        EXPECT_FALSE(verdict.is_hardware);
        ASSERT_EQ(verdict.checks.size(), kChecks.size());
        EXPECT_EQ(verdict.checks.front().outcome, CheckOutcome::kFailed);
        EXPECT_EQ(verdict.checks[1].outcome, CheckOutcome::kNotReached);
    }
}

}  // namespace
}  // namespace redoubt::attestation::sim
