#include <tools/wallet/trust_finding.hpp>

#include <gtest/gtest.h>

namespace redoubt::wallet {
namespace {

using attestation::all_reasons;
using attestation::Reason;
using attestation::reason_code;

TEST(TrustFinding, speaks_against_a_claim_for_every_reason) {
    for (const auto reason : all_reasons()) {
        const auto finding = finding_of(reason);
        EXPECT_TRUE(finding.value == kClaimVerifierFailed || finding.value == kClaimNotUnderstood ||
                    finding.value >= kClaimWarning)
            << reason_code(reason);
    }
}

TEST(TrustFinding, tells_of_the_claim_that_the_reason_is_about) {
    const auto about = [](TrustClaim claim, int value) { return TrustFinding{claim, value}; };
    EXPECT_EQ(finding_of(Reason::kPolicyEvidenceType), about(TrustClaim::kHardware, 97));
    EXPECT_EQ(finding_of(Reason::kPolicyFmspc), about(TrustClaim::kHardware, 97));
    EXPECT_EQ(finding_of(Reason::kPolicyEvaluationNumber), about(TrustClaim::kHardware, -1));
    EXPECT_EQ(finding_of(Reason::kPolicyCollateralAge), about(TrustClaim::kHardware, -1));
    EXPECT_EQ(finding_of(Reason::kPolicyTcbMinimum), about(TrustClaim::kHardware, 96));
    EXPECT_EQ(finding_of(Reason::kBindSigningKeyMismatch), about(TrustClaim::kInstanceIdentity, 97));
    EXPECT_EQ(finding_of(Reason::kBindShieldingKeyMismatch), about(TrustClaim::kInstanceIdentity, 97));
    EXPECT_EQ(finding_of(Reason::kBindFingerprintMismatch), about(TrustClaim::kExecutables, 33));
    EXPECT_EQ(finding_of(Reason::kPolicyMeasurementUnknown), about(TrustClaim::kExecutables, 33));
    EXPECT_EQ(finding_of(Reason::kPolicyAdvisory), about(TrustClaim::kExecutables, 32));
    EXPECT_EQ(finding_of(Reason::kPolicyDebug), about(TrustClaim::kConfiguration, 96));
    EXPECT_EQ(finding_of(Reason::kPolicySmt), about(TrustClaim::kConfiguration, 32));
}

TEST(TrustFinding, keeps_the_worse_of_two_values) {
    EXPECT_EQ(worse_claim(2, 32), 32);
    EXPECT_EQ(worse_claim(97, 33), 97);
    EXPECT_EQ(worse_claim(96, -1), 96);
    EXPECT_EQ(worse_claim(2, -1), -1);
    EXPECT_EQ(worse_claim(-1, 0), -1);
    EXPECT_EQ(worse_claim(1, 2), 1);
    EXPECT_EQ(worse_claim(1, -1), -1);
    EXPECT_EQ(worse_claim(0, 2), 2);
    EXPECT_EQ(worse_claim(0, 0), 0);
}

}  // namespace
}  // namespace redoubt::wallet
