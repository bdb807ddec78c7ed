#include <attestation/policy/sample_verdicts_test.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PolicyOfReports, takes_reports_of_the_attestation_service_for_a_day) {
    EXPECT_THAT(judged(service_report(kIasAgeSMax)), IsEmpty());
    EXPECT_THAT(judged(service_report(kIasAgeSMax + 1)), ElementsAre(Reason::kPolicyFreshness));
    EXPECT_THAT(judged(service_report(-kClockSkewSMax)), IsEmpty());
    EXPECT_THAT(judged(service_report(-kClockSkewSMax - 1)), ElementsAre(Reason::kPolicyFreshness));
    for (const auto made :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        auto verdict = service_report(0);
        verdict.produced_at = VerificationTime{made};
        EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyFreshness));
    }
}

TEST(PolicyOfReports, judges_the_status_of_the_attestation_service) {
    EXPECT_THAT(judged(ias_enclave()), IsEmpty());
    EXPECT_THAT(judged(ias_enclave(IasQuoteStatus::kSwHardeningNeeded)), IsEmpty());
    for (const auto status :
         {IasQuoteStatus::kConfigurationNeeded, IasQuoteStatus::kConfigurationAndSwHardeningNeeded,
          IasQuoteStatus::kGroupOutOfDate, IasQuoteStatus::kGroupRevoked, IasQuoteStatus::kSignatureInvalid,
          IasQuoteStatus::kUnknown}) {
        EXPECT_THAT(judged(ias_enclave(status)), ElementsAre(Reason::kPolicyQuoteStatus));
    }
    Policy policy;
    policy.accepted_quote_statuses.push_back(IasQuoteStatus::kConfigurationNeeded);
    EXPECT_THAT(judged(ias_enclave(IasQuoteStatus::kConfigurationNeeded), policy), IsEmpty());
}

TEST(PolicyOfReports, applies_the_rules_of_enclaves_to_reports_of_the_attestation_service) {
    auto verdict = ias_enclave();
    std::get<IasClaims>(verdict.claims).enclave.flags |= kSgxProvisionKey;
    Policy policy;
    policy.refuses_provision_key = true;
    policy.measurements =
        MeasurementRules{.mode = MeasurementMode::kSigner, .allowed = {}, .revoked = {}, .signers = {}};
    EXPECT_THAT(judged(verdict, policy),
                ElementsAre(Reason::kPolicyProvisionKey, Reason::kPolicySignerUnknown));
    policy.measurements->signers.push_back({});
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyProvisionKey));
}

}  // namespace
}  // namespace redoubt::attestation
