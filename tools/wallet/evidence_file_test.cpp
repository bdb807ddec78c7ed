#include <tools/wallet/evidence_file.hpp>

#include <gtest/gtest.h>

#include <attestation/x509/pem.hpp>
#include <fstream>
#include <primitives/hex.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

using attestation::EvidenceType;

class EvidenceFile : public ::testing::Test {
  protected:
    std::string write(const std::string& name, ByteView content) {
        const auto path = (folder_.path() / name).string();
        std::ofstream{path, std::ios::binary} << text_of(content);
        return path;
    }
    static std::string code(const Fallible<attestation::Bundle>& read) {
        return read ? "read" : read.error().code;
    }

    TestFolder folder_;
};

TEST_F(EvidenceFile, is_a_bundle_without_a_type) {
    const auto bundle = R"({"format":"redoubt-evidence/1","type":"nitro","evidence":"AAECAw=="})";
    const auto read = read_evidence({.file = write("b.json", bytes_of(bundle))});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read.value().type, EvidenceType::kNitro);
    EXPECT_EQ(read.value().evidence, (Bytes{0, 1, 2, 3}));
    EXPECT_EQ(code(read_evidence({.file = write("quote", Bytes(500))})), "evidence_malformed");
    EXPECT_EQ(code(read_evidence({.file = write("b.json", bytes_of(bundle)), .collateral = "c.json"})),
              "evidence_options_contradict");
}

TEST_F(EvidenceFile, is_of_the_type_that_is_named_and_no_other) {
    const auto file = write("e", Bytes{1, 2, 3});
    for (const auto* type : {"sgx", "tdx", "snp", "nitro", "sim"}) {
        const auto read = read_evidence({.file = file, .type = type});
        ASSERT_TRUE(read) << type;
        EXPECT_EQ(attestation::evidence_name(read.value().type), type);
    }
    EXPECT_EQ(code(read_evidence({.file = file, .type = "dcap"})), "evidence_type_unknown");
}

TEST_F(EvidenceFile, takes_the_endorsements_of_its_type) {
    const auto kept = tests::source_folder() / "tests/fuzz/corpus";
    const auto dcap = tests::read_file(kept / "dcap_verify/sgx_v3");
    const auto quote = tests::split_dcap_evidence(bytes_of(dcap)).value();
    const auto snp = tests::read_file(kept / "snp_verify/milan_v2");
    const auto report = tests::split_snp_evidence(bytes_of(snp)).value();
    const auto quote_file = write("quote", quote.quote);
    const auto report_file = write("report", report.report);
    const auto collateral = write("collateral.json", bytes_of(quote.collateral));
    const auto vek = write("vek.der", report.certificates.vek);
    const auto ask = write("ask.hex", bytes_of(to_hex(report.certificates.ask)));
    const auto pem = "-----BEGIN CERTIFICATE-----\n" +
                     attestation::x509::encode_base64(report.certificates.ark) +
                     "\n-----END CERTIFICATE-----\n";
    const auto ark = write("ark.pem", bytes_of(pem));

    const auto with_collateral = read_evidence({.file = quote_file, .type = "sgx", .collateral = collateral});
    ASSERT_TRUE(with_collateral) << with_collateral.error().message;
    EXPECT_TRUE(std::holds_alternative<attestation::dcap::Collateral>(with_collateral.value().endorsements));
    const auto with_certificates =
        read_evidence({.file = report_file, .type = "snp", .certificates = {vek, ask, ark}});
    ASSERT_TRUE(with_certificates) << with_certificates.error().message;
    const auto& certificates =
        std::get<attestation::snp::Certificates>(with_certificates.value().endorsements);
    EXPECT_EQ(certificates.vek, report.certificates.vek);
    EXPECT_EQ(certificates.ask, report.certificates.ask);
    EXPECT_EQ(certificates.ark, report.certificates.ark);

    EXPECT_EQ(code(read_evidence({.file = report_file, .type = "snp", .certificates = {vek, ask}})),
              "evidence_options_contradict");
    EXPECT_EQ(code(read_evidence({.file = report_file, .type = "snp", .collateral = collateral})),
              "evidence_options_contradict");
    EXPECT_EQ(code(read_evidence({.file = quote_file, .type = "sgx", .certificates = {vek, ask, ark}})),
              "evidence_options_contradict");
    EXPECT_EQ(code(read_evidence({.file = quote_file, .type = "sgx", .collateral = quote_file})),
              "evidence_malformed");
    EXPECT_EQ(code(read_evidence({.file = quote_file, .type = "nitro", .collateral = collateral})),
              "evidence_options_contradict");
    EXPECT_TRUE(read_evidence({.file = quote_file, .type = "paravisor", .certificates = {vek, ask, ark}}));
    EXPECT_TRUE(read_evidence({.file = quote_file, .type = "tpm", .attestation_key = vek}));
    EXPECT_EQ(code(read_evidence({.file = quote_file, .type = "sgx", .attestation_key = vek})),
              "evidence_options_contradict");
}

TEST_F(EvidenceFile, has_limits) {
    EXPECT_TRUE(read_input(write("f", Bytes(10)), 10));
    EXPECT_EQ(read_input(write("f", Bytes(11)), 10).error().code, "file_too_large");
    EXPECT_EQ(read_input((folder_.path() / "none").string(), 10).error().code, "file_unreadable");
    EXPECT_EQ(read_input(folder_.path().string(), 10).error().code, "file_unreadable");
    EXPECT_EQ(read_input("/dev/zero", 1'000'000).error().code, "file_too_large");
}

}  // namespace
}  // namespace redoubt::wallet
