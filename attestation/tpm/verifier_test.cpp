#include <attestation/tpm/verifier.hpp>

#include <gtest/gtest.h>

#include <tests/support/shared_material.hpp>
#include <tests/support/tpm_evidence.hpp>

namespace redoubt::attestation::tpm {
namespace {

/// A kept input of the fuzz target tpm_quote, under one of the two test keys.
struct Case {
    explicit Case(const std::string& name) {
        const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/tpm_quote" / name);
        evidence = read_evidence(bytes_of(file)).value();
        key = tests::tpm_test_key(is_ecdsa(evidence.signature.scheme) ? tests::kTpmTestEcKey
                                                                      : tests::kTpmTestRsaKey);
    }
    [[nodiscard]] Verdict verify() const { return verify_quote(evidence, key, {42}); }
    /// Why it is refused; nullopt when it is not.
    [[nodiscard]] std::optional<Reason> reason() const {
        const auto verdict = verify();
        return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
    }

    Evidence evidence;
    AttestationKey key;
};

TEST(TpmVerifier, gives_what_a_verified_quote_says) {
    for (const auto* name : {"rsassa", "bare_rsassa", "ecdsa_two_banks"}) {
        const auto verdict = Case{name}.verify();
        ASSERT_TRUE(verdict.is_verified()) << name << " " << reason_code(verdict.refusal->reason);
        EXPECT_EQ(verdict.type, EvidenceType::kTpm);
        EXPECT_EQ(verdict.time, VerificationTime{42});
        EXPECT_EQ(verdict.nonce, to_bytes(bytes_of("challenge")));
        EXPECT_EQ(to_bytes(report_data(verdict.claims)), *verdict.nonce);
        EXPECT_EQ(measurement(verdict.claims).size(), 32U);
    }
    EXPECT_EQ(measurement(Case{"rsassa"}.verify().claims), measurement(Case{"bare_rsassa"}.verify().claims));
    EXPECT_NE(measurement(Case{"rsassa"}.verify().claims),
              measurement(Case{"ecdsa_two_banks"}.verify().claims));
}

// The register that is given beside those of the quote vouches for nothing, and is left out.
TEST(TpmVerifier, keeps_the_covered_registers_alone) {
    const auto verdict = Case{"ecdsa_two_banks"}.verify();
    std::vector<std::pair<std::uint16_t, int>> found;
    for (const auto& pcr : std::get<TpmClaims>(verdict.claims).pcrs) {
        found.emplace_back(pcr.bank, pcr.index);
    }
    const std::vector<std::pair<std::uint16_t, int>> expected{
        {kTpmSha384, 0}, {kTpmSha384, 4}, {kTpmSha384, 7}, {kTpmSha256, 14}};
    EXPECT_EQ(found, expected);
}

TEST(TpmVerifier, refuses_in_the_order_of_the_checks) {
    EXPECT_EQ(Case{"refused_no_quote"}.reason(), Reason::kTpmNotAQuote);
    EXPECT_EQ(Case{"refused_not_of_a_tpm"}.reason(), Reason::kTpmNotAQuote);
    EXPECT_EQ(Case{"refused_register_twice"}.reason(), Reason::kTpmMalformed);
    EXPECT_EQ(Case{"refused_missing_register"}.reason(), Reason::kTpmPcrDigestMismatch);
    EXPECT_EQ(Case{"refused_other_hash"}.reason(), Reason::kTpmPcrDigestMismatch);
    Case one{"rsassa"};
    one.evidence.pcrs.clear();
    EXPECT_EQ(one.reason(), Reason::kTpmPcrDigestMismatch);
    one.key = tests::tpm_test_key(tests::kTpmTestEcKey);
    EXPECT_EQ(one.reason(), Reason::kTpmSignatureInvalid);
    one.key.public_key_info.clear();
    EXPECT_EQ(one.reason(), Reason::kTpmSignatureInvalid);
    one.evidence.attest.clear();
    EXPECT_EQ(one.reason(), Reason::kTpmMalformed);
}

TEST(TpmVerifier, refuses_a_register_of_a_bank_of_sha_1) {
    Case one{"rsassa"};
    for (auto& pcr : one.evidence.pcrs) {
        pcr.bank = 0x0004;
    }
    EXPECT_EQ(one.reason(), Reason::kTpmPcrDigestMismatch);
}

TEST(TpmVerifier, refuses_a_quote_when_any_byte_is_another) {
    for (const auto* name : {"rsassa", "ecdsa_two_banks"}) {
        Case one{name};
        const auto flip = [&](Bytes& part) {
            for (auto& byte : part) {
                byte ^= 0x08;
                EXPECT_TRUE(one.reason().has_value()) << name;
                byte ^= 0x08;
            }
        };
        flip(one.evidence.attest);
        flip(one.evidence.signature.number);
        flip(one.evidence.signature.s);
        const auto covered = std::get<TpmClaims>(one.verify().claims).pcrs.size();
        for (std::size_t i = 0; i < covered; ++i) {
            flip(one.evidence.pcrs[i].value);
        }
        EXPECT_EQ(one.reason(), std::nullopt);
    }
}

}  // namespace
}  // namespace redoubt::attestation::tpm
