#include <attestation/ra_tls/certificate_evidence.hpp>

#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <attestation/limits.hpp>
#include <tests/support/ra_tls_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::ra_tls {
namespace {

x509::Certificate kept(const std::string& name) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ra_tls" / name);
    const auto parts = tests::split_ra_tls_evidence(bytes_of(file)).value();
    return x509::Certificate::decode_of_peer(to_bytes(parts.certificate)).value();
}

TEST(CertificateEvidence, is_found_in_each_form) {
    struct Expected {
        const char* name;
        Form form;
        EvidenceType type;
    };
    for (const auto& expected : {Expected{"dice_sgx", Form::kDice, EvidenceType::kSgxDcap},
                                 {"dice_tdx", Form::kDice, EvidenceType::kTdxDcap},
                                 {"dice_beside_a_quote", Form::kDice, EvidenceType::kSgxDcap},
                                 {"gramine", Form::kLegacyQuote, EvidenceType::kSgxDcap},
                                 {"gramine_nested", Form::kLegacyQuote, EvidenceType::kSgxDcap},
                                 {"intel", Form::kLegacyQuote, EvidenceType::kSgxDcap},
                                 {"wrapper", Form::kCmw, EvidenceType::kSgxDcap},
                                 {"refused_simulation", Form::kSimulation, EvidenceType::kSimulation}}) {
        const auto certificate = kept(expected.name);
        const auto read = read_certificate_evidence(certificate);
        ASSERT_OK(read);
        EXPECT_EQ(read.value().form, expected.form) << expected.name;
        EXPECT_EQ(read.value().type, expected.type) << expected.name;
        EXPECT_EQ(read.value().dice.has_value(), expected.form == Form::kDice) << expected.name;
        EXPECT_FALSE(read.value().evidence.empty()) << expected.name;
    }
}

TEST(CertificateEvidence, is_refused_when_it_is_missing_ambiguous_or_not_evidence) {
    for (const auto* name : {"refused_both_spellings", "refused_both_quotes", "refused_critical",
                             "refused_local_report", "refused_trailing", "refused_wrapper_of_results",
                             "refused_wrapper_of_another_type", "refused_without_evidence"}) {
        const auto certificate = kept(name);
        EXPECT_ERROR(read_certificate_evidence(certificate), Reason::kRatlsEvidenceMalformed);
    }
}

TEST(CertificateEvidence, is_wrapped_under_the_media_type_of_its_type) {
    EXPECT_EQ(wrapper_media_type(EvidenceType::kSnp), "application/vnd.redoubt.snp");
    for (const auto type :
         {EvidenceType::kSgxDcap, EvidenceType::kSnp, EvidenceType::kNitro, EvidenceType::kParavisor}) {
        EXPECT_EQ(type_of_wrapper(wrapper_media_type(type)), type);
    }
    EXPECT_EQ(type_of_wrapper("application/vnd.redoubt."), std::nullopt);
    EXPECT_EQ(type_of_wrapper("application/vnd.redoubt.SNP"), std::nullopt);
    EXPECT_EQ(type_of_wrapper("snp"), std::nullopt);
}

// The second half of the report data is zero, so that nothing else can be meant with the first.
TEST(KeyBinding, wants_the_hash_of_the_key_and_zeros) {
    const Bytes key_info(91, 0x30);
    const CertificateEvidence legacy{.form = Form::kLegacyQuote, .evidence = {}, .dice = {}};
    Bytes report_data(64);
    std::ranges::copy(sha2_256({key_info}).bytes, report_data.begin());
    EXPECT_OK(check_key_bound(legacy, report_data, key_info));
    for (std::size_t at = 0; at < report_data.size(); ++at) {
        report_data[at] ^= 1;
        EXPECT_ERROR(check_key_bound(legacy, report_data, key_info), Reason::kRatlsKeyNotBound) << at;
        report_data[at] ^= 1;
    }
    EXPECT_ERROR(check_key_bound(legacy, ByteView{report_data}.first(32), key_info),
                 Reason::kRatlsKeyNotBound);
}

TEST(ClaimsBinding, wants_the_hash_of_the_claims_and_zeros) {
    const Bytes claims(40, 0xa1);
    const DiceEvidence dice{.quote = {}, .claims_bytes = claims, .claims = {}};
    Bytes report_data(64);
    std::ranges::copy(sha2_256({claims}).bytes, report_data.begin());
    EXPECT_OK(check_claims_bound(dice, report_data));
    for (std::size_t at = 0; at < report_data.size(); ++at) {
        report_data[at] ^= 1;
        EXPECT_ERROR(check_claims_bound(dice, report_data), Reason::kRatlsClaimsNotBound) << at;
        report_data[at] ^= 1;
    }
}

TEST(PeerCertificate, is_longer_than_one_of_an_authority_may_be) {
    const auto big = [](std::size_t size) { return Bytes(size, 0x30); };
    EXPECT_ERROR(x509::Certificate::decode(big(kCertificateBytesMax + 1)), Reason::kLimitExceeded);
    EXPECT_ERROR(x509::Certificate::decode_of_peer(big(kCertificateBytesMax + 1)), Reason::kMalformed);
    EXPECT_ERROR(x509::Certificate::decode_of_peer(big(kRaTlsCertificateBytesMax + 1)),
                 Reason::kLimitExceeded);
}

}  // namespace
}  // namespace redoubt::attestation::ra_tls
