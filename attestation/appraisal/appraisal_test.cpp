#include <attestation/appraisal/appraisal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <attestation/sim/verifier.hpp>
#include <tests/support/cca_evidence.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/ias_evidence.hpp>
#include <tests/support/nitro_evidence.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/sim_evidence.hpp>
#include <tests/support/snp_evidence.hpp>
#include <tests/support/tpm_evidence.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

std::string kept_input(const std::string& target, const std::string& name) {
    return tests::read_file(tests::source_folder() / "tests/fuzz/corpus" / target / name);
}

struct Sample {
    EvidenceType type = EvidenceType::kSgxDcap;
    Bytes evidence;
    Endorsements endorsements;
    AppraisalSetting setting;

    [[nodiscard]] Verdict appraise() const {
        return attestation::appraise(type, evidence, endorsements, setting);
    }
};

Sample quote(const std::string& name) {
    const auto file = kept_input("dcap_verify", name);
    const auto parts = tests::split_dcap_evidence(bytes_of(file)).value();
    return {.type = parts.type(),
            .evidence = to_bytes(parts.quote),
            .endorsements = dcap::parse_collateral(parts.collateral).value(),
            .setting = {.time = tests::kDcapTestTime, .roots = tests::dcap_test_roots()}};
}

Sample report(const std::string& name) {
    const auto file = kept_input("snp_verify", name);
    auto parts = tests::split_snp_evidence(bytes_of(file)).value();
    return {.type = EvidenceType::kSnp,
            .evidence = std::move(parts.report),
            .endorsements = std::move(parts.certificates),
            .setting = {.time = tests::kSnpTestTime, .roots = tests::snp_test_roots()}};
}

Sample service_report() {
    return {.type = EvidenceType::kSgxIas,
            .evidence = to_bytes(bytes_of(kept_input("ias_verify", "ok"))),
            .endorsements = {},
            .setting = {.time = tests::kIasTestTime, .roots = tests::ias_test_roots()}};
}

Sample nitro_document() {
    return {.type = EvidenceType::kNitro,
            .evidence = to_bytes(bytes_of(kept_input("nitro_verify", "enclave"))),
            .endorsements = {},
            .setting = {.time = tests::kNitroTestTime, .roots = tests::nitro_test_roots()}};
}

Sample realm_token() {
    return {.type = EvidenceType::kCca,
            .evidence = to_bytes(bytes_of(kept_input("cca_verify", "collection"))),
            .endorsements = {},
            .setting = {.time = tests::kNitroTestTime, .cca_platform_keys = tests::cca_test_keys()}};
}

const std::vector<tpm::AttestationKey>& tpm_keys() {
    static const std::vector<tpm::AttestationKey> keys{tests::tpm_test_key(tests::kTpmTestEcKey),
                                                       tests::tpm_test_key(tests::kTpmTestRsaKey)};
    return keys;
}

Sample tpm_quote() {
    return {.type = EvidenceType::kTpm,
            .evidence = to_bytes(bytes_of(kept_input("tpm_quote", "rsassa"))),
            .endorsements = {},
            .setting = {.time = tests::kParavisorTestTime, .tpm_attestation_keys = tpm_keys()}};
}

Sample composite(const std::string& name) {
    const auto file = kept_input("paravisor", name);
    auto parts = tests::split_paravisor_evidence(bytes_of(file)).value();
    auto endorsements = parts.certificates ? Endorsements{std::move(*parts.certificates)}
                                           : Endorsements{std::move(*parts.collateral)};
    return {.type = EvidenceType::kParavisor,
            .evidence = std::move(parts.evidence),
            .endorsements = std::move(endorsements),
            .setting = {.time = tests::kParavisorTestTime, .roots = tests::paravisor_test_roots()}};
}

std::optional<Reason> reason(const Verdict& verdict) {
    return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
}

TEST(Appraisal, verifies_each_kind_with_its_endorsements) {
    for (const auto& sample :
         {quote("sgx_v3"), quote("tdx_v4"), service_report(), report("milan_v2"), nitro_document(),
          realm_token(), composite("snp"), composite("tdx"), tpm_quote()}) {
        const auto verdict = sample.appraise();
        EXPECT_EQ(reason(verdict), std::nullopt) << evidence_name(sample.type);
        EXPECT_EQ(verdict.type, sample.type);
        EXPECT_EQ(verdict.time, sample.setting.time);
    }
}

// The type decides, whatever the bytes look like.
TEST(Appraisal, refuses_evidence_that_is_sent_as_another_type) {
    auto td = quote("tdx_v4");
    td.type = EvidenceType::kSgxDcap;
    EXPECT_EQ(reason(td.appraise()), Reason::kQuoteBodyInvalid);
    auto guest = report("milan_v2");
    guest.type = EvidenceType::kTdxDcap;
    EXPECT_EQ(reason(guest.appraise()), Reason::kQuoteVersionUnsupported);
    auto enclave = quote("sgx_v3");
    enclave.type = EvidenceType::kSnp;
    EXPECT_EQ(reason(enclave.appraise()), Reason::kSnpSize);
    enclave.type = EvidenceType::kNitro;
    EXPECT_EQ(reason(enclave.appraise()), Reason::kNitroCoseMalformed);
    auto document = nitro_document();
    document.type = EvidenceType::kSnp;
    EXPECT_EQ(reason(document.appraise()), Reason::kSnpSize);
    enclave.type = EvidenceType::kSgxIas;
    // Keys and signatures may have two of the bytes that separate the parts of a stored report.
    std::ranges::replace(enclave.evidence, std::uint8_t{'|'}, std::uint8_t{0});
    EXPECT_EQ(reason(enclave.appraise()), Reason::kIasReportMalformed);
    auto signed_by_service = service_report();
    signed_by_service.type = EvidenceType::kSgxDcap;
    EXPECT_EQ(reason(signed_by_service.appraise()), Reason::kQuoteVersionUnsupported);
}

TEST(Appraisal, refuses_evidence_without_endorsements_or_with_those_of_another_type) {
    for (auto sample :
         {quote("sgx_v3"), quote("tdx_v4"), report("milan_v2"), composite("snp"), composite("tdx")}) {
        const bool is_snp = std::holds_alternative<snp::Certificates>(sample.endorsements);
        const auto others = is_snp ? quote("tdx_v4").endorsements : report("milan_v2").endorsements;
        for (const auto& endorsements : {Endorsements{}, others}) {
            sample.endorsements = endorsements;
            const auto verdict = sample.appraise();
            EXPECT_EQ(reason(verdict), Reason::kCollateralMissing);
            EXPECT_FALSE(verdict.refusal->detail.empty());
            EXPECT_EQ(verdict.checks.front().outcome, CheckOutcome::kPassed);
        }
        sample.evidence.front() ^= 0xffU;
        EXPECT_NE(reason(sample.appraise()), Reason::kCollateralMissing);
    }
}

TEST(Appraisal, takes_the_keys_of_tpms_from_its_setting_alone) {
    auto quote = tpm_quote();
    quote.setting.tpm_attestation_keys = {};
    const auto verdict = quote.appraise();
    EXPECT_EQ(reason(verdict), Reason::kTpmSignatureInvalid);
    EXPECT_EQ(verdict.refusal->detail, "no attestation key is trusted");
    quote.setting.tpm_attestation_keys = std::span{tpm_keys()}.first(1);
    EXPECT_EQ(reason(quote.appraise()), Reason::kTpmSignatureInvalid) << "another TPM's";
    quote.evidence.front() ^= 0xffU;
    EXPECT_EQ(reason(quote.appraise()), Reason::kTpmMalformed);
}

// Every type that has a name has a verifier; evidence is never taken on the word of another.
TEST(Appraisal, refuses_types_that_nobody_knows) {
    const auto supported = supported_types();
    EXPECT_TRUE(std::ranges::is_sorted(supported));
    for (std::uint32_t code = 0; code <= 0xffff; ++code) {
        const auto type = evidence_type_of(static_cast<std::uint16_t>(code));
        if (type && *type != EvidenceType::kSimulation) {
            EXPECT_NE(std::ranges::find(supported, *type), supported.end()) << evidence_name(*type);
        }
        if (!type) {
            const auto verdict = appraise(static_cast<EvidenceType>(code), Bytes(16), {}, {.time = {1}});
            ASSERT_EQ(reason(verdict), Reason::kEvidenceTypeUnsupported) << code;
        }
    }
}

// A build without the verifier of simulated evidence answers like one where a setting does not allow it.
TEST(Appraisal, takes_simulated_evidence_only_where_build_and_setting_allow_it) {
    Sample sample{.type = EvidenceType::kSimulation,
                  .evidence = tests::make_sim_evidence(tests::sim_claims()),
                  .endorsements = {},
                  .setting = {.time = {1'800'000'000}}};
    EXPECT_EQ(reason(sample.appraise()), Reason::kSimNotAllowed);
    sample.setting.simulation = {
        .is_allowed = true, .is_development_chain = true, .trusted_keys = {tests::sim_test_key()}};
    const auto verdict = sample.appraise();
    EXPECT_EQ(reason(verdict), sim::is_built_in() ? std::nullopt : std::optional{Reason::kSimNotAllowed});
    EXPECT_FALSE(verdict.is_hardware);
    EXPECT_EQ(supported_types().back() == EvidenceType::kSimulation, sim::is_built_in());
}

TEST(Appraisal, refuses_evidence_that_is_too_long_before_it_is_read) {
    for (const auto type : supported_types()) {
        EXPECT_EQ(reason(appraise(type, Bytes(kEvidenceBytesMax + 1), {}, {.time = {1}})),
                  Reason::kLimitExceeded);
        EXPECT_TRUE(reason(appraise(type, Bytes(kEvidenceBytesMax), {}, {.time = {1}})).has_value());
    }
}

}  // namespace
}  // namespace redoubt::attestation
