#include <attestation/policy/measurement_rules.hpp>

#include <gtest/gtest.h>

namespace redoubt::attestation {
namespace {

const Bytes kOld(32, 0xaa);
const Bytes kNew(32, 0xbb);

MeasurementRules rules() {
    MeasurementRules out;
    out.allowed = {{kOld, {100}, VerificationTime{200}}, {kNew, {150}, std::nullopt}};
    return out;
}

std::optional<Reason> judged(const MeasurementRules& rules, const Bytes& measurement, std::int64_t now) {
    return find_violation(rules, {.measurement = measurement}, {now});
}

TEST(MeasurementRules, hold_from_their_first_second_until_before_their_last) {
    EXPECT_EQ(judged(rules(), kOld, 99), Reason::kPolicyMeasurementNotYetValid);
    EXPECT_EQ(judged(rules(), kOld, 100), std::nullopt);
    EXPECT_EQ(judged(rules(), kOld, 199), std::nullopt);
    EXPECT_EQ(judged(rules(), kOld, 200), Reason::kPolicyMeasurementExpired);
    EXPECT_EQ(judged(rules(), kNew, INT64_MAX), std::nullopt);
}

TEST(MeasurementRules, know_no_other_measurement_and_no_missing_one) {
    EXPECT_EQ(judged(rules(), Bytes(32, 0xcc), 160), Reason::kPolicyMeasurementUnknown);
    auto with_empty = rules();
    with_empty.allowed.push_back({{}, {0}, std::nullopt});
    EXPECT_EQ(judged(with_empty, {}, 160), Reason::kPolicyMeasurementUnknown);
}

TEST(MeasurementRules, take_any_of_several_spans) {
    auto several = rules();
    several.allowed.push_back({kOld, {300}, VerificationTime{400}});
    EXPECT_EQ(judged(several, kOld, 150), std::nullopt);
    EXPECT_EQ(judged(several, kOld, 350), std::nullopt);
    EXPECT_NE(judged(several, kOld, 250), std::nullopt);
}

TEST(MeasurementRules, refuse_what_is_revoked_in_either_mode) {
    auto revoking = rules();
    revoking.revoked = {kNew};
    EXPECT_EQ(judged(revoking, kNew, 160), Reason::kPolicyMeasurementRevoked);
    revoking.mode = MeasurementMode::kSigner;
    EXPECT_EQ(judged(revoking, kNew, 160), Reason::kPolicyMeasurementRevoked);
}

TEST(MeasurementRules, judge_a_signer_by_product_and_version) {
    MeasurementRules signing;
    signing.mode = MeasurementMode::kSigner;
    Hash256 signer;
    signer.bytes.fill(0x11);
    signing.signers = {{signer, 1, 3}, {signer, 2, 0}};
    const auto judge = [&](std::optional<Hash256> by, std::uint16_t product, std::uint16_t svn) {
        return find_violation(signing, {kOld, by, product, svn}, {0});
    };
    EXPECT_EQ(judge(signer, 1, 3), std::nullopt);
    EXPECT_EQ(judge(signer, 1, 2), Reason::kPolicySvnTooLow);
    EXPECT_EQ(judge(signer, 2, 0), std::nullopt);
    EXPECT_EQ(judge(signer, 3, 9), Reason::kPolicyProdIdMismatch);
    EXPECT_EQ(judge(Hash256{}, 1, 3), Reason::kPolicySignerUnknown);
    EXPECT_EQ(judge(std::nullopt, 1, 3), Reason::kPolicySignerUnknown);
}

}  // namespace
}  // namespace redoubt::attestation
