#include <attestation/sim/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/tcb_status.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sim_evidence.hpp>

#include <limits>

namespace redoubt::attestation::sim {
namespace {

constexpr VerificationTime kNow{1'800'000'000};

SimulationAllowance allowed() {
    return {.is_allowed = true, .is_development_chain = true, .trusted_keys = {tests::sim_test_key()}};
}

std::optional<Reason> reason(ByteView evidence, const SimulationAllowance& allowance) {
    const auto verdict = verify_evidence(evidence, kNow, allowance);
    return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
}

TEST(SimVerifier, verifies_allowed_evidence_and_says_that_it_is_no_hardware) {
    const auto claims = tests::sim_claims();
    const auto verdict = verify_evidence(tests::make_sim_evidence(claims), kNow, allowed());
    ASSERT_TRUE(verdict.is_verified());
    EXPECT_EQ(verdict.type, EvidenceType::kSimulation);
    EXPECT_FALSE(verdict.is_hardware);
    EXPECT_FALSE(verdict.is_debug);
    EXPECT_FALSE(verdict.tcb || verdict.collateral || verdict.nonce);
    EXPECT_EQ(verdict.produced_at, VerificationTime{static_cast<std::int64_t>(claims.made_at_s)});
    EXPECT_TRUE(equal(measurement(verdict.claims), claims.mr_enclave.view()));
    EXPECT_TRUE(equal(report_data(verdict.claims), claims.report_data.view()));
    EXPECT_EQ(status_of_text(kSimStatus), std::nullopt) << "the status is none of hardware";
    EXPECT_EQ(advice(verdict).size(), 1U);
    for (const auto& check : verdict.checks) {
        EXPECT_EQ(check.outcome, CheckOutcome::kPassed) << check.name;
    }
}

TEST(SimVerifier, needs_permission_a_development_chain_and_a_key) {
    const auto evidence = tests::make_sim_evidence(tests::sim_claims());
    EXPECT_EQ(reason(evidence, allowed()), std::nullopt);
    EXPECT_EQ(reason(evidence, {}), Reason::kSimNotAllowed);
    auto allowance = allowed();
    allowance.is_allowed = false;
    EXPECT_EQ(reason(evidence, allowance), Reason::kSimNotAllowed);
    allowance = allowed();
    allowance.is_development_chain = false;
    EXPECT_EQ(reason(evidence, allowance), Reason::kSimNotAllowed);
    allowance = allowed();
    allowance.trusted_keys.clear();
    EXPECT_EQ(reason(evidence, allowance), Reason::kSimKeyUntrusted);
    allowance.trusted_keys.push_back({});
    EXPECT_EQ(reason(evidence, allowance), Reason::kSimKeyUntrusted);
    allowance.trusted_keys.push_back(tests::sim_test_key());
    EXPECT_EQ(reason(evidence, allowance), std::nullopt);
}

TEST(SimVerifier, looks_at_nothing_before_simulation_is_allowed) {
    EXPECT_EQ(reason({}, {}), Reason::kSimNotAllowed);
    EXPECT_EQ(reason({}, allowed()), Reason::kSimMalformed);
}

TEST(SimVerifier, refuses_a_change_of_any_byte) {
    auto evidence = tests::make_sim_evidence(tests::sim_claims());
    for (std::size_t at = 0; at < evidence.size(); ++at) {
        evidence[at] ^= 1;
        const auto why = reason(evidence, allowed());
        EXPECT_TRUE(why.has_value()) << at;
        if (at >= kSimSignedBytes) {
            EXPECT_EQ(why, Reason::kSimSignatureInvalid);
        }
        evidence[at] ^= 1;
    }
    EXPECT_EQ(reason(evidence, allowed()), std::nullopt);
}

TEST(SimVerifier, reports_debug_and_any_time_that_its_maker_states) {
    auto claims = tests::sim_claims();
    claims.flags = kSimDebug;
    claims.made_at_s = std::numeric_limits<std::uint64_t>::max();
    const auto verdict = verify_evidence(tests::make_sim_evidence(claims), kNow, allowed());
    ASSERT_TRUE(verdict.is_verified());
    EXPECT_TRUE(verdict.is_debug);
    EXPECT_EQ(verdict.produced_at, VerificationTime{std::numeric_limits<std::int64_t>::max()});
}

TEST(SimVerifier, shows_every_check_of_refused_evidence) {
    auto evidence = tests::make_sim_evidence(tests::sim_claims());
    evidence.back() ^= 1;
    const auto verdict = verify_evidence(evidence, kNow, allowed());
    ASSERT_EQ(verdict.checks.size(), kChecks.size());
    EXPECT_EQ(verdict.checks.back().outcome, CheckOutcome::kFailed);
    EXPECT_EQ(verdict.claims.index(), 0U);
    EXPECT_FALSE(verdict.produced_at);
    const auto refused = verify_evidence(evidence, kNow, {});
    EXPECT_EQ(refused.checks.front().outcome, CheckOutcome::kFailed);
    EXPECT_EQ(refused.checks.back().outcome, CheckOutcome::kNotReached);
}

}  // namespace
}  // namespace redoubt::attestation::sim
