// AWS Nitro documents over vectors/attestation: genuine ones, mutated and synthetic ones. What the index
// lists is what is run.
#include <gtest/gtest.h>

#include <attestation/nitro/document.hpp>
#include <attestation/policy/policy.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_nitro_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

json hex_or_null(const std::optional<Bytes>& bytes) {
    return bytes ? json(to_hex(*bytes)) : json{};
}

/// The index names the registers that are not zero, and how many there are.
json fields_of(const NitroClaims& claims) {
    json pcrs = json::object();
    std::size_t count = 0;
    for (std::size_t i = 0; i < claims.pcrs.size(); ++i) {
        const auto& pcr = claims.pcrs.at(i);
        count += pcr ? 1U : 0U;
        if (pcr && !pcr->is_zero()) {
            pcrs[std::to_string(i)] = to_hex(pcr->view());
        }
    }
    return {{"module_id", claims.module_id},
            {"timestamp_ms", claims.timestamp_ms},
            {"digest", "SHA384"},
            {"pcr_count", count},
            {"pcrs", pcrs},
            {"user_data", hex_or_null(claims.user_data)},
            {"nonce", hex_or_null(claims.nonce)},
            {"public_key_sha256",
             claims.public_key ? json(to_hex(sha2_256({*claims.public_key}).view())) : json{}}};
}

bool check_fields(const Verdict& verdict, const json& entry) {
    const auto& expect = entry.at("expect");
    if (!expect.contains("fields")) {
        return true;
    }
    const auto* claims = std::get_if<NitroClaims>(&verdict.claims);
    const bool passed = claims != nullptr && fields_of(*claims) == expect.at("fields");
    EXPECT_TRUE(passed) << entry.at("id") << ": expected " << expect.at("fields");
    return passed;
}

/// The default policy with what the entry adds to it.
Policy policy_of(const json& entry) {
    Policy out;
    const auto input = entry.value("policy_input", json::object());
    for (const auto& [name, value] : input.items()) {
        if (name == "max_age_s") {
            out.evidence_age_s_max = value.get<std::int64_t>();
        } else if (name == "expected_nonce") {
            out.expected_nonce = parse_hex(value.get<std::string>()).value();
        } else {
            ADD_FAILURE() << entry.at("id") << ": nothing is known of " << name;
        }
    }
    return out;
}

TEST(NitroVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"nitro"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_nitro(entry)) {
            continue;
        }
        const auto verdict = vectors::nitro_case(index, entry).appraise();
        bool passed = vectors::check_outcome(verdict, entry, refusals);
        passed = check_fields(verdict, entry) && passed;
        passed = vectors::check_policy(verdict, policy_of(entry), entry) && passed;
        passed = vectors::has_one_failed_check_of_a_refusal(verdict) && passed;
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

TEST(NitroVectors, under_the_built_in_root_are_genuine_or_refused) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, production root"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_nitro(entry)) {
            continue;
        }
        const auto one = vectors::nitro_case(index, entry);
        const auto verdict = nitro::verify_document(one.document, {.time = one.time});
        const bool is_genuine =
            entry.at("kind") == "nitro-doc" && entry.at("expect").at("appraisal").at("verified").get<bool>();
        count.record(entry.at("kind"), entry.at("id"), verdict.is_verified() == is_genuine);
    }
}

}  // namespace
}  // namespace redoubt::attestation
