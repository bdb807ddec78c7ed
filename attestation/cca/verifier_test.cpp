#include <attestation/cca/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/cca/token.hpp>
#include <tests/support/cca_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::cca {
namespace {

Bytes kept(const std::string& name) {
    return to_bytes(
        bytes_of(tests::read_file(tests::source_folder() / "tests/fuzz/corpus/cca_verify" / name)));
}

Verdict verify(ByteView token, std::span<const PlatformKey> keys = tests::cca_test_keys()) {
    return verify_token(token, {.time = {1'800'000'000}, .platform_keys = keys});
}

std::optional<Reason> reason(const Verdict& verdict) {
    return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
}

class EveryToken : public testing::TestWithParam<const char*> {};

TEST_P(EveryToken, is_verified_with_what_it_says) {
    const auto verdict = verify(kept(GetParam()));
    ASSERT_EQ(reason(verdict), std::nullopt);
    ASSERT_EQ(verdict.checks.size(), kChecks.size());
    for (const auto& check : verdict.checks) {
        EXPECT_EQ(check.outcome, CheckOutcome::kPassed) << check.name;
    }
    EXPECT_EQ(verdict.type, EvidenceType::kCca);
    EXPECT_TRUE(verdict.is_hardware);
    EXPECT_FALSE(verdict.produced_at || verdict.tcb || verdict.collateral);
    const std::string_view name{GetParam()};
    const auto& claims = std::get<CcaClaims>(verdict.claims);
    EXPECT_EQ(claims.realm.profile.has_value(), name == "wrapped");
    EXPECT_EQ(claims.platform.components.size(), 2U);
    EXPECT_EQ(claims.platform.components[0].version, "1.2.3");
    EXPECT_EQ(claims.platform.components[1].type, "");
    EXPECT_EQ(claims.platform.is_secured(), name != "es512_debug");
    EXPECT_EQ(verdict.is_debug, name == "es512_debug");
    EXPECT_EQ(measurement(verdict.claims).size(), 48U);
    EXPECT_EQ(report_data(verdict.claims).size(), 64U);
    EXPECT_TRUE(equal(*verdict.nonce, report_data(verdict.claims)));
}

TEST_P(EveryToken, is_refused_when_any_part_of_it_is_another) {
    auto token = kept(GetParam());
    for (std::size_t at = 0; at < token.size(); at += 7) {
        token[at] ^= 0x40;
        EXPECT_TRUE(reason(verify(token)).has_value()) << at;
        token[at] ^= 0x40;
    }
    token.push_back(0);
    EXPECT_EQ(reason(verify(token)), Reason::kCcaMalformed);
}

INSTANTIATE_TEST_SUITE_P(Cca,
                         EveryToken,
                         testing::Values("collection", "wrapped", "es512_debug"),
                         [](const auto& name) { return std::string{name.param}; });

TEST(CcaVerifier, refuses_a_platform_without_an_endorsed_key) {
    const auto token = kept("collection");
    EXPECT_EQ(reason(verify(token, {})), Reason::kCcaPlatformSignatureInvalid);
    EXPECT_EQ(reason(verify(kept("refused_platform_key"))), Reason::kCcaPlatformSignatureInvalid);
    const std::vector<PlatformKey> broken{{.public_key_info = Bytes(7)}};
    EXPECT_EQ(reason(verify(token, broken)), Reason::kCcaPlatformSignatureInvalid);
}

TEST(CcaVerifier, takes_a_key_for_the_platforms_it_speaks_for) {
    const auto token = kept("collection");
    const auto platform = parse_token(token).value().claims.platform;
    auto keys = tests::cca_test_keys();
    for (auto& key : keys) {
        key.implementation_id = platform.implementation_id;
        key.instance_id = platform.instance_id;
    }
    EXPECT_EQ(reason(verify(token, keys)), std::nullopt);
    for (auto& key : keys) {
        key.instance_id->bytes.back() ^= 1;
    }
    EXPECT_EQ(reason(verify(token, keys)), Reason::kCcaPlatformSignatureInvalid);
    for (auto& key : keys) {
        key.instance_id.reset();
        key.implementation_id->bytes.back() ^= 1;
    }
    EXPECT_EQ(reason(verify(token, keys)), Reason::kCcaPlatformSignatureInvalid);
}

TEST(CcaVerifier, refuses_halves_that_do_not_belong_together) {
    EXPECT_EQ(reason(verify(kept("refused_realm_key"))), Reason::kCcaRealmSignatureInvalid);
    EXPECT_EQ(reason(verify(kept("refused_unbound"))), Reason::kCcaBindingInvalid);
}

TEST(CcaVerifier, shows_every_check_of_a_refused_token) {
    const auto verdict = verify(kept("refused_unbound"));
    ASSERT_EQ(verdict.checks.size(), kChecks.size());
    EXPECT_EQ(verdict.checks.back().outcome, CheckOutcome::kFailed);
    EXPECT_EQ(verdict.claims.index(), 0U);
    EXPECT_FALSE(verdict.nonce || verdict.is_hardware);
    const auto empty = verify({});
    EXPECT_EQ(reason(empty), Reason::kCcaMalformed);
    EXPECT_EQ(empty.checks.back().outcome, CheckOutcome::kNotReached);
}

}  // namespace
}  // namespace redoubt::attestation::cca
