#include <attestation/ra_tls/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <tests/support/ra_tls_evidence.hpp>
#include <tests/support/shared_material.hpp>

#include <algorithm>

namespace redoubt::attestation::ra_tls {
namespace {

/// A kept input of the fuzz target ra_tls.
struct Case {
    explicit Case(const std::string& name) {
        const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ra_tls" / name);
        const auto parts = tests::split_ra_tls_evidence(bytes_of(file)).value();
        certificate = to_bytes(parts.certificate);
        endorsements = dcap::parse_collateral(parts.collateral).value();
    }
    [[nodiscard]] Verdict verify() const {
        return verify_certificate(certificate, endorsements,
                                  {.time = tests::kRaTlsTestTime, .roots = tests::ra_tls_test_roots()});
    }
    /// Why it is refused; nullopt when it is not.
    [[nodiscard]] std::optional<Reason> reason() const {
        const auto verdict = verify();
        return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
    }

    Bytes certificate;
    Endorsements endorsements;
};

TEST(RaTlsVerifier, takes_each_form_whose_evidence_names_the_key) {
    for (const auto* name :
         {"dice_sgx", "dice_tdx", "dice_beside_a_quote", "gramine", "gramine_nested", "intel", "wrapper"}) {
        const auto verdict = Case{name}.verify();
        ASSERT_TRUE(verdict.is_verified()) << name << " " << reason_code(verdict.refusal->reason);
        EXPECT_EQ(verdict.checks.size(), kChecks.size() + dcap::kChecks.size());
        for (const auto& check : verdict.checks) {
            const bool has_claims = std::string_view{name}.starts_with("dice");
            if (check.name == "claims_binding" && !has_claims) {
                EXPECT_EQ(check.outcome, CheckOutcome::kNotNeeded);
            } else if (std::ranges::find(kChecks, check.name) != kChecks.end()) {
                EXPECT_EQ(check.outcome, CheckOutcome::kPassed) << check.name;
            }
        }
    }
}

TEST(RaTlsVerifier, gives_the_nonce_of_the_claims) {
    EXPECT_EQ(Case{"dice_sgx"}.verify().nonce, to_bytes(bytes_of("nonce of a verifier")));
    EXPECT_EQ(Case{"dice_tdx"}.verify().nonce, std::nullopt);
    EXPECT_EQ(Case{"gramine"}.verify().nonce, std::nullopt);
}

TEST(RaTlsVerifier, refuses_evidence_that_does_not_vouch_for_the_certificates_key) {
    EXPECT_EQ(Case{"refused_stolen"}.reason(), Reason::kRatlsKeyNotBound);
    EXPECT_EQ(Case{"refused_stolen_quote"}.reason(), Reason::kRatlsKeyNotBound);
    EXPECT_EQ(Case{"refused_claims"}.reason(), Reason::kRatlsClaimsNotBound);
    EXPECT_EQ(Case{"refused_signature"}.reason(), Reason::kRatlsSelfSignatureInvalid);
}

TEST(RaTlsVerifier, leaves_nothing_of_evidence_that_it_refuses) {
    const auto verdict = Case{"refused_stolen"}.verify();
    EXPECT_FALSE(verdict.tcb || verdict.collateral || verdict.nonce || verdict.is_hardware);
    EXPECT_EQ(verdict.claims.index(), 0U);
    const auto failed = std::ranges::count(verdict.checks, CheckOutcome::kFailed, &Check::outcome);
    EXPECT_EQ(failed, 1);
    EXPECT_EQ(verdict.checks.back().outcome, CheckOutcome::kNotReached);
}

TEST(RaTlsVerifier, refuses_what_is_wrong_with_the_evidence_first) {
    Case one{"refused_stolen"};
    one.endorsements = {};
    EXPECT_EQ(one.reason(), Reason::kCollateralMissing);
    EXPECT_EQ(Case{"refused_without_evidence"}.reason(), Reason::kRatlsEvidenceMalformed);
    one.certificate.resize(kRaTlsCertificateBytesMax + 1);
    EXPECT_EQ(one.reason(), Reason::kRatlsEvidenceMalformed);
}

TEST(RaTlsVerifier, refuses_simulated_evidence_that_is_not_allowed) {
    Case one{"refused_simulation"};
    EXPECT_NE(one.reason(), std::nullopt);
}

// The legacy quotes beside DICE evidence are signed with the certificate, so no byte of it is free but those
// of the evidence that nobody signs, which the self-signature covers.
TEST(RaTlsVerifier, refuses_a_certificate_when_any_byte_is_another) {
    for (const auto* name : {"dice_sgx", "gramine"}) {
        Case one{name};
        for (std::size_t at = 0; at < one.certificate.size(); at += 37) {
            one.certificate[at] ^= 0x10;
            EXPECT_TRUE(one.reason().has_value()) << name << " " << at;
            one.certificate[at] ^= 0x10;
        }
        EXPECT_EQ(one.reason(), std::nullopt);
    }
}

}  // namespace
}  // namespace redoubt::attestation::ra_tls
