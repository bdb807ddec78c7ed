#include <attestation/policy/sample_verdicts_test.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Verdict tpm_quote() {
    TpmClaims claims;
    claims.reset_count = 7;
    claims.restart_count = 3;
    claims.pcrs = {{kTpmSha256, 4, Bytes(32, 1)}, {kTpmSha384, 4, Bytes(48, 2)}};
    auto out = verified(EvidenceType::kTpm, claims);
    out.tcb.reset();
    return out;
}

TEST(PolicyOfTpms, takes_a_tpm_alone_only_where_its_type_is_accepted) {
    EXPECT_THAT(judged(tpm_quote()), ElementsAre(Reason::kPolicyEvidenceType));
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kTpm);
    EXPECT_THAT(judged(tpm_quote(), policy), IsEmpty());
}

TEST(PolicyOfTpms, wants_registers_with_their_values_and_in_their_banks) {
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kTpm);
    policy.required_pcrs = {{kTpmSha256, 4, Bytes(32, 1)}, {kTpmSha384, 4, Bytes(48, 2)}};
    EXPECT_THAT(judged(tpm_quote(), policy), IsEmpty());
    for (const auto& other : {PcrValue{kTpmSha256, 4, Bytes(32, 2)}, PcrValue{kTpmSha256, 5, Bytes(32, 1)},
                              PcrValue{kTpmSha512, 4, Bytes(32, 1)}}) {
        policy.required_pcrs.back() = other;
        EXPECT_THAT(judged(tpm_quote(), policy), ElementsAre(Reason::kPolicyMeasurementUnknown));
    }
}

TEST(PolicyOfTpms, refuses_a_tpm_that_was_set_back) {
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kTpm);
    for (const auto seen : {TpmCounters{7, 3}, TpmCounters{6, 9}, TpmCounters{7, 0}}) {
        policy.tpm_counters_min = seen;
        EXPECT_THAT(judged(tpm_quote(), policy), IsEmpty());
    }
    for (const auto seen : {TpmCounters{7, 4}, TpmCounters{8, 0}}) {
        policy.tpm_counters_min = seen;
        EXPECT_THAT(judged(tpm_quote(), policy), ElementsAre(Reason::kPolicyFreshness));
    }
}

// The measurement is the paravisor's: without a rule on registers every guest of the cloud would pass.
TEST(PolicyOfTpms, takes_a_paravisor_only_where_its_type_is_accepted) {
    ParavisorClaims claims;
    claims.hardware = std::get<SnpClaims>(guest().claims);
    auto verdict = verified(EvidenceType::kParavisor, claims);
    verdict.tcb.reset();
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyEvidenceType));
    EXPECT_THAT(judged(verdict, Policy::strict()), ElementsAre(Reason::kPolicyEvidenceType));
}

TEST(PolicyOfTpms, judges_hardware_and_virtual_tpm_below_a_paravisor) {
    ParavisorClaims claims;
    claims.hardware = std::get<SnpClaims>(guest().claims);
    std::get<SnpClaims>(claims.hardware).policy |= kSnpMigrateMa;
    auto verdict = verified(EvidenceType::kParavisor, claims);
    verdict.tcb.reset();
    Policy policy;
    policy.accepted_types = {EvidenceType::kParavisor};
    policy.required_pcrs = {{kTpmSha256, 4, Bytes(32, 1)}};
    EXPECT_THAT(judged(verdict, policy),
                ElementsAre(Reason::kPolicyMigrateMa, Reason::kPolicyMeasurementUnknown));
}

}  // namespace
}  // namespace redoubt::attestation
