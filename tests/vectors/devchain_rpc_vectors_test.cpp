// The dev chain's answers beside those of real nodes: every recorded method exists, and what it answers has
// the recorded shape. The recorded blocks are of other chains, so that their hashes and transactions are
// replaced by ones that exist here.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/hex.hpp>
#include <set>
#include <substrate/call.hpp>
#include <substrate/metadata.hpp>
#include <substrate/signing.hpp>
#include <tests/support/rpc_listener.hpp>
#include <tests/support/shared_material.hpp>
#include <tools/devchain/api/api.hpp>

namespace redoubt::tests {
namespace {

using devchain::Chain;
using devchain::ChainOptions;
using nlohmann::json;

/// Recorded in words and not as an answer.
const std::set<std::string, std::less<>> kWithoutRecord{"sync_state_genSyncSpec"};

/// Where `actual` departs from the kind and members of `expected`; empty when it does not.
std::string departure(const json& expected, const json& actual, const std::string& where = "result") {
    if (expected.is_null() || actual.is_null()) {
        return {};
    }
    if (expected.is_number() ? !actual.is_number() : expected.type() != actual.type()) {
        return where + " is a " + actual.type_name() + " and no " + expected.type_name();
    }
    if (expected.is_string()) {
        const auto is_hex = [](const json& text) { return text.get<std::string>().starts_with("0x"); };
        return is_hex(expected) == is_hex(actual) ? std::string{} : where + " is hex on one side only";
    }
    if (expected.is_array() && !expected.empty() && !actual.empty()) {
        return departure(expected[0], actual[0], where + "[0]");
    }
    if (expected.is_object()) {
        const bool is_map = !expected.empty() && expected.begin().key().starts_with("0x");
        for (const auto& [key, value] : expected.items()) {
            if (is_map) {
                continue;
            }
            if (!actual.contains(key)) {
                return where + " has no " + key;
            }
            if (auto found = departure(value, actual[key], where + '.' + key); !found.empty()) {
                return found;
            }
        }
    }
    return {};
}

class DevchainRpcVectors : public ::testing::Test {
  protected:
    DevchainRpcVectors() {
        ChainOptions options;
        options.seal = devchain::Seal::kManual;
        options.genesis.balances = {{alice().account_id(), 1'000'000'000'000'000'000}};
        options.now_ms = [] { return 1'700'000'000'000; };
        chain_ = Chain::open(std::move(options)).value();
        table_ = devchain::api::make_method_table(*chain_);
        metadata_ = substrate::Metadata::decode(chain_->metadata(14).value()).value();
    }
    static crypto::KeyPair alice() {
        return crypto::KeyPair::from_secret_uri("//Alice", crypto::Scheme::kSr25519).value();
    }
    json answer(const std::string& method, const json& params) {
        const json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
        return json::parse(table_->answer(request.dump(), {}, listener_).value());
    }
    Hash256 build() { return chain_->build_block().value(); }
    std::string remark() {
        const auto index = substrate::call_index(*metadata_, "System", "remark").value();
        substrate::SigningContext context{};
        context.nonce = nonce_++;
        context.genesis_hash = chain_->genesis_hash();
        context.birth_hash = chain_->genesis_hash();
        const Bytes call{index[0], index[1], 0};
        return to_hex_0x(substrate::sign_extrinsic(*metadata_, call, context, alice()).value());
    }
    /// The recorded parameters with blocks and transactions of this chain.
    json localized(const json& params) {
        json out = params;
        for (auto& each : out) {
            const auto* text = each.get_ptr<const std::string*>();
            const bool is_signed = text != nullptr && text->starts_with("0xbd018400");
            const bool is_hash = text != nullptr && text->size() == 66 && !text->starts_with("0x26aa394e");
            if (is_signed) {
                each = remark();
            } else if (is_hash && text->find_first_not_of("0x") != std::string::npos) {
                each = to_hex_0x(chain_->best().hash.view());
            } else if (each.is_number() && each > 1000) {
                each = 1;
            }
        }
        return out;
    }
    bool exists(const std::string& method) const {
        return std::ranges::binary_search(table_->names(), method);
    }
    /// True when each event that was told is one of `events`, and looks like it.
    static bool resemble(const std::vector<json>& told, const json& events) {
        return std::ranges::all_of(told, [&](const json& event) {
            return std::ranges::any_of(events, [&](const json& recorded) {
                return recorded["event"] == event["event"] && departure(recorded, event).empty();
            });
        });
    }
    void run_legacy(const json& cases, VectorCount& count);
    void run_new_api(const json& cases, VectorCount& count);

    std::unique_ptr<Chain> chain_;
    std::optional<substrate::Metadata> metadata_;
    std::shared_ptr<const rpc::MethodTable> table_;
    Listener listener_;
    std::uint64_t nonce_ = 0;
};

void DevchainRpcVectors::run_legacy(const json& cases, VectorCount& count) {
    for (const auto& each : cases) {
        const auto method = each["method"].get<std::string>();
        if (!exists(method) || kWithoutRecord.contains(method) || each["response"].contains("error")) {
            count.record("method", method, exists(method));
            continue;
        }
        const bool is_account_call = method == "state_call";
        const auto params = each["request"]["params"];
        const auto reply = answer(method, is_account_call ? params : localized(params));
        const auto found =
            reply.contains("result") ? departure(each["response"]["result"], reply["result"]) : reply.dump();
        count.record("answer", method + ": " + found, found.empty());
        if (!each.contains("notifications") || !reply.contains("result")) {
            continue;
        }
        build();
        const auto& told = listener_.heard(reply["result"]).said;
        // Statuses are of many shapes; each that is told has to be like a recorded one.
        for (const auto& result : told) {
            const bool is_known = std::ranges::any_of(each["notifications"], [&](const json& recorded) {
                const auto& like = recorded["params"]["result"];
                return departure(like, result).empty() &&
                       (!like.is_string() || like == result || like.get<std::string>().starts_with("0x"));
            });
            count.record("notification", method + ": " + result.dump().substr(0, 200), is_known);
        }
        const auto& unsubscribe = each["unsubscribe"];
        const auto ended = answer(unsubscribe["method"], json::array({reply["result"]}));
        count.record("unsubscribe", unsubscribe["method"], ended["result"].is_boolean());
    }
}

void DevchainRpcVectors::run_new_api(const json& cases, VectorCount& count) {
    json follow;
    for (const auto& each : cases) {
        const auto method = each["method"].get<std::string>();
        auto params = localized(each["params"]);
        if (!params.empty() && params[0] == "sub-1") {
            params[0] = follow;
        }
        if (method == "transactionWatch_v1_submitAndWatch") {
            params[0] = remark();
        }
        const auto reply = answer(method, params);
        // The recorded operations are none of this connection's; the methods know that.
        const bool is_answered = reply.contains("result") || method == "chainHead_v1_continue" ||
                                 method == "transaction_v1_stop" || method == "chainHead_v1_unpin";
        count.record("method", method + ": " + reply.dump().substr(0, 200), exists(method) && is_answered);
        if (!reply.contains("result")) {
            continue;
        }
        if (each["result"] != json{{"result", "limitReached"}}) {
            const auto found = departure(each["result"], reply["result"]);
            count.record("answer", method + ": " + found, found.empty());
        }
        if (method == "chainHead_v1_follow") {
            follow = reply["result"];
        }
        build();
        if (each.contains("events") && reply["result"].is_string()) {
            count.record("events", method, resemble(listener_.heard(reply["result"]).said, each["events"]));
        }
    }
}

TEST_F(DevchainRpcVectors, look_like_the_answers_of_real_nodes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/rpc");
    // What the recordings of a light client and the hostile answers say is for clients.
    const std::set<std::string> of_clients{"smoldot_transcripts.json", "hostile.json"};
    VectorCount count{"devchain rpc"};
    build();
    for (const auto& file : indexed_files(folder)) {
        const auto name = file.filename().string();
        if (name == "legacy.json") {
            run_legacy(read_json(file), count);
        } else if (name == "new_api.json") {
            run_new_api(read_json(file), count);
        } else {
            EXPECT_TRUE(of_clients.contains(name)) << name;
        }
    }
}

}  // namespace
}  // namespace redoubt::tests
