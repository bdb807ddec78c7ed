#include <attestation/paravisor/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/tpm_evidence.hpp>

#include <algorithm>

namespace redoubt::attestation::paravisor {
namespace {

/// A kept input of the fuzz target paravisor.
struct Case {
    explicit Case(const std::string& name) {
        const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/paravisor" / name);
        parts = tests::split_paravisor_evidence(bytes_of(file)).value();
        evidence = read_evidence(parts.evidence).value();
    }
    [[nodiscard]] Verdict verify() const {
        return verify_composite(evidence, parts.endorsements(),
                                {.time = tests::kParavisorTestTime, .roots = tests::paravisor_test_roots()});
    }
    /// Why it is refused; nullopt when it is not.
    [[nodiscard]] std::optional<Reason> reason() const {
        const auto verdict = verify();
        return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
    }

    tests::ParavisorEvidence parts;
    Evidence evidence;
};

TEST(ParavisorVerifier, gives_what_hardware_and_virtual_tpm_say) {
    for (const auto* name : {"snp", "tdx"}) {
        const auto verdict = Case{name}.verify();
        ASSERT_TRUE(verdict.is_verified()) << name << " " << reason_code(verdict.refusal->reason);
        EXPECT_EQ(verdict.type, EvidenceType::kParavisor);
        EXPECT_TRUE(verdict.is_hardware && verdict.collateral);
        EXPECT_EQ(verdict.tcb.has_value(), std::string_view{name} == "tdx");
        const auto& claims = std::get<ParavisorClaims>(verdict.claims);
        EXPECT_EQ(verdict.nonce, claims.tpm.extra_data);
        EXPECT_EQ(to_bytes(report_data(verdict.claims)), claims.tpm.extra_data);
        EXPECT_EQ(measurement(verdict.claims).size(), 48U);
        EXPECT_EQ(claims.tpm.pcrs.size(), 24U);
        EXPECT_TRUE(claims.runtime_claims.starts_with("{\"keys\""));
        EXPECT_TRUE(std::ranges::none_of(verdict.checks, [](const Check& check) {
            return check.outcome == CheckOutcome::kFailed || check.outcome == CheckOutcome::kNotReached;
        }));
    }
}

TEST(ParavisorVerifier, refuses_what_does_not_belong_together) {
    EXPECT_EQ(Case{"refused_claims_changed"}.reason(), Reason::kHclClaimsNotBound);
    EXPECT_EQ(Case{"refused_other_key"}.reason(), Reason::kTpmSignatureInvalid);
    EXPECT_EQ(Case{"refused_td_without_quote"}.reason(), Reason::kHclMalformed);
    Case snp{"snp"};
    snp.evidence.td_quote = Case{"tdx"}.evidence.td_quote;
    EXPECT_EQ(snp.reason(), Reason::kHclMalformed);
}

// A guest asks the firmware for a report over claims that it wrote, with an attestation key of its own.
TEST(ParavisorVerifier, refuses_a_report_that_the_guest_asked_for) {
    const Case one{"refused_guest_level"};
    EXPECT_EQ(one.reason(), Reason::kHclClaimsNotBound);
    EXPECT_EQ(one.verify().refusal->detail, "the report is of VMPL 2, which is the guest's");
}

TEST(ParavisorVerifier, refuses_without_the_endorsements_of_the_hardware) {
    Case snp{"snp"};
    Case tdx{"tdx"};
    std::swap(snp.parts.certificates, tdx.parts.certificates);
    std::swap(snp.parts.collateral, tdx.parts.collateral);
    EXPECT_EQ(snp.reason(), Reason::kCollateralMissing);
    EXPECT_EQ(tdx.reason(), Reason::kCollateralMissing);
    const auto verdict = snp.verify();
    EXPECT_FALSE(verdict.refusal->detail.empty());
}

TEST(ParavisorVerifier, refuses_a_change_in_every_part) {
    for (const auto* name : {"snp", "tdx"}) {
        Case one{name};
        const auto flip = [&](Bytes& part, std::size_t from, std::size_t to, std::size_t stride) {
            for (std::size_t at = from; at < to; at += stride) {
                part[at] ^= 0x02;
                EXPECT_TRUE(one.reason().has_value()) << name << " " << at;
                part[at] ^= 0x02;
            }
        };
        const bool is_td = std::string_view{name} == "tdx";
        constexpr std::size_t kArea = 32;
        // Of a TD's own report the MAC and what is reserved are not looked at: its quote is what counts.
        flip(one.evidence.hcl_report, kArea + (is_td ? 128 : 0), kArea + (is_td ? 192 : kSnpReportBytes), 17);
        flip(one.evidence.hcl_report, kArea + kSnpReportBytes, one.evidence.hcl_report.size(), 19);
        flip(one.evidence.tpm.attest, 0, one.evidence.tpm.attest.size(), 7);
        flip(one.evidence.tpm.signature.number, 0, one.evidence.tpm.signature.number.size(), 7);
        if (is_td) {
            flip(one.evidence.td_quote, 0, 636, 13);
        }
        EXPECT_EQ(one.reason(), std::nullopt);
    }
}

}  // namespace
}  // namespace redoubt::attestation::paravisor
