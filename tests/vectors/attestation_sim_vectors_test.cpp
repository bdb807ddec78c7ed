// Simulated evidence over vectors/attestation, with what the index allows, and other evidence sent as
// simulated.
#include <gtest/gtest.h>

#include <attestation/policy/policy.hpp>
#include <attestation/sim/verifier.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_flip_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

/// The evidence states no time that counts: the index has none for it.
constexpr VerificationTime kNow{1'767'225'600};

/// On a chain for development; an entry that does not say otherwise allows simulation.
SimulationAllowance allowance_of(const json& entry) {
    SimulationAllowance out{.is_allowed = true, .is_development_chain = true, .trusted_keys = {}};
    const auto input = entry.value("policy_input", json::object());
    for (const auto& [name, value] : input.items()) {
        if (name == "allow_simulated") {
            out.is_allowed = value.get<bool>();
        } else if (name == "trusted_sim_keys") {
            for (const auto& key : value) {
                out.trusted_keys.push_back(parse_hex_fixed<FixedBytes<32>>(key.get<std::string>()).value());
            }
        } else {
            ADD_FAILURE() << entry.at("id") << ": nothing is known of " << name;
        }
    }
    return out;
}

Policy policy_of(const SimulationAllowance& allowance) {
    Policy out;
    if (allowance.is_allowed) {
        out.allows_simulation = true;
        out.accepted_types.push_back(EvidenceType::kSimulation);
    }
    return out;
}

bool is_sent_as_simulation(const json& entry) {
    return entry.at("kind") == "type-confusion" && entry.at("expect").at("presented_as") == "sim";
}

json appraisal_of(const Verdict& verdict) {
    if (verdict.refusal) {
        return {{"verified", false}, {"reason", reason_code(verdict.refusal->reason)}};
    }
    const bool is_simulated = std::holds_alternative<SimClaims>(verdict.claims) && !verdict.is_hardware;
    return {{"verified", true},
            {"tee", is_simulated ? "simulated" : "hardware"},
            {"tcb_status", is_simulated ? kSimStatus : std::string_view{}}};
}

TEST(SimVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        if (!kind.starts_with("sim-evidence") && !is_sent_as_simulation(entry)) {
            continue;
        }
        const auto allowance = allowance_of(entry);
        const auto evidence = index.bytes(entry, "evidence");
        const auto verdict = sim::verify_evidence(evidence, kNow, allowance);
        const auto& expected = entry.at("expect");
        bool passed = appraisal_of(verdict) == expected.at("appraisal");
        EXPECT_TRUE(passed) << entry.at("id") << ": " << appraisal_of(verdict);
        std::vector<std::string> reasons;
        for (const auto reason : violations(verdict, policy_of(allowance), kNow)) {
            reasons.emplace_back(reason_code(reason));
        }
        passed = passed && json(reasons) == expected.at("policy").at("reasons") &&
                 reasons.empty() == (expected.at("policy").at("default") == "accept");
        EXPECT_TRUE(passed) << entry.at("id") << ": " << json(reasons);
        // Nothing of this is ever taken by the production policy, or without permission.
        passed = passed && !violations(verdict, Policy{}, kNow).empty() &&
                 !sim::verify_evidence(evidence, kNow, {}).is_verified();
        count.record(kind, entry.at("id"), passed);
    }
}

TEST(SimVectors, are_refused_with_any_byte_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    vectors::Flips flips;
    for (const auto& entry : index.entries()) {
        if (!entry.at("kind").get<std::string>().starts_with("sim-evidence") ||
            !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        const auto allowance = allowance_of(entry);
        auto evidence = index.bytes(entry, "evidence");
        flips.each("simulated evidence", entry.at("id"), evidence, vectors::each_byte(evidence.size()),
                   [&] { return !sim::verify_evidence(evidence, kNow, allowance).is_verified(); });
    }
}

}  // namespace
}  // namespace redoubt::attestation
