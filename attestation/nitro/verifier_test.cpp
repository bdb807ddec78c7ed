#include <attestation/nitro/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/nitro/document.hpp>
#include <tests/support/nitro_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::nitro {
namespace {

constexpr std::int64_t kLeafLifeBeforeS = 5 * 60;
constexpr std::int64_t kLeafLifeAfterS = 3 * 3600;

Bytes kept(const std::string& name) {
    return to_bytes(
        bytes_of(tests::read_file(tests::source_folder() / "tests/fuzz/corpus/nitro_verify" / name)));
}

Verdict verify(ByteView document, VerificationTime time = tests::kNitroTestTime) {
    return verify_document(document, {.time = time, .roots = tests::nitro_test_roots()});
}

std::optional<Reason> reason(const Verdict& verdict) {
    return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
}

class EveryDocument : public testing::TestWithParam<const char*> {};

TEST_P(EveryDocument, is_verified_with_what_it_says) {
    const auto document = kept(GetParam());
    const auto verdict = verify(document);
    ASSERT_EQ(reason(verdict), std::nullopt);
    ASSERT_EQ(verdict.checks.size(), kChecks.size());
    for (const auto& check : verdict.checks) {
        EXPECT_EQ(check.outcome, CheckOutcome::kPassed) << check.name;
    }
    EXPECT_EQ(verdict.type, EvidenceType::kNitro);
    EXPECT_TRUE(verdict.is_hardware);
    EXPECT_EQ(verdict.produced_at, tests::kNitroTestTime);
    EXPECT_FALSE(verdict.tcb);
    EXPECT_EQ(to_utc(verdict.collateral->oldest_issue), "2027-01-15T07:55:00Z");
    EXPECT_EQ(to_utc(verdict.collateral->earliest_expiry), "2027-01-15T11:00:00Z");
    const auto& claims = std::get<NitroClaims>(verdict.claims);
    EXPECT_EQ(claims.module_id, "i-0123-enc4567");
    EXPECT_EQ(claims.timestamp_ms, 1'800'000'000'123U);
    const bool is_enclave = std::string_view{GetParam()} == "enclave";
    EXPECT_EQ(claims.nonce.has_value(), is_enclave);
    EXPECT_EQ(verdict.nonce, claims.nonce);
    EXPECT_EQ(claims.public_key.has_value(), is_enclave);
    EXPECT_EQ(report_data(verdict.claims).size(), is_enclave ? 64U : 0U);
    EXPECT_EQ(measurement(verdict.claims).size(), 48U);
    EXPECT_EQ(verdict.is_debug, std::string_view{GetParam()} == "debug_tagged");
    EXPECT_EQ(advice(verdict).empty(), !verdict.is_debug);
}

TEST_P(EveryDocument, is_refused_under_the_real_root) {
    const auto verdict = verify_document(kept(GetParam()), {.time = tests::kNitroTestTime});
    EXPECT_EQ(reason(verdict), Reason::kNitroRootUntrusted);
}

TEST_P(EveryDocument, is_refused_when_any_part_of_it_is_another) {
    auto document = kept(GetParam());
    for (std::size_t at = 0; at < document.size(); at += 13) {
        document[at] ^= 0x40;
        EXPECT_TRUE(reason(verify(document)).has_value()) << at;
        document[at] ^= 0x40;
    }
    document.push_back(0);
    EXPECT_EQ(reason(verify(document)), Reason::kNitroCoseMalformed);
}

INSTANTIATE_TEST_SUITE_P(Nitro,
                         EveryDocument,
                         testing::Values("enclave", "debug_tagged", "root_alone"),
                         [](const auto& name) { return std::string{name.param}; });

TEST(NitroVerifier, takes_both_ends_of_the_time_and_nothing_beyond) {
    const auto document = kept("enclave");
    const auto at = [&](std::int64_t offset_s) {
        return reason(verify(document, {tests::kNitroTestTime.unix_seconds + offset_s}));
    };
    EXPECT_EQ(at(-kLeafLifeBeforeS), std::nullopt);
    EXPECT_EQ(at(-kLeafLifeBeforeS - 1), Reason::kNitroCertNotValidAtTime);
    EXPECT_EQ(at(kLeafLifeAfterS), std::nullopt);
    EXPECT_EQ(at(kLeafLifeAfterS + 1), Reason::kNitroCertNotValidAtTime);
}

struct Refused {
    const char* name;
    Reason reason;
};

class EveryRefused : public testing::TestWithParam<Refused> {};

TEST_P(EveryRefused, is_refused_for_its_reason) {
    EXPECT_EQ(reason(verify(kept(GetParam().name))), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Nitro,
    EveryRefused,
    testing::Values(Refused{"refused_leaf_is_ca", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_leaf_may_not_sign", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_leaf_of_p256", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_leaf_with_critical_extension", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_path_too_long", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_issuer_may_not_issue", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_issuer_is_no_ca", Reason::kNitroCertProfileInvalid},
                    Refused{"refused_issuer_left_out", Reason::kNitroChainInvalid},
                    Refused{"refused_expired_leaf", Reason::kNitroCertNotValidAtTime},
                    Refused{"refused_other_root", Reason::kNitroRootUntrusted}),
    [](const auto& one) { return std::string{one.param.name}; });

TEST(NitroVerifier, refuses_another_signature_and_certificates_that_were_changed) {
    auto document = kept("enclave");
    document.back() ^= 1;
    EXPECT_EQ(reason(verify(document)), Reason::kNitroSignatureInvalid);
    document.back() ^= 1;
    const auto parsed = parse_document(document).value();
    const auto change = [&](ByteView part, std::size_t at) {
        const auto offset = static_cast<std::size_t>(part.data() - document.data()) + at;
        document[offset] ^= 1;
        const auto out = reason(verify(document));
        document[offset] ^= 1;
        return out;
    };
    EXPECT_EQ(change(parsed.bundle.front(), parsed.bundle.front().size() - 1), Reason::kNitroRootUntrusted);
    EXPECT_EQ(change(parsed.bundle[1], parsed.bundle[1].size() - 1), Reason::kNitroChainInvalid);
    EXPECT_EQ(change(parsed.certificate, parsed.certificate.size() - 1), Reason::kNitroChainInvalid);
    EXPECT_EQ(change(parsed.certificate, 0), Reason::kNitroCertMalformed);
    EXPECT_EQ(reason(verify(document)), std::nullopt);
}

TEST(NitroVerifier, shows_every_check_of_a_refused_document) {
    auto document = kept("enclave");
    document.back() ^= 1;
    const auto verdict = verify(document);
    ASSERT_EQ(verdict.checks.size(), kChecks.size());
    EXPECT_EQ(verdict.checks.back().outcome, CheckOutcome::kFailed);
    EXPECT_FALSE(verdict.collateral || verdict.produced_at || verdict.is_hardware);
    EXPECT_EQ(verdict.claims.index(), 0U);
    const auto empty = verify({});
    EXPECT_EQ(reason(empty), Reason::kNitroCborMalformed);
    EXPECT_EQ(empty.checks.front().outcome, CheckOutcome::kFailed);
    EXPECT_EQ(empty.checks.back().outcome, CheckOutcome::kNotReached);
}

}  // namespace
}  // namespace redoubt::attestation::nitro
