#include <attestation/ias/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/ias/report.hpp>
#include <attestation/limits.hpp>
#include <tests/support/ias_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::ias {
namespace {

constexpr VerificationTime kLastSecond{2398377600};  // 2046-01-01, the end of all that the test CA signed

/// A kept input of the fuzz target ias_verify.
struct Case {
    explicit Case(const std::string& name) {
        const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ias_verify" / name);
        evidence = read_joined(bytes_of(file)).value();
    }
    [[nodiscard]] Verdict verify() const { return verify_report(evidence, setting); }
    /// Why it is refused; nullopt when it is not.
    [[nodiscard]] std::optional<Reason> reason() const {
        const auto verdict = verify();
        return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
    }

    Evidence evidence;
    Setting setting{.time = tests::kIasTestTime, .roots = tests::ias_test_roots(), .certificate_time = {}};
};

TEST(IasVerifier, gives_what_a_verified_report_says) {
    const auto verdict = Case{"ok"}.verify();
    ASSERT_TRUE(verdict.is_verified()) << reason_code(verdict.refusal->reason);
    for (const auto& check : verdict.checks) {
        EXPECT_EQ(check.outcome, CheckOutcome::kPassed) << check.name;
    }
    EXPECT_EQ(verdict.type, EvidenceType::kSgxIas);
    EXPECT_TRUE(verdict.is_hardware);
    EXPECT_FALSE(verdict.is_debug || verdict.tcb);
    const auto& claims = std::get<IasClaims>(verdict.claims);
    EXPECT_EQ(measurement(verdict.claims), to_bytes(claims.enclave.mr_enclave.view()));
    EXPECT_EQ(to_bytes(report_data(verdict.claims)), to_bytes(claims.enclave.report_data.view()));
    EXPECT_EQ(verdict.nonce, to_bytes(bytes_of("0123456789ABCDEF")));
    EXPECT_EQ(verdict.produced_at, claims.issued_at());
    EXPECT_EQ(verdict.collateral->oldest_issue, claims.issued_at());
    EXPECT_EQ(verdict.collateral->latest_issue, claims.issued_at());
    EXPECT_EQ(verdict.collateral->earliest_expiry, kLastSecond);
    EXPECT_TRUE(advice(verdict).empty());
    const auto debug = Case{"debug"}.verify();
    EXPECT_TRUE(debug.is_verified() && debug.is_debug);
    EXPECT_EQ(advice(debug).size(), 2U);  // debug, and the status
}

TEST(IasVerifier, refuses_in_the_order_of_the_checks) {
    EXPECT_EQ(Case{"refused_ca_signer"}.reason(), Reason::kIasChainInvalid);
    EXPECT_EQ(Case{"refused_key_usage"}.reason(), Reason::kIasChainInvalid);
    EXPECT_EQ(Case{"refused_critical"}.reason(), Reason::kIasChainInvalid);
    EXPECT_EQ(Case{"refused_curve"}.reason(), Reason::kIasChainInvalid);
    EXPECT_EQ(Case{"refused_expired"}.reason(), Reason::kIasCertNotValidAtTime);
    for (const auto* name : {"refused_no_timestamp", "refused_quote_version", "refused_twice"}) {
        EXPECT_EQ(Case{name}.reason(), Reason::kIasReportMalformed) << name;
    }
    Case changed{"refused_twice"};
    changed.evidence.report.push_back('\n');
    EXPECT_EQ(changed.reason(), Reason::kIasSignatureInvalid);
    changed.setting.time = {0};
    EXPECT_EQ(changed.reason(), Reason::kIasCertNotValidAtTime);
    changed.evidence.certificate.clear();
    EXPECT_EQ(changed.reason(), Reason::kIasChainInvalid);
    changed.evidence.report.resize(kIasReportBytesMax + 1);
    EXPECT_EQ(changed.reason(), Reason::kIasReportMalformed);
}

TEST(IasVerifier, takes_only_the_services_ca) {
    Case one{"ok"};
    const auto verdict = verify_report(one.evidence, {.time = one.setting.time, .certificate_time = {}});
    ASSERT_TRUE(verdict.refusal);
    EXPECT_EQ(verdict.refusal->reason, Reason::kIasChainInvalid);
    // The CA's own certificate does not sign reports.
    one.evidence.certificate = to_bytes(tests::ias_test_roots().ias_ca.bytes());
    EXPECT_EQ(one.reason(), Reason::kIasChainInvalid);
}

TEST(IasVerifier, takes_both_ends_of_the_certificates_time_and_nothing_beyond) {
    Case one{"ok"};
    for (const auto& [time, outside] :
         {std::pair{kLastSecond, 1}, std::pair{*parse_utc("2026-01-01T00:00:00Z"), -1}}) {
        one.setting.time = time;
        EXPECT_EQ(one.reason(), std::nullopt);
        one.setting.time.unix_seconds += outside;
        EXPECT_EQ(one.reason(), Reason::kIasCertNotValidAtTime);
    }
}

TEST(IasVerifier, checks_certificates_at_the_time_that_is_named_for_them) {
    Case one{"refused_expired"};
    one.setting.certificate_time = *parse_utc("2026-03-01T00:00:00Z");
    EXPECT_EQ(one.reason(), std::nullopt);
    EXPECT_EQ(one.verify().time, tests::kIasTestTime);
    one.setting.certificate_time = *parse_utc("2025-12-31T23:59:59Z");
    EXPECT_EQ(one.reason(), Reason::kIasCertNotValidAtTime);
}

TEST(IasVerifier, refuses_a_report_when_any_byte_is_another) {
    Case one{"ok"};
    for (auto* part : {&one.evidence.report, &one.evidence.signature, &one.evidence.certificate}) {
        for (std::size_t at = 0; at < part->size(); at += 5) {
            (*part)[at] ^= 0x04;
            EXPECT_TRUE(one.reason().has_value()) << at;
            (*part)[at] ^= 0x04;
        }
    }
    EXPECT_EQ(one.reason(), std::nullopt);
}

}  // namespace
}  // namespace redoubt::attestation::ias
