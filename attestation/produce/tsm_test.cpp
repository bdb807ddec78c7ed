#include <attestation/produce/tsm.hpp>

#include <gtest/gtest.h>

#include <attestation/produce/produce_error.hpp>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

constexpr std::array<std::uint8_t, 64> kAsked = {3, 9};

TEST(Tsm, prefers_configfs_and_takes_the_sealing_key_from_the_device) {
    tests::FakeTee tee;
    tee.provider = "sev_guest";
    tee.has_sev_guest = true;
    tee.make_evidence = tests::snp_report_over;
    const auto opened = Tsm::open(tee).value();
    EXPECT_EQ(opened->type(), EvidenceType::kSnp);
    EXPECT_OK(opened->generate(kAsked));
    EXPECT_TRUE(tee.control_messages.empty());
    EXPECT_OK(opened->sealing_key());
    tee.has_sev_guest = false;
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kInterfaceMissing);
}

TEST(Tsm, takes_the_devices_of_older_kernels) {
    tests::FakeTee snp;
    snp.has_sev_guest = true;
    snp.make_evidence = tests::snp_report_over;
    EXPECT_EQ(Tsm::open(snp).value()->type(), EvidenceType::kSnp);
    tests::FakeTee tdx;
    tdx.has_tdx_guest = true;
    const auto opened = Tsm::open(tdx).value();
    EXPECT_EQ(opened->type(), EvidenceType::kTdxDcap);
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kNoSealingKey);
}

TEST(Tsm, has_nothing_to_fall_back_to) {
    tests::FakeTee nothing;
    EXPECT_ERROR(Tsm::open(nothing), ProduceError::kInterfaceMissing);
    tests::FakeTee unknown;
    unknown.provider = "something_else";
    unknown.has_tdx_guest = true;
    EXPECT_ERROR(Tsm::open(unknown), ProduceError::kWrongProvider);
}

}  // namespace
}  // namespace redoubt::attestation::produce
