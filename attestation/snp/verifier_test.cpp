#include <attestation/snp/verifier.hpp>

#include <gtest/gtest.h>

#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>

#include <utility>

namespace redoubt::attestation::snp {
namespace {

constexpr VerificationTime kLastSecond{2398377600};  // 2046-01-01, the end of all that the test roots signed

/// A kept input of the fuzz target snp_verify, taken apart.
struct Evidence {
    explicit Evidence(const std::string& name) {
        const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/snp_verify" / name);
        auto parts = tests::split_snp_evidence(bytes_of(file)).value();
        report = std::move(parts.report);
        certificates = std::move(parts.certificates);
    }
    [[nodiscard]] Verdict verify() const { return verify_report(report, certificates, setting); }
    /// Why it is refused; nullopt when it is not.
    [[nodiscard]] std::optional<Reason> reason() const {
        const auto verdict = verify();
        return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
    }

    Bytes report;
    Certificates certificates;
    Setting setting{.time = tests::kSnpTestTime, .roots = tests::snp_test_roots()};
};

struct Kind {
    const char* name;
    SnpProduct product;
    SnpSvns reported;
};

class EveryKind : public testing::TestWithParam<Kind> {};

TEST_P(EveryKind, is_verified_with_what_it_says) {
    const Evidence evidence{GetParam().name};
    const auto verdict = evidence.verify();
    ASSERT_TRUE(verdict.is_verified()) << reason_code(verdict.refusal->reason);
    const bool has_lists = !evidence.certificates.revocation_lists.empty();
    for (const auto& check : verdict.checks) {
        const bool is_needed = has_lists || check.name != "certificate_revocation";
        EXPECT_EQ(check.outcome, is_needed ? CheckOutcome::kPassed : CheckOutcome::kNotNeeded) << check.name;
    }
    EXPECT_EQ(verdict.type, EvidenceType::kSnp);
    EXPECT_TRUE(verdict.is_hardware);
    const auto& claims = std::get<SnpClaims>(verdict.claims);
    EXPECT_EQ(claims.product, GetParam().product);
    EXPECT_EQ(claims.reported(), GetParam().reported);
    EXPECT_EQ(verdict.is_debug, std::string_view{GetParam().name} == "milan_v3_debug");
    const bool is_vlek = claims.signing_key() == SnpSigningKey::kVlek;
    EXPECT_EQ(claims.csp_id, is_vlek ? "CN=provider.example" : "");
    EXPECT_EQ(verdict.platform.is_chip_id_masked, is_vlek || claims.is_chip_key_masked());
    EXPECT_EQ(verdict.platform.has_smt, false);
    EXPECT_EQ(to_utc(verdict.collateral->oldest_issue), "2026-01-01T00:00:00Z");
    EXPECT_EQ(verdict.collateral->earliest_expiry, kLastSecond);
    EXPECT_EQ(verdict.collateral->root_list.has_value(), has_lists);
    EXPECT_EQ(verdict.collateral->issuer_list.has_value(), has_lists);
    EXPECT_TRUE(!has_lists || verdict.collateral->root_list->issuer_sha256 !=
                                  verdict.collateral->issuer_list->issuer_sha256);
    EXPECT_EQ(measurement(verdict.claims).size(), 48U);
    EXPECT_EQ(report_data(verdict.claims).size(), 64U);
    EXPECT_EQ(advice(verdict).empty(), !verdict.is_debug);
}

TEST_P(EveryKind, is_refused_under_the_real_roots) {
    const Evidence evidence{GetParam().name};
    const auto verdict =
        verify_report(evidence.report, evidence.certificates, {.time = evidence.setting.time});
    ASSERT_TRUE(verdict.refusal);
    EXPECT_EQ(verdict.refusal->reason, Reason::kSnpRootUntrusted);
}

TEST_P(EveryKind, is_refused_when_any_byte_of_the_report_is_another) {
    Evidence evidence{GetParam().name};
    // The signed bytes are one part; only the signature's own bytes need to be gone through one by one.
    for (std::size_t at = 0; at < evidence.report.size(); at += at < kSnpSignedBytes ? 29 : 1) {
        evidence.report[at] ^= 0x40;
        EXPECT_TRUE(evidence.reason().has_value()) << at;
        evidence.report[at] ^= 0x40;
    }
    EXPECT_EQ(evidence.reason(), std::nullopt);
}

constexpr SnpSvns kMilanSvns{.boot_loader = 4, .tee = 0, .snp = 24, .microcode = 219};
INSTANTIATE_TEST_SUITE_P(
    Snp,
    EveryKind,
    testing::Values(
        Kind{"milan_v2", SnpProduct::kMilan, kMilanSvns},
        Kind{"milan_v2_masked", SnpProduct::kMilan, kMilanSvns},
        Kind{"milan_v3_debug", SnpProduct::kMilan, kMilanSvns},
        Kind{"milan_v3_vlek", SnpProduct::kMilan, kMilanSvns},
        Kind{"genoa_v3_lists", SnpProduct::kGenoa, {.boot_loader = 10, .tee = 0, .snp = 25, .microcode = 84}},
        Kind{"turin_v5",
             SnpProduct::kTurin,
             {.fmc = 0, .boot_loader = 1, .tee = 0, .snp = 2, .microcode = 71}}),
    [](const auto& kind) { return std::string{kind.param.name}; });

TEST(SnpVerifier, takes_both_ends_of_the_time_and_nothing_beyond) {
    Evidence evidence{"milan_v2"};
    evidence.setting.time = kLastSecond;
    EXPECT_EQ(evidence.reason(), std::nullopt);
    evidence.setting.time.unix_seconds += 1;
    EXPECT_EQ(evidence.reason(), Reason::kSnpCertNotValidAtTime);
    evidence.setting.time = *parse_utc("2026-01-01T00:00:00Z");
    EXPECT_EQ(evidence.reason(), std::nullopt);
    evidence.setting.time.unix_seconds -= 1;
    EXPECT_EQ(evidence.reason(), Reason::kSnpCertNotValidAtTime);
}

TEST(SnpVerifier, refuses_a_key_of_another_tcb_or_chip) {
    Evidence evidence{"milan_v2"};
    for (const std::size_t at : {0x180U, 0x181U, 0x186U, 0x187U}) {
        evidence.report[at] ^= 1;
        EXPECT_EQ(evidence.reason(), Reason::kSnpTcbMismatch) << at;
        evidence.report[at] ^= 1;
    }
    evidence.report[0x1a0] ^= 1;
    EXPECT_EQ(evidence.reason(), Reason::kSnpChipIdMismatch);
}

TEST(SnpVerifier, compares_the_whole_of_a_short_chip_id) {
    Evidence evidence{"turin_v5"};
    for (const std::size_t at : {0x1a0U, 0x1a7U, 0x1a8U, 0x1dfU}) {
        evidence.report[at] ^= 1;
        EXPECT_EQ(evidence.reason(), Reason::kSnpChipIdMismatch) << at;
        evidence.report[at] ^= 1;
    }
    evidence.report[0x180] ^= 1;
    EXPECT_EQ(evidence.reason(), Reason::kSnpTcbMismatch) << "FMC";
}

TEST(SnpVerifier, takes_no_chip_id_only_when_it_is_masked) {
    Evidence evidence{"milan_v2_masked"};
    EXPECT_EQ(evidence.reason(), std::nullopt);
    evidence.report[0x48] = 0;
    EXPECT_EQ(evidence.reason(), Reason::kSnpChipIdMismatch);
}

TEST(SnpVerifier, refuses_certificates_of_another_product) {
    Evidence evidence{"genoa_v3_lists"};
    evidence.certificates = Evidence{"milan_v2"}.certificates;
    EXPECT_EQ(evidence.reason(), Reason::kSnpProductMismatch);
    evidence.report[0x189] = 0x50;
    EXPECT_EQ(evidence.reason(), Reason::kSnpProductUnknown);
}

TEST(SnpVerifier, refuses_a_key_of_the_other_kind) {
    Evidence vcek{"milan_v2"};
    Evidence vlek{"milan_v3_vlek"};
    std::swap(vcek.certificates.ask, vlek.certificates.ask);
    EXPECT_EQ(vcek.reason(), Reason::kSnpCertProfileInvalid);
    EXPECT_EQ(vlek.reason(), Reason::kSnpCertProfileInvalid);
    std::swap(vcek.certificates.vek, vlek.certificates.vek);
    EXPECT_EQ(vcek.reason(), Reason::kSnpCertProfileInvalid) << "a whole chain of the other kind";
    EXPECT_EQ(vlek.reason(), Reason::kSnpCertProfileInvalid);
    Evidence relabelled{"milan_v2"};
    relabelled.report[0x48] = 4;
    EXPECT_EQ(relabelled.reason(), Reason::kSnpCertProfileInvalid);
    Evidence authority{"milan_v2"};
    authority.certificates.vek = authority.certificates.ask;
    EXPECT_EQ(authority.reason(), Reason::kSnpCertProfileInvalid);
}

TEST(SnpVerifier, refuses_the_key_of_another_report) {
    Evidence evidence{"milan_v2"};
    evidence.certificates = Evidence{"milan_v3_debug"}.certificates;
    EXPECT_EQ(evidence.reason(), Reason::kSnpSignatureInvalid);
}

TEST(SnpVerifier, refuses_a_changed_certificate_wherever_it_is_changed) {
    Evidence evidence{"milan_v2"};
    for (const auto part : {&Certificates::vek, &Certificates::ask, &Certificates::ark}) {
        auto& bytes = evidence.certificates.*part;
        for (std::size_t at = 0; at < bytes.size(); at += 17) {
            bytes[at] ^= 1;
            EXPECT_TRUE(evidence.reason().has_value()) << at;
            bytes[at] ^= 1;
        }
        bytes.back() ^= 1;
        EXPECT_EQ(evidence.reason(), Reason::kSnpChainInvalid) << "the signature";
        bytes.back() ^= 1;
        bytes.push_back(0);
        EXPECT_EQ(evidence.reason(), Reason::kSnpChainInvalid) << "a byte more";
        bytes.pop_back();
        const auto whole = std::exchange(bytes, {});
        EXPECT_EQ(evidence.reason(), Reason::kSnpChainInvalid) << "nothing";
        bytes = whole;
    }
    EXPECT_EQ(evidence.reason(), std::nullopt);
}

TEST(SnpVerifier, checks_all_but_signatures_again_when_the_chain_is_known) {
    ChainCache cache{4};
    Evidence evidence{"milan_v2"};
    evidence.setting.chain_cache = &cache;
    EXPECT_EQ(evidence.reason(), std::nullopt);
    EXPECT_EQ(evidence.reason(), std::nullopt);
    const auto under_real_roots = verify_report(evidence.report, evidence.certificates,
                                                {.time = evidence.setting.time, .chain_cache = &cache});
    EXPECT_EQ(under_real_roots.refusal->reason, Reason::kSnpRootUntrusted);
    evidence.certificates.vek.back() ^= 1;
    EXPECT_EQ(evidence.reason(), Reason::kSnpChainInvalid);
    EXPECT_EQ(evidence.reason(), Reason::kSnpChainInvalid) << "a refused chain is not kept";
    evidence.certificates.vek.back() ^= 1;
    evidence.report[0x90] ^= 1;
    EXPECT_EQ(evidence.reason(), Reason::kSnpSignatureInvalid);
    evidence.setting.time = {kLastSecond.unix_seconds + 1};
    EXPECT_EQ(evidence.reason(), Reason::kSnpCertNotValidAtTime);
    Evidence revoked{"refused_vek_revoked"};
    revoked.setting.chain_cache = &cache;
    EXPECT_EQ(revoked.reason(), Reason::kSnpCertRevoked);
    EXPECT_EQ(revoked.reason(), Reason::kSnpCertRevoked);
}

TEST(SnpVerifier, refuses_what_a_list_revokes) {
    EXPECT_EQ(Evidence{"refused_ask_revoked"}.reason(), Reason::kSnpCertRevoked);
    EXPECT_EQ(Evidence{"refused_vek_revoked"}.reason(), Reason::kSnpCertRevoked);
}

TEST(SnpVerifier, takes_lists_of_its_own_issuers_only) {
    Evidence evidence{"genoa_v3_lists"};
    auto& lists = evidence.certificates.revocation_lists;
    ASSERT_EQ(lists.size(), 2U);
    std::swap(lists[0], lists[1]);
    EXPECT_EQ(evidence.reason(), std::nullopt) << "in any order";
    lists[0].back() ^= 1;
    EXPECT_EQ(evidence.reason(), Reason::kCrlSignatureInvalid);
    lists[0].clear();
    EXPECT_EQ(evidence.reason(), Reason::kCrlMalformed);
    lists[0] = lists[1];
    EXPECT_EQ(evidence.reason(), std::nullopt) << "one list twice";
    lists.push_back(lists[1]);
    EXPECT_EQ(evidence.reason(), Reason::kLimitExceeded);
    auto foreign = Evidence{"milan_v2"};
    foreign.certificates.revocation_lists = {evidence.certificates.revocation_lists[0]};
    EXPECT_EQ(foreign.reason(), Reason::kCrlMissing);
}

TEST(SnpVerifier, shows_every_check_of_a_refused_report) {
    Evidence evidence{"milan_v2"};
    evidence.report[0x90] ^= 1;
    const auto verdict = evidence.verify();
    ASSERT_EQ(verdict.checks.size(), kChecks.size());
    EXPECT_EQ(verdict.checks.back().outcome, CheckOutcome::kFailed);
    EXPECT_FALSE(verdict.collateral);
    EXPECT_EQ(verdict.claims.index(), 0U);
    evidence.report.clear();
    const auto empty = evidence.verify();
    EXPECT_EQ(empty.refusal->reason, Reason::kSnpSize);
    EXPECT_EQ(empty.checks.front().outcome, CheckOutcome::kFailed);
    EXPECT_EQ(empty.checks.back().outcome, CheckOutcome::kNotReached);
}

}  // namespace
}  // namespace redoubt::attestation::snp
