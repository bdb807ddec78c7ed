#include <attestation/produce/configfs_tsm.hpp>

#include <gtest/gtest.h>

#include <attestation/produce/produce_error.hpp>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

constexpr std::array<std::uint8_t, 64> kAsked = {8, 9};

tests::FakeTee tdx() {
    tests::FakeTee tee;
    tee.provider = "tdx_guest";
    return tee;
}

TEST(ConfigfsTsm, makes_tdx_quotes_in_an_entry_that_is_removed) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee);
    ASSERT_OK(opened);
    EXPECT_EQ(opened.value()->type(), EvidenceType::kTdxDcap);
    const auto made = opened.value()->generate(kAsked);
    ASSERT_OK(made);
    EXPECT_EQ(made.value().evidence, tests::tdx_quote_over(kAsked));
    EXPECT_TRUE(made.value().endorsements.empty());
    EXPECT_TRUE(tee.entries_left().empty());
    EXPECT_EQ(tee.files_open(), 0U);
    EXPECT_EQ(tee.evidence_made, 1U);
    EXPECT_ERROR(opened.value()->sealing_key(), ProduceError::kNoSealingKey);
}

TEST(ConfigfsTsm, cuts_what_the_quoting_service_padded) {
    auto tee = tdx();
    tee.make_evidence = [](ByteView report_data) {
        return tests::padded(tests::tdx_quote_over(report_data));
    };
    const auto opened = ConfigfsTsm::open(tee).value();
    EXPECT_EQ(opened->generate(kAsked).value().evidence, tests::tdx_quote_over(kAsked));
}

TEST(ConfigfsTsm, makes_snp_reports_with_the_table_of_certificates) {
    tests::FakeTee tee;
    tee.provider = "sev_guest";
    tee.make_evidence = tests::snp_report_over;
    tee.has_auxblob = true;
    tee.auxblob = Bytes(100, 3);
    const auto opened = ConfigfsTsm::open(tee).value();
    const auto made = opened->generate(kAsked);
    ASSERT_OK(made);
    EXPECT_EQ(made.value().type, EvidenceType::kSnp);
    EXPECT_EQ(made.value().evidence, tests::snp_report_over(kAsked));
    EXPECT_EQ(made.value().endorsements, Bytes(100, 3));
    tee.step = 4096;
    tee.auxblob.resize(kEndorsementsBytesMax + 1);
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kTooLarge);
}

TEST(ConfigfsTsm, makes_tokens_of_arm) {
    tests::FakeTee tee;
    tee.provider = "arm_cca_guest";
    tee.make_evidence = tests::cca_token_over;
    const auto opened = ConfigfsTsm::open(tee).value();
    const auto made = opened->generate(kAsked);
    ASSERT_OK(made);
    EXPECT_EQ(made.value().type, EvidenceType::kCca);
    EXPECT_EQ(made.value().evidence, tests::cca_token_over(kAsked));
    EXPECT_ERROR(opened->sealing_key(), ProduceError::kNoSealingKey);
}

TEST(ConfigfsTsm, is_missing_where_configfs_is_not_mounted) {
    tests::FakeTee tee;
    EXPECT_ERROR(ConfigfsTsm::open(tee), ProduceError::kInterfaceMissing);
}

TEST(ConfigfsTsm, refuses_providers_that_it_does_not_know_and_that_change) {
    tests::FakeTee unknown;
    unknown.provider = "enclave_of_tomorrow";
    EXPECT_ERROR(ConfigfsTsm::open(unknown), ProduceError::kWrongProvider);
    EXPECT_TRUE(unknown.entries_left().empty());
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    tee.change_provider("sev_guest");
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kWrongProvider);
}

TEST(ConfigfsTsm, tries_again_when_another_wrote_to_the_entry) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    int times = 2;
    tee.interfere = [&](const std::string& entry) {
        if (times-- > 0) {
            tee.write_inblob(entry, Bytes(64, 1));
        }
    };
    const auto made = opened->generate(kAsked);
    ASSERT_OK(made);
    EXPECT_EQ(made.value().evidence, tests::tdx_quote_over(kAsked));
    EXPECT_EQ(tee.evidence_made, 3U);
    EXPECT_EQ(tee.waits, (std::vector<std::uint64_t>{10, 20}));
}

TEST(ConfigfsTsm, gives_up_when_another_writes_each_time) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    tee.interfere = [&](const std::string& entry) { tee.write_inblob(entry, Bytes(64, 1)); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kInterfered);
    EXPECT_GE(tee.clock_ms, 30'000U);
    EXPECT_TRUE(tee.entries_left().empty());
}

// The generation is right when the other one wrote in our place: then the report data tells.
TEST(ConfigfsTsm, refuses_evidence_over_what_another_wrote) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    tee.drops_writes = true;
    tee.interfere = [&](const std::string& entry) { tee.write_inblob(entry, Bytes(64, 1)); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kReportDataDiffers);
}

TEST(ConfigfsTsm, notices_a_write_that_was_refused_at_the_close) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    tee.drops_writes = true;
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kRefused);
}

TEST(ConfigfsTsm, waits_while_the_entry_is_busy_and_no_longer_than_half_a_minute) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    tee.evidence_errors = {EBUSY, EWOULDBLOCK, EINTR};
    EXPECT_OK(opened->generate(kAsked));
    tee.evidence_errors.assign(1'000, EBUSY);
    const auto before = tee.clock_ms;
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kBusy);
    EXPECT_EQ(tee.clock_ms - before, 30'000U);
}

TEST(ConfigfsTsm, reports_failures_of_the_provider_at_once) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    const std::pair<int, ProduceError> failures[] = {{EIO, ProduceError::kProviderFailed},
                                                     {ENXIO, ProduceError::kProviderFailed},
                                                     {ETIMEDOUT, ProduceError::kTimedOut},
                                                     {EINVAL, ProduceError::kRefused},
                                                     {ENOMEM, ProduceError::kSystem}};
    for (const auto& [error, expected] : failures) {
        tee.evidence_errors = {error};
        EXPECT_ERROR(opened->generate(kAsked), expected);
    }
    EXPECT_TRUE(tee.waits.empty());
}

TEST(ConfigfsTsm, refuses_evidence_above_the_limit_and_of_another_form) {
    auto tee = tdx();
    const auto opened = ConfigfsTsm::open(tee).value();
    tee.step = 4096;
    tee.make_evidence = [](ByteView) { return Bytes(kProducedBytesMax + 1); };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kTooLarge);
    tee.make_evidence = tests::snp_report_over;
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kEvidenceMalformed);
    tee.make_evidence = [](ByteView) { return Bytes{}; };
    EXPECT_ERROR(opened->generate(kAsked), ProduceError::kEvidenceMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::produce
