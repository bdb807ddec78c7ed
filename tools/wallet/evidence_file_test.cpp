#include <tools/wallet/evidence_file.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <attestation/x509/pem.hpp>
#include <fstream>
#include <primitives/hex.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/ias_evidence.hpp>
#include <tests/support/ra_tls_evidence.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>
#include <tools/wallet/evidence_verification.hpp>
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
    static std::string code(const Fallible<ReadEvidence>& read) { return read ? "read" : read.error().code; }

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

TEST_F(EvidenceFile, shows_its_type_where_none_is_named) {
    const auto corpus = tests::source_folder() / "tests/fuzz/corpus";
    const auto dcap = tests::read_file(corpus / "dcap_verify/sgx_v3");
    const auto quote = tests::split_dcap_evidence(bytes_of(dcap)).value();
    const auto snp = tests::read_file(corpus / "snp_verify/milan_v2");
    const auto report = tests::split_snp_evidence(bytes_of(snp)).value().report;
    const auto collateral = write("c.json", bytes_of(quote.collateral));
    for (const auto& [file, type] :
         {std::pair{write("quote", quote.quote), EvidenceType::kSgxDcap},
          std::pair{write("quote.hex", bytes_of(to_hex(quote.quote))), EvidenceType::kSgxDcap},
          std::pair{write("report", report), EvidenceType::kSnp}}) {
        const auto read = read_evidence({.file = file});
        ASSERT_TRUE(read) << file << ": " << read.error().message;
        EXPECT_EQ(read.value().type, type) << file;
    }
    const auto with_collateral =
        read_evidence({.file = write("quote", quote.quote), .collateral = collateral});
    ASSERT_TRUE(with_collateral) << with_collateral.error().message;
    EXPECT_TRUE(std::holds_alternative<attestation::dcap::Collateral>(with_collateral.value().endorsements));
    EXPECT_EQ(code(read_evidence({.file = write("report", report), .collateral = collateral})),
              "evidence_options_contradict");
    // A part is not taken for the whole.
    const auto attest = tests::read_file(corpus / "tpm_attest/rsassa");
    const auto part = read_evidence({.file = write("attest", bytes_of(attest))});
    ASSERT_FALSE(part);
    EXPECT_THAT(part.error().message, testing::HasSubstr("TPMS_ATTEST"));
}

TEST_F(EvidenceFile, is_taken_out_of_a_tls_certificate) {
    const auto kept = [](const char* name) {
        const auto text = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ra_tls" / name);
        return to_bytes(tests::split_ra_tls_evidence(bytes_of(text)).value().certificate);
    };
    const auto der = kept("dice_tdx");
    const auto pem = "-----BEGIN CERTIFICATE-----\n" + attestation::x509::encode_base64(der) +
                     "\n-----END CERTIFICATE-----\n";
    for (const auto& file : {write("c.der", der), write("c.pem", bytes_of(pem))}) {
        const auto read = read_evidence({.file = file});
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read.value().type, EvidenceType::kTdxDcap);
        EXPECT_EQ(read.value().certificate, der);
        EXPECT_FALSE(read.value().evidence.empty());
    }
    EXPECT_TRUE(read_evidence({.file = write("c.der", der), .type = "tdx"}));
    EXPECT_EQ(code(read_evidence({.file = write("c.der", der), .type = "sgx"})),
              "evidence_options_contradict");
    const auto without = read_evidence({.file = write("n.der", kept("refused_without_evidence"))});
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().details["reason"], "RATLS_EVIDENCE_MALFORMED");
}

TEST_F(EvidenceFile, has_to_vouch_for_the_key_of_its_tls_certificate) {
    const auto refusal_of = [&](const char* name) -> std::optional<attestation::Reason> {
        const auto text = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ra_tls" / name);
        const auto parts = tests::split_ra_tls_evidence(bytes_of(text)).value();
        const auto read = read_evidence({.file = write("c.der", parts.certificate),
                                         .collateral = write("c.json", bytes_of(parts.collateral))});
        EXPECT_TRUE(read) << read.error().message;
        const auto verified = verify_evidence(
            read.value(), {.time = tests::kRaTlsTestTime, .roots = tests::ra_tls_test_roots()},
            read.value().certificate);
        const auto& refusal = verified.verdict.refusal;
        return refusal ? std::optional{refusal->reason} : std::nullopt;
    };
    EXPECT_EQ(refusal_of("dice_sgx"), std::nullopt);
    EXPECT_EQ(refusal_of("dice_tdx"), std::nullopt);
    EXPECT_EQ(refusal_of("refused_stolen"), attestation::Reason::kRatlsKeyNotBound);
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

// GHCB specification, "SNP Extended Guest Request": identifier, offset and size of each part, an empty entry,
// the parts.
Bytes host_table(const std::vector<std::pair<std::string_view, Bytes>>& parts) {
    constexpr std::size_t kEntryBytes = 24;
    auto offset = (parts.size() + 1) * kEntryBytes;
    Bytes entries;
    Bytes contents;
    const auto append_u32 = [&entries](std::size_t value) {
        for (std::size_t i = 0; i < 4; ++i) {
            entries.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    };
    for (const auto& [identifier, content] : parts) {
        append(entries, parse_hex(identifier).value());
        append_u32(offset);
        append_u32(content.size());
        append(contents, content);
        offset += content.size();
    }
    append(entries, Bytes(kEntryBytes));
    return concat(entries, contents);
}

constexpr std::string_view kVcek = "63da758de6644564adc5f4b93be8accd";
constexpr std::string_view kVlek = "a8074bc2a25a483eaae639c045a0b8a1";
constexpr std::string_view kAsk = "4ab7b379bbac4fe4a02f05aef327c782";
constexpr std::string_view kArk = "c0b406a4a803495297433fb6014cd0ae";

TEST_F(EvidenceFile, takes_the_table_of_a_host_for_the_certificates_that_it_has) {
    const auto evidence = [&](const char* name) {
        const auto bytes = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/snp_verify" / name);
        return tests::split_snp_evidence(bytes_of(bytes)).value();
    };
    const auto vcek = evidence("milan_v2");
    const auto vlek = evidence("milan_v3_vlek");
    const auto& chain = vcek.certificates;
    const auto read = [&](ByteView report, const std::vector<std::string>& files) {
        return read_evidence({.file = write("report", report), .type = "snp", .certificates = files});
    };
    const auto certificates = [](const Fallible<ReadEvidence>& bundle) {
        EXPECT_TRUE(bundle) << bundle.error().message;
        return std::get<attestation::snp::Certificates>(bundle.value().endorsements);
    };

    const auto whole = write("whole", host_table({{kVcek, chain.vek}, {kAsk, chain.ask}, {kArk, chain.ark}}));
    EXPECT_EQ(certificates(read(vcek.report, {whole})).vek, chain.vek);
    EXPECT_EQ(certificates(read(vcek.report, {whole})).ask, chain.ask);
    EXPECT_EQ(certificates(read(vcek.report, {whole})).ark, chain.ark);
    // The key that signed the report is taken of both.
    const auto both = write(
        "both",
        host_table(
            {{kVcek, chain.vek}, {kVlek, vlek.certificates.vek}, {kAsk, chain.ask}, {kArk, chain.ark}}));
    EXPECT_EQ(certificates(read(vcek.report, {both})).vek, chain.vek);
    EXPECT_EQ(certificates(read(vlek.report, {both})).vek, vlek.certificates.vek);
    // Others come from files of their own.
    const auto chip = write("chip", host_table({{kVcek, chain.vek}}));
    const auto ask = write("ask.der", chain.ask);
    const auto ark = write("ark.der", chain.ark);
    EXPECT_EQ(certificates(read(vcek.report, {chip, ask, ark})).ark, chain.ark);

    EXPECT_EQ(code(read(vcek.report, {chip})), "evidence_options_contradict");
    EXPECT_EQ(code(read(vcek.report, {whole, ark})), "evidence_options_contradict");
    EXPECT_EQ(code(read(vcek.report, {write("nothing", host_table({}))})), "evidence_options_contradict");
}

TEST_F(EvidenceFile, takes_a_report_as_the_service_answered_it) {
    const auto joined = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ias_verify/ok");
    const auto first = joined.find('|');
    const auto second = joined.find('|', first + 1);
    const auto body = write("body", bytes_of(joined.substr(0, first)));
    const auto signature = write("signature", bytes_of(joined.substr(first + 1, second - first - 1) + "\n"));
    const auto block = [](std::string_view base64) {
        return "-----BEGIN CERTIFICATE-----\n" + std::string{base64} + "\n-----END CERTIFICATE-----\n";
    };
    const auto pem = block(joined.substr(second + 1)) +
                     block(attestation::x509::encode_base64(parse_hex(tests::kIasTestCa).value()));
    std::string header;
    for (const char c : pem) {
        const bool is_kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
        header += is_kept ? std::string{c} : "%" + to_hex(Bytes{static_cast<std::uint8_t>(c)});
    }
    const auto read = [&](const std::string& certificates, const std::string& signed_by) {
        return read_evidence(
            {.file = body,
             .type = "sgx-ias",
             .certificates = certificates.empty() ? std::vector<std::string>{} : std::vector{certificates},
             .signature = signed_by});
    };
    for (const auto& certificates : {write("header", bytes_of(header)), write("pem", bytes_of(pem))}) {
        const auto bundle = read(certificates, signature);
        ASSERT_TRUE(bundle) << bundle.error().message;
        EXPECT_EQ(text_of(bundle.value().evidence), joined);
    }
    EXPECT_EQ(code(read("", signature)), "evidence_options_contradict");
    EXPECT_EQ(code(read(write("pem", bytes_of(pem)), "")), "evidence_options_contradict");
    EXPECT_EQ(code(read(write("cut", bytes_of(header + "%4")), signature)), "evidence_malformed");
    EXPECT_EQ(code(read_evidence({.file = body, .type = "snp", .signature = signature})),
              "evidence_options_contradict");
    EXPECT_TRUE(read_evidence({.file = write("joined", bytes_of(joined)), .type = "sgx-ias"}));
}

TEST(UrlEncoding, is_undone_or_refused) {
    EXPECT_EQ(decode_url("a%20b%0a+%2B"), "a b\n++");
    EXPECT_EQ(decode_url(""), "");
    for (const auto* text : {"%", "%4", "a%4", "%zz", "%0x41"}) {
        EXPECT_EQ(decode_url(text), std::nullopt) << text;
    }
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
