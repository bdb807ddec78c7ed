// Recorded and hand-made JSON-RPC exchanges, played to the client by a scripted peer. Each must arrive as
// recorded; what can be decoded here must decode to the recorded values; hostile messages must not be
// believed.
#include <gtest/gtest.h>

#include <chrono>
#include <primitives/hex.hpp>
#include <registry-client/json_codec.hpp>
#include <rpc/client.hpp>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_rpc_server.hpp>
#include <tests/support/shared_material.hpp>
#include <variant>

namespace redoubt::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using registry_client::Reply;

class RpcVectors : public ::testing::Test {
  protected:
    RpcVectors() {
        rpc::ClientOptions options;
        options.url = server_.url();
        options.backoff_min = 5ms;
        client_ = run_task(context_, rpc::Client::connect(context_.get_executor(), options)).value();
    }
    ~RpcVectors() override {
        client_.reset();
        static_cast<void>(run_until(context_, [this] { return context_.stopped(); }));
    }
    Reply<json> call(const std::string& method, json params, std::chrono::milliseconds limit = 20s) {
        return run_task(context_, client_->call(method, std::move(params), limit));
    }

    /// Plays one call; true when the answer arrives as it was recorded.
    bool plays(const std::string& method, const json& params, const json& response) {
        json asked;
        server_.on_exchange(method, [&](const json& given, ScriptedRpcServer::ExchangePtr exchange) {
            asked = given;
            auto answer = response;
            answer["id"] = exchange->id();
            exchange->send_text(answer.dump());
        });
        const auto answer = call(method, params);
        if (asked != params) {
            return false;
        }
        if (response.contains("error")) {
            const auto& error = response["error"];
            return !answer && answer.error().remote && answer.error().remote->code == error["code"] &&
                   answer.error().remote->message == error["message"] &&
                   answer.error().remote->data == error.value("data", "");
        }
        return answer && answer.value() == response["result"];
    }

    /// Plays a subscription; true when its notifications arrive in order.
    bool plays_subscription(const std::string& method,
                            const json& params,
                            const json& id,
                            const std::string& name,
                            const std::vector<json>& results) {
        server_.on_exchange(method, [&](const json&, ScriptedRpcServer::ExchangePtr exchange) {
            exchange->reply(id);
            for (const auto& result : results) {
                exchange->notify(name, id, result);
            }
        });
        rpc::SubscribeOptions options;
        options.subscribe = method;
        options.params = params;
        auto subscription = run_task(context_, client_->subscribe(std::move(options)));
        if (!subscription) {
            return false;
        }
        for (const auto& result : results) {
            const auto event = run_task(context_, subscription.value().next(20s));
            const auto* notification = event ? std::get_if<rpc::Notification>(&event.value()) : nullptr;
            if (notification == nullptr || notification->result != result) {
                return false;
            }
        }
        return true;
    }

    void run_legacy(const json& cases, VectorCount& count);
    void run_new_api(const json& cases, VectorCount& count);
    void run_transcripts(const json& chains, VectorCount& count);
    void run_hostile(const json& cases, VectorCount& count);

    ScriptedRpcServer server_;
    boost::asio::io_context context_;
    std::shared_ptr<rpc::Client> client_;
};

bool header_matches(const json& header, const json& decoded, const std::string& method) {
    const auto read = registry_client::header_from_json(header, method);
    if (!read || to_hex_0x(read.value().hash.view()) != decoded.at("hash")) {
        return false;
    }
    return !decoded.contains("header") || to_hex_0x(read.value().bytes) == decoded["header"];
}

bool block_matches(const json& result, const json& decoded, const std::string& method) {
    const auto block = registry_client::block_from_json(result, method);
    if (!block || block.value().extrinsics.size() != result["block"]["extrinsics"].size()) {
        return false;
    }
    if (decoded.contains("hash") && to_hex_0x(block.value().header.hash.view()) != decoded["hash"]) {
        return false;
    }
    const auto& justification = block.value().grandpa_justification;
    return !decoded.contains("justification") ||
           (justification && to_hex_0x(*justification) == decoded["justification"]);
}

void RpcVectors::run_legacy(const json& cases, VectorCount& count) {
    for (const auto& entry : cases) {
        const auto method = entry.at("method").get<std::string>();
        const auto& params = entry.at("request").at("params");
        const auto& response = entry.at("response");
        count.record("legacy exchange", method, plays(method, params, response));
        if (entry.contains("notifications")) {
            std::vector<json> results;
            for (const auto& notification : entry["notifications"]) {
                results.push_back(notification.at("params").at("result"));
            }
            const auto name = entry["notifications"].at(0).at("method").get<std::string>();
            count.record("legacy subscription", method,
                         plays_subscription(method, params, response["result"], name, results));
            if (method == "chain_subscribeFinalizedHeads") {
                count.record("legacy header", method,
                             header_matches(results.at(0), entry.at("decoded"), method));
            }
        }
        if (entry.contains("decoded") && method == "chain_getHeader") {
            count.record("legacy header", method,
                         header_matches(response["result"], entry["decoded"], method));
        }
        if (entry.contains("decoded") && method == "chain_getBlock") {
            count.record("legacy block", method, block_matches(response["result"], entry["decoded"], method));
        }
    }
}

void RpcVectors::run_new_api(const json& cases, VectorCount& count) {
    for (const auto& entry : cases) {
        const auto method = entry.at("method").get<std::string>();
        const json response{{"jsonrpc", "2.0"}, {"result", entry.at("result")}};
        count.record("new API exchange", method, plays(method, entry.at("params"), response));
        if (entry.contains("events") && entry.at("result").is_string()) {
            const auto results = entry["events"].get<std::vector<json>>();
            count.record("new API subscription", method,
                         plays_subscription(method, entry.at("params"), entry["result"],
                                            entry.at("eventMethod").get<std::string>(), results));
        }
    }
}

void RpcVectors::run_transcripts(const json& chains, VectorCount& count) {
    for (const auto& chain : chains) {
        for (const auto& exchange : chain.at("exchanges")) {
            if (exchange.contains("sentRaw")) {
                // An answer to something unreadable names no call; it is given to the only one under way.
                const auto& response = exchange.at("response");
                server_.on_exchange("unreadable", [&](const json&, ScriptedRpcServer::ExchangePtr peer) {
                    peer->send_text(response.dump());
                });
                const auto answer = call("unreadable", json::array());
                count.record("transcript parse error", exchange["sentRaw"],
                             !answer && answer.error().remote &&
                                 answer.error().remote->code == response.at("error").at("code"));
                continue;
            }
            const auto& request = exchange.at("request");
            const auto method = request.at("method").get<std::string>();
            count.record("transcript exchange", method,
                         plays(method, request.value("params", json::array()), exchange.at("response")));
        }
    }
}

/// True when the decoders of the chain client refuse the result.
bool refused_when_decoded(const json& result, const json& entry) {
    if (result.is_string()) {
        return !registry_client::bytes_from_json(result, "hostile");
    }
    const auto header = registry_client::header_from_json(result, "hostile");
    return !header || (entry.contains("requestedHash") &&
                       to_hex_0x(header.value().hash.view()) != entry["requestedHash"]);
}

void RpcVectors::run_hostile(const json& cases, VectorCount& count) {
    for (const auto& entry : cases) {
        const auto what = entry.at("what").get<std::string>();
        server_.on_exchange("hostile", [&](const json&, ScriptedRpcServer::ExchangePtr exchange) {
            auto message = entry.at("message");
            if (message.is_object() && message.value("id", 0) == 1) {
                message["id"] = exchange->id();
            }
            exchange->send_text(message.dump());
        });
        const bool ignored = entry.at("expected") == "ignore";
        const auto answer = call("hostile", json::array(), ignored ? 100ms : 20000ms);
        const bool passed = ignored ? !answer && answer.error() == rpc::RpcError::kDeadline
                                    : !answer || refused_when_decoded(answer.value(), entry);
        count.record("hostile " + entry["expected"].get<std::string>(), what, passed);
    }
}

TEST_F(RpcVectors, exchanges_arrive_as_recorded_and_hostile_ones_are_refused) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/rpc");
    VectorCount count{"rpc"};
    for (const auto& path : indexed_files(folder)) {
        const auto cases = read_json(path);
        const auto name = path.filename().string();
        if (name == "legacy.json") {
            run_legacy(cases, count);
        } else if (name == "new_api.json") {
            run_new_api(cases, count);
        } else if (name == "smoldot_transcripts.json") {
            run_transcripts(cases, count);
        } else if (name == "hostile.json") {
            run_hostile(cases, count);
        } else {
            ADD_FAILURE() << "an unknown vector file: " << path;
        }
    }
}

}  // namespace
}  // namespace redoubt::tests
