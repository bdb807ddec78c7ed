#include <attestation/produce/gramine.hpp>

#include <gtest/gtest.h>

#include <attestation/produce/produce_error.hpp>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

constexpr std::array<std::uint8_t, 64> kAsked = {5, 6, 7};

tests::FakeTee gramine() {
    tests::FakeTee tee;
    tee.gramine = "dcap\n";
    tee.make_evidence = tests::sgx_quote_over;
    return tee;
}

TEST(Gramine, knows_its_measurement_and_makes_quotes) {
    auto tee = gramine();
    const auto opened = Gramine::open(tee);
    ASSERT_OK(opened);
    EXPECT_FALSE(opened.value()->mr_enclave().is_zero());
    const auto made = opened.value()->generate(kAsked);
    ASSERT_OK(made);
    EXPECT_EQ(made.value().type, EvidenceType::kSgxDcap);
    EXPECT_EQ(made.value().evidence, tests::sgx_quote_over(kAsked));
    EXPECT_EQ(tee.files_open(), 0U);
}

TEST(Gramine, cuts_what_the_quoting_service_padded) {
    auto tee = gramine();
    const auto opened = Gramine::open(tee).value();
    tee.make_evidence = [](ByteView report_data) {
        return tests::padded(tests::sgx_quote_over(report_data));
    };
    EXPECT_EQ(opened->generate(kAsked).value().evidence, tests::sgx_quote_over(kAsked));
}

TEST(Gramine, is_refused_without_dcap_without_files_and_in_debug_mode) {
    tests::FakeTee nothing;
    EXPECT_ERROR(Gramine::open(nothing), ProduceError::kInterfaceMissing);
    auto without = gramine();
    without.gramine = "none";
    EXPECT_ERROR(Gramine::open(without), ProduceError::kNoQuotes);
    auto older = gramine();
    older.gramine = "epid";
    EXPECT_ERROR(Gramine::open(older), ProduceError::kNoQuotes);
    auto debug = gramine();
    debug.make_evidence = [](ByteView report_data) {
        auto out = tests::sgx_quote_over(report_data);
        out[48 + 48] |= 2;
        return out;
    };
    EXPECT_ERROR(Gramine::open(debug), ProduceError::kDebug);
}

TEST(Gramine, refuses_a_quote_over_something_else) {
    auto tee = gramine();
    const auto opened = Gramine::open(tee).value();
    tee.make_evidence = [](ByteView) { return tests::sgx_quote_over(Bytes(64)); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kReportDataDiffers);
    tee.make_evidence = [](ByteView report_data) {
        auto out = tests::sgx_quote_over(report_data);
        out[48 + 64] ^= 1;  // of another program
        return out;
    };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kWrongProvider);
}

TEST(Gramine, waits_while_the_quoting_enclave_is_busy) {
    auto tee = gramine();
    const auto opened = Gramine::open(tee).value();
    tee.evidence_errors = {EAGAIN, EBUSY};
    EXPECT_OK(opened->generate(kAsked));
    EXPECT_EQ(tee.waits, (std::vector<std::uint64_t>{10, 20}));
    tee.evidence_errors = {EPERM};
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kPermission);
}

TEST(Gramine, refuses_a_quote_above_its_limit) {
    auto tee = gramine();
    const auto opened = Gramine::open(tee).value();
    tee.step = 4096;
    tee.make_evidence = [](ByteView) { return Bytes(kGramineQuoteBytesMax + 1); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kTooLarge);
}

TEST(Gramine, derives_its_sealing_key_from_the_key_of_the_measurement) {
    auto tee = gramine();
    const auto opened = Gramine::open(tee).value();
    const auto one = opened->sealing_key();
    ASSERT_OK(one);
    const auto same = opened->sealing_key();
    EXPECT_TRUE(equal(one.value().expose(), same.value().expose()));
    tee.seal_key = Bytes(16, 8);
    EXPECT_FALSE(equal(one.value().expose(), opened->sealing_key().value().expose()));
    tee.seal_key = Bytes(15, 8);
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kShortAnswer);
    tee.seal_key = Bytes(17, 8);
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kTooLarge);
}

}  // namespace
}  // namespace redoubt::attestation::produce
