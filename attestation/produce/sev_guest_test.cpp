#include <attestation/produce/sev_guest.hpp>

#include <gtest/gtest.h>

#include <attestation/produce/produce_error.hpp>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

constexpr std::array<std::uint8_t, 64> kAsked = {1, 9};

tests::FakeTee guest() {
    tests::FakeTee tee;
    tee.has_sev_guest = true;
    tee.make_evidence = tests::snp_report_over;
    return tee;
}

TEST(SevGuest, makes_reports_with_certificates_of_any_size) {
    auto tee = guest();
    const auto opened = SevGuest::open(tee).value();
    for (const std::size_t size : {0U, 100U, 16'384U, 16'385U, 65'536U}) {
        tee.certificates = Bytes(size, 4);
        const auto made = opened->generate(kAsked);
        ASSERT_OK(made) << size;
        EXPECT_EQ(made.value().evidence, tests::snp_report_over(kAsked));
        auto certificates = made.value().endorsements;
        EXPECT_GE(certificates.size(), size);
        certificates.resize(size);
        EXPECT_EQ(certificates, tee.certificates);
    }
    tee.certificates = Bytes(65'537, 4);
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kTooLarge);
}

TEST(SevGuest, sends_a_busy_host_the_same_message_again) {
    auto tee = guest();
    const auto opened = SevGuest::open(tee).value();
    tee.control_errors = {{EIO, 2}, {EAGAIN, 0}, {EINTR, 0}};
    EXPECT_OK(opened->generate(kAsked));
    ASSERT_EQ(tee.control_messages.size(), 4U);
    for (const auto& message : tee.control_messages) {
        EXPECT_TRUE(equal(ByteView{message}.first(24), ByteView{tee.control_messages[0]}.first(24)));
    }
    EXPECT_EQ(tee.waits, (std::vector<std::uint64_t>{10, 20, 40}));
}

TEST(SevGuest, reports_failures) {
    tests::FakeTee nothing;
    EXPECT_ERROR(SevGuest::open(nothing), ProduceError::kInterfaceMissing);
    auto forbidden = guest();
    forbidden.open_errors["/dev/sev-guest"] = EACCES;
    EXPECT_ERROR(SevGuest::open(forbidden), ProduceError::kPermission);
    auto tee = guest();
    const auto opened = SevGuest::open(tee).value();
    tee.control_errors = {{EIO, 0}};
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kProviderFailed);
    EXPECT_EQ(tee.control_messages.size(), 1U);
    tee.firmware_status = 22;
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kRefused);
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kRefused);
    tee.firmware_status = 0;
    tee.make_evidence = [](ByteView) { return tests::snp_report_over(Bytes(64, 1)); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kReportDataDiffers);
    tee.make_evidence = [](ByteView) { return Bytes(1183); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kEvidenceMalformed);
    tee.control_errors = {{EIO, 1}};  // no room, and asks for no more
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kProviderFailed);
}

TEST(SevGuest, derives_a_key_that_policy_and_measurement_are_mixed_into) {
    auto tee = guest();
    const auto opened = SevGuest::open(tee).value();
    const auto one = opened->sealing_key();
    ASSERT_OK(one);
    EXPECT_EQ(tee.key_fields, 0b1001U);
    EXPECT_TRUE(equal(one.value().expose(), opened->sealing_key().value().expose()));
    tee.control_errors = {{EIO, 0}};
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kProviderFailed);
}

}  // namespace
}  // namespace redoubt::attestation::produce
