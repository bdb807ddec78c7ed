#include <tools/wallet/evidence_fields.hpp>

#include <gtest/gtest.h>

#include <attestation/appraisal/appraisal.hpp>
#include <primitives/hex.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace)

/// Claims of every kind but none have fields to show.
template <std::size_t Index = 1>
void expect_fields_of_each_kind() {
    if constexpr (Index < std::variant_size_v<Claims>) {
        EXPECT_FALSE(fields_of(Claims{std::in_place_index<Index>}).empty()) << "alternative " << Index;
        expect_fields_of_each_kind<Index + 1>();
    }
}

TEST(EvidenceFields, are_there_for_claims_of_each_kind) {
    expect_fields_of_each_kind();
    EXPECT_TRUE(fields_of(Claims{}).empty());
}

TEST(EvidenceFields, are_decoded_for_each_type_that_is_verified) {
    for (const auto type : supported_types()) {
        const auto fields = decode_fields(type, Bytes{1});
        EXPECT_TRUE(fields || reason_of(fields.error()) != Reason::kEvidenceTypeUnsupported)
            << evidence_name(type);
    }
    EXPECT_ERROR(decode_fields(EvidenceType::kSgxDcap, Bytes(kEvidenceBytesMax + 1)), Reason::kLimitExceeded);
}

TEST(EvidenceFields, show_what_a_quote_says) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/dcap_verify/tdx_v4");
    const auto quote = tests::split_dcap_evidence(bytes_of(file)).value().quote;
    const auto fields = decode_fields(EvidenceType::kTdxDcap, quote).value();
    EXPECT_EQ(fields["quote_version"], 4);
    EXPECT_EQ(fields["claims"]["report_data"].get<std::string>().size(), 128U);
    EXPECT_EQ(fields["certificates"]["count"], 3);
    EXPECT_ERROR(decode_fields(EvidenceType::kSgxDcap, quote), Reason::kQuoteBodyInvalid);
}

TEST(EvidenceFields, show_nothing_that_identifies_hardware) {
    const auto dcap = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/dcap_verify/sgx_v3");
    auto quote = to_bytes(tests::split_dcap_evidence(bytes_of(dcap)).value().quote);
    const auto snp = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/snp_verify/milan_v2");
    auto report = tests::split_snp_evidence(bytes_of(snp)).value().report;
    constexpr std::size_t kQeIdAt = 28;
    constexpr std::size_t kChipIdAt = 0x1a0;
    std::fill_n(quote.begin() + kQeIdAt, 16, std::uint8_t{0xc3});
    std::fill_n(report.begin() + kChipIdAt, 64, std::uint8_t{0xc3});
    const auto of_quote = decode_fields(EvidenceType::kSgxDcap, quote).value();
    const auto of_report = decode_fields(EvidenceType::kSnp, report).value();
    for (const auto& fields : {of_quote, of_report}) {
        EXPECT_EQ(fields.dump().find("c3c3c3c3"), std::string::npos);
        EXPECT_EQ(fields.dump().find("BEGIN CERTIFICATE"), std::string::npos);
    }
    EXPECT_EQ(of_quote["qe_id"], "not shown");
    EXPECT_EQ(of_report["claims"]["chip_id"], "not shown");
}

TEST(EvidenceFields, are_lines_for_people) {
    EXPECT_EQ(
        to_lines({{"a_b", "x\x1b"}, {"yes", true}, {"sub", {{"list", {1, 2}}, {"none", Json::array()}}}}),
        "a b     x\\x1b\nyes     yes\nsub     \n  list  1, 2\n  none  none");
}

}  // namespace
}  // namespace redoubt::wallet
