#include <attestation/produce/tdx_guest.hpp>

#include <gtest/gtest.h>

#include <attestation/produce/produce_error.hpp>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

constexpr std::array<std::uint8_t, 64> kAsked = {2, 9};

tests::FakeTee guest() {
    tests::FakeTee tee;
    tee.has_tdx_guest = true;
    tee.quoting_port = 4050;
    return tee;
}

TEST(TdxGuest, has_its_report_quoted_by_the_host) {
    auto tee = guest();
    const auto opened = TdxGuest::open(tee).value();
    const auto made = opened->generate(kAsked);
    ASSERT_OK(made);
    EXPECT_EQ(made.value().evidence, tests::tdx_quote_over(kAsked));
    EXPECT_EQ(tee.files_open(), 0U);
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kNoSealingKey);
}

TEST(TdxGuest, cuts_what_the_quoting_service_padded) {
    auto tee = guest();
    tee.make_evidence = [](ByteView report_data) {
        return tests::padded(tests::tdx_quote_over(report_data));
    };
    EXPECT_EQ(TdxGuest::open(tee).value()->generate(kAsked).value().evidence, tests::tdx_quote_over(kAsked));
}

TEST(TdxGuest, takes_the_port_from_the_settings) {
    auto tee = guest();
    tee.quoting_port = 4099;
    tee.tdx_settings = "# quoting service\n port = 4099\n";
    EXPECT_OK(TdxGuest::open(tee).value()->generate(kAsked));
    for (const auto* wrong : {"port=", "port=0", "port=4050x", "port=4294967295", "port=99999999999"}) {
        tee.tdx_settings = wrong;
        EXPECT_ERROR(TdxGuest::open(tee), ProduceError::kRefused) << wrong;
    }
}

TEST(TdxGuest, reports_a_service_that_is_not_there_fails_or_breaks_off) {
    tests::FakeTee nothing;
    EXPECT_ERROR(TdxGuest::open(nothing), ProduceError::kInterfaceMissing);
    auto tee = guest();
    const auto opened = TdxGuest::open(tee).value();
    tee.quoting_port.reset();
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kProviderFailed);
    tee.quoting_port = 4050;
    tee.quoting_failure = 17;
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kProviderFailed);
    tee.quoting_failure = 0;
    tee.leaves_connection_short = true;
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kShortAnswer);
    tee.leaves_connection_short = false;
    tee.make_evidence = [](ByteView) { return tests::tdx_quote_over(Bytes(64, 1)); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kReportDataDiffers);
    tee.step = 4096;
    tee.make_evidence = [](ByteView) { return Bytes(kProducedBytesMax + 1024); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kTooLarge);
}

TEST(TdxGuest, waits_while_the_device_is_busy) {
    auto tee = guest();
    const auto opened = TdxGuest::open(tee).value();
    tee.control_errors = {{EBUSY, 0}, {EINTR, 0}};
    EXPECT_OK(opened->generate(kAsked));
    EXPECT_EQ(tee.waits.size(), 2U);
    tee.control_errors = {{EIO, 0}};
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kProviderFailed);
}

}  // namespace
}  // namespace redoubt::attestation::produce
