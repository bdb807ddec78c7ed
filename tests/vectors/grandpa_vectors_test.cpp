// GRANDPA justifications, set changes, warp sync and finality proofs over vectors/chain/grandpa.
#include <gtest/gtest.h>

#include <light-client/finality_tracker.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

#include <functional>

namespace redoubt::light_client {
namespace {

using nlohmann::json;
using tests::VectorCount;

Bytes bytes_at(const json& value) {
    return parse_hex(value.get<std::string>()).value();
}

Hash256 hash_at(const json& value) {
    return parse_hex_fixed<Hash256>(value.get<std::string>()).value();
}

std::uint64_t number_at(const json& value) {
    return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}

AuthorityList authorities_at(const json& list) {
    AuthorityList out;
    for (const auto& one : list) {
        out.push_back(
            {parse_hex_fixed<AuthorityId>(one["id"].get<std::string>()).value(), number_at(one["weight"])});
    }
    return out;
}

BlockRef block_at(const json& hash, const json& number) {
    return {hash_at(hash), static_cast<std::uint32_t>(number_at(number))};
}

Result<void> verify(const json& one, const BlockRef& target) {
    BOOST_OUTCOME_TRY(const auto voters, VoterSet::from(authorities_at(one["authorities"])));
    BOOST_OUTCOME_TRY(const auto justification, decode_justification(bytes_at(one["justification"])));
    return verify_justification(justification, number_at(one["setId"]), voters, target);
}

void check_real_justifications(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        if (!one["authoritySetComplete"].get<bool>()) {
            // Only a part of the voters is known: decoding and every known signature are what can be checked.
            const auto justification = decode_justification(bytes_at(one["justification"]));
            bool passed = justification.has_value();
            for (const auto& precommit :
                 passed ? justification.value().precommits : std::vector<Precommit>{}) {
                const auto message =
                    precommit_message(precommit.target, justification.value().round, number_at(one["setId"]));
                passed = passed &&
                         crypto::ed25519::verify(precommit.voter.view(), message, precommit.signature.view());
            }
            count.record("real justification, signatures only", one["id"], passed);
            continue;
        }
        const auto target = block_at(one["blockHash"], one["blockNumber"]);
        count.record("real justification", one["id"],
                     verify(one, target).has_value() == (one["expected"] == "valid"));
        const auto bytes = bytes_at(one["justification"]);
        count.record("real justification, encoding", one["id"],
                     encode(decode_justification(bytes).value()) == bytes);
    }
}

void check_synthetic(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto target = block_at(one["expectedTarget"]["hash"], one["expectedTarget"]["number"]);
        const auto outcome = verify(one, target);
        const std::string expected = one["expected"];
        count.record("synthetic justification, " + expected, one["name"],
                     outcome.has_value() == (expected == "valid"));
    }
}

void check_messages(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto& decoded = one["decoded"];
        const auto round = number_at(decoded["round"]);
        const auto set_id = number_at(decoded["setId"]);
        const auto target = block_at(decoded["targetHash"], decoded["targetNumber"]);
        bool passed = true;
        if (one.contains("message")) {
            passed = precommit_message(target, round, set_id) == bytes_at(one["message"]);
            for (const auto& precommit : one["precommits"]) {
                passed =
                    passed && crypto::ed25519::verify(bytes_at(precommit["id"]), bytes_at(one["message"]),
                                                      bytes_at(precommit["signature"]));
            }
            const auto voters = VoterSet::from(authorities_at(one["authorities"]));
            passed = passed && voters && voters.value().threshold() == number_at(one["threshold"]);
        } else {
            for (std::size_t i = 0; i < decoded["precommits"].size(); ++i) {
                const auto& vote = decoded["precommits"][i];
                const auto& proof = decoded["authData"][i];
                const auto voted = block_at(vote["targetHash"], vote["targetNumber"]);
                passed = passed && crypto::ed25519::verify(bytes_at(proof["id"]),
                                                           precommit_message(voted, round, set_id),
                                                           bytes_at(proof["signature"]));
            }
        }
        count.record("real message", one["kind"], passed);
    }
}

FinalityState state_from(const Bytes& header_bytes, std::uint64_t set_id, AuthorityList authorities) {
    const auto header = substrate::decode_header(header_bytes).value();
    return {.finalized = {{substrate::header_hash(header_bytes), header.number}, header.state_root},
            .set_id = set_id,
            .authorities = std::move(authorities),
            .pending = std::nullopt};
}

bool is_state(const FinalityTracker& tracker, const json& expected) {
    const auto& state = tracker.state();
    bool same = state.finalized.block.number == number_at(expected["finalizedNumber"]) &&
                state.finalized.block.hash == hash_at(expected["finalizedHash"]);
    if (expected.contains("setId")) {
        same = same && state.set_id == number_at(expected["setId"]);
    }
    if (expected.contains("authorities")) {
        same = same && state.authorities.size() == expected["authorities"].size();
        for (std::size_t i = 0; same && i < state.authorities.size(); ++i) {
            const auto& id = expected["authorities"][i];
            same = to_hex_0x(state.authorities[i].id.view()) ==
                   (id.is_object() ? id["id"].get<std::string>() : id.get<std::string>());
        }
    }
    return same;
}

Result<void> submit_step(FinalityTracker& tracker, const json& step) {
    std::vector<Bytes> headers;
    for (const auto& header : step["headers"]) {
        headers.push_back(bytes_at(header));
    }
    if (step["justification"].is_null()) {
        return tracker.submit(headers, std::nullopt);
    }
    const auto justification = bytes_at(step["justification"]);
    return tracker.submit(headers, ByteView{justification});
}

void check_flows(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        auto tracker = FinalityTracker::from(state_from(bytes_at(one["anchor"]["header"]),
                                                        number_at(one["setIdAfterAnchor"]),
                                                        authorities_at(one["authoritiesAfterAnchor"])));
        ASSERT_OK(tracker);
        for (const auto& step : one["steps"]) {
            const auto outcome = submit_step(tracker.value(), step);
            const auto& expect = step["expect"];
            count.record(
                "flow", one["chain"],
                outcome.has_value() == expect["accepted"].get<bool>() && is_state(tracker.value(), expect));
        }
    }
}

void check_scenarios(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto& initial = one["initial"];
        auto tracker =
            FinalityTracker::from(state_from(bytes_at(initial["header"]), number_at(initial["setId"]),
                                             authorities_at(initial["authorities"])));
        ASSERT_OK(tracker) << one["name"];
        for (const auto& step : one["steps"]) {
            const auto outcome = submit_step(tracker.value(), step);
            const bool accepts = step["expect"] == "accept";
            bool passed = outcome.has_value() == accepts && is_state(tracker.value(), step["state"]);
            const bool halts = step.value("verdict", "") == "halt";
            passed = passed && tracker.value().halted().has_value() == halts;
            count.record(
                halts     ? "scenario step, halt"
                : accepts ? "scenario step, accept"
                          : "scenario step, reject",
                one["name"].get<std::string>() + ": " + (outcome ? "accepted" : outcome.error().message()),
                passed);
        }
    }
}

FinalityState warp_start(const json& start) {
    FinalityState state;
    if (start.contains("hash")) {
        state.finalized.block = block_at(start["hash"], start["number"]);
    }
    state.set_id = number_at(start["setId"]);
    state.authorities = authorities_at(start["authorities"]);
    return state;
}

void check_warp_sync(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        auto tracker = FinalityTracker::from(warp_start(one["start"]));
        ASSERT_OK(tracker);
        const auto before = tracker.value().state();
        const auto outcome = tracker.value().submit_warp_sync(bytes_at(one["proof"]));
        const bool accepts = one["expected"] == "accept" || one["expected"] == "valid";
        bool passed = outcome.has_value() == accepts;
        if (accepts && one.contains("result")) {
            passed = passed && is_state(tracker.value(), one["result"]);
        } else if (!accepts) {
            passed = passed && tracker.value().state() == before;
        }
        count.record(accepts ? "warp sync, accept" : "warp sync, reject",
                     one.value("name", one.value("id", "")), passed);
    }
}

void check_digests(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        if (one.contains("log")) {
            count.record("digest, reject", one["reason"],
                         decode_grandpa_log(bytes_at(one["log"])).has_error());
            continue;
        }
        const auto item = substrate::decode_digest_item(bytes_at(one["digestItem"])).value();
        const auto log = decode_grandpa_log(item.data);
        ASSERT_OK(log);
        const auto& decoded = one["decoded"];
        const std::string kind = decoded["kind"];
        bool passed = false;
        if (const auto* scheduled = std::get_if<ScheduledChange>(&log.value())) {
            passed = kind == "ScheduledChange" && scheduled->delay == number_at(decoded["delay"]) &&
                     scheduled->next == authorities_at(decoded["nextAuthorities"]);
        } else if (const auto* forced = std::get_if<ForcedChange>(&log.value())) {
            passed = kind == "ForcedChange" && forced->delay == number_at(decoded["delay"]) &&
                     forced->next == authorities_at(decoded["nextAuthorities"]);
        } else if (std::holds_alternative<OnDisabled>(log.value())) {
            passed = kind == "OnDisabled";
        } else if (const auto* pause = std::get_if<Pause>(&log.value())) {
            passed = kind == "Pause" && pause->delay == number_at(decoded["delay"]);
        } else if (const auto* resume = std::get_if<Resume>(&log.value())) {
            passed = kind == "Resume" && resume->delay == number_at(decoded["delay"]);
        }
        count.record("digest", kind, passed);
    }
}

void check_finality_proofs(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto proof = decode_finality_proof(bytes_at(one["encodedFinalityProof"]));
        ASSERT_OK(proof);
        FinalityState state;
        state.finalized.block = block_at(one["requestedHash"], one["requestedBlock"]);
        state.set_id = number_at(one["setId"]);
        state.authorities = authorities_at(one["authorities"]);
        auto tracker = FinalityTracker::from(std::move(state)).value();
        const auto outcome =
            tracker.submit(proof.value().unknown_headers, ByteView{proof.value().justification});
        count.record("finality proof", one["chain"],
                     outcome.has_value() &&
                         tracker.state().finalized.block.hash == proof.value().block_hash &&
                         tracker.state().finalized.block.hash == hash_at(one["decoded"]["block"]));
    }
}

TEST(GrandpaVectors, all_pass) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/grandpa");
    VectorCount count{"chain/grandpa"};
    const std::map<std::string, std::function<void(const json&, VectorCount&)>> checks{
        {"real_justifications.json", check_real_justifications},
        {"real_messages.json", check_messages},
        {"warp_sync_real.json", check_warp_sync},
        {"flows.json", check_flows},
        {"justifications_synthetic.json", check_synthetic},
        {"scenarios.json", check_scenarios},
        {"warp_sync_synthetic.json", check_warp_sync},
        {"digests.json", check_digests},
        {"prove_finality.json", check_finality_proofs},
    };
    for (const auto& file : tests::indexed_files(folder)) {
        const auto check = checks.find(file.filename().string());
        ASSERT_NE(check, checks.end()) << "no check for " << file;
        check->second(tests::read_json(file), count);
    }
}

}  // namespace
}  // namespace redoubt::light_client
