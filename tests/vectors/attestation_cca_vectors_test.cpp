// Arm CCA tokens over vectors/attestation, and every byte of the accepted ones changed. What the index lists
// is what is run.
#include <gtest/gtest.h>

#include <attestation/cca/token.hpp>
#include <attestation/cca/verifier.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_flip_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;
using vectors::numeral;

/// Tokens state no time, and nothing of them expires.
constexpr VerificationTime kNow{1'767'225'600};

struct Case {
    Bytes token;
    std::vector<cca::PlatformKey> keys;

    [[nodiscard]] Verdict appraise() const {
        return cca::verify_token(token, {.time = kNow, .platform_keys = keys});
    }
};

bool is_cca(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("cca-token");
}

Case case_of(const Index& index, const json& entry) {
    const auto pem = x509::read_pem_block(index.text(entry, "platform_key"), "PUBLIC KEY", 4096);
    EXPECT_OK(pem);
    return {.token = index.bytes(entry, "token"), .keys = {{.public_key_info = pem.value()}}};
}

json fields_of(const CcaClaims& claims) {
    const auto& platform = claims.platform;
    const auto& realm = claims.realm;
    json extensible = json::array();
    for (const auto& measurement : realm.extensible_measurements) {
        extensible.push_back(to_hex(measurement));
    }
    return {{"platform_profile", platform.profile},
            {"implementation_id", to_hex(platform.implementation_id.view())},
            {"instance_id", to_hex(platform.instance_id.view())},
            {"lifecycle", numeral(platform.lifecycle)},
            {"platform_challenge", to_hex(platform.challenge)},
            {"sw_components", platform.components.size()},
            {"realm_profile", realm.profile ? json(*realm.profile) : json{}},
            {"realm_challenge", to_hex(realm.challenge.view())},
            {"realm_personalization", to_hex(realm.personalization.view())},
            {"realm_initial_measurement", to_hex(realm.initial_measurement)},
            {"realm_extensible_measurements", extensible},
            {"realm_hash_alg", realm.hash_algorithm},
            {"rak_hash_alg", realm.key_hash_algorithm}};
}

Policy policy_of(const json& entry) {
    Policy out;
    const auto input = entry.value("policy_input", json::object());
    for (const auto& [name, value] : input.items()) {
        EXPECT_EQ(name, "expected_challenge") << entry.at("id");
        out.expected_nonce = parse_hex(value.get<std::string>()).value();
    }
    return out;
}

TEST(CcaVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"cca"};
    for (const auto& entry : index.entries()) {
        if (!is_cca(entry)) {
            continue;
        }
        const auto verdict = case_of(index, entry).appraise();
        bool passed = vectors::check_outcome(verdict, entry, refusals);
        passed = vectors::check_policy(verdict, policy_of(entry), entry) && passed;
        passed = vectors::has_one_failed_check_of_a_refusal(verdict) && passed;
        const auto* claims = std::get_if<CcaClaims>(&verdict.claims);
        if (const auto& expect = entry.at("expect"); expect.contains("fields")) {
            passed = claims != nullptr &&
                     vectors::has_all(fields_of(*claims), expect.at("fields"), entry.at("id")) && passed;
        }
        // Nobody's key speaks for a platform that no setting names.
        passed =
            passed && !cca::verify_token(case_of(index, entry).token, {.time = kNow, .platform_keys = {}})
                           .is_verified();
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

TEST(CcaVectors, are_refused_with_any_byte_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    vectors::Flips flips;
    for (const auto& entry : index.entries()) {
        if (!is_cca(entry) || !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        auto one = case_of(index, entry);
        ASSERT_TRUE(one.appraise().is_verified()) << entry.at("id");
        flips.each("CCA tokens", entry.at("id"), one.token, vectors::each_byte(one.token.size()),
                   [&] { return !one.appraise().is_verified(); });
    }
}

}  // namespace
}  // namespace redoubt::attestation
