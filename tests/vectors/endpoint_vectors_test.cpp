/// Replays the recorded frames of the stock JS worker clients, and the recorded values of the original's
/// JSON-RPC, against the endpoint's JSON-RPC layer. A backend holds the key, shard and fingerprint of each
/// recording and gives the recorded getter values; replies are compared byte by byte.
#include <gtest/gtest.h>
#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/json_rpc.hpp>
#include <enclave/endpoint/methods.hpp>
#include <enclave/endpoint/rpc_return_value.hpp>
#include <primitives/hex.hpp>
#include <tests/support/shared_material.hpp>

#include <algorithm>
#include <iostream>

namespace redoubt::enclave::endpoint::tests {
namespace {

using redoubt::tests::VectorCount;
using Json = nlohmann::json;

constexpr std::string_view kToWorker = "client->worker";
constexpr std::string_view kToClient = "worker->client";

Bytes bytes_in(const Json& hex) {
    return parse_hex(hex.get<std::string>()).value();
}

Hash256 hash_in(const Json& hex) {
    return parse_hex_fixed<Hash256>(hex.get<std::string>()).value();
}

/// The RpcReturnValue of a reply, or nullopt.
std::optional<RpcReturnValue> value_in(const std::string& reply) {
    const auto json = Json::parse(reply, nullptr, false);
    if (!json.is_object() || !json.contains("result") || !json["result"].is_string()) {
        return std::nullopt;
    }
    const auto value = parse_rpc_return_value(json["result"].get<std::string>());
    return value ? std::optional{value.value()} : std::nullopt;
}

bool is_refusal(const std::string& reply) {
    const auto value = value_in(reply);
    return value && value->status.kind == DirectRequestStatus::Kind::kError &&
           scale::decode<std::string>(value->value).has_value();
}

bool is_offered(const std::string& method) {
    return std::ranges::count(method_names(), method) == 1;
}

/// Replays the client's frames in order.
void replay(const Json& frames, FakeBackend& backend, const std::string& source, VectorCount& count) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto direction = frames[i].at("dir").get<std::string>();
        if (direction != kToWorker) {
            EXPECT_TRUE(direction == kToClient || direction == "decrypted TOP")
                << source << ": " << direction;
            continue;
        }
        const auto request_text = frames[i].at("text").get<std::string>();
        const auto request = Json::parse(request_text);
        const auto method = request.at("method").get<std::string>();
        const auto name = source + " frame " + std::to_string(i) + " " + method;
        auto next = i + 1;
        while (next < frames.size() && frames[next].at("dir") != kToClient) {
            ++next;
        }
        ASSERT_LT(next, frames.size()) << name << ": no reply recorded";
        const auto recorded = frames[next].at("text").get<std::string>();

        std::optional<stf::Request> seen;
        if (method == "state_executeGetter") {
            const auto value = value_in(recorded);
            ASSERT_TRUE(value.has_value()) << name;
            const auto inner = scale::decode<std::optional<Bytes>>(value->value);
            ASSERT_TRUE(inner.has_value()) << name;
            backend.getter = [&seen, answer = inner.value()](const stf::Request& asked) {
                seen = asked;
                return Result<std::optional<Bytes>>{answer};
            };
        }
        const auto answer = answer_json_rpc(backend, request_text).value_or("");
        if (!is_offered(method)) {
            count.record("not offered: " + method + " (refused)", name, is_refusal(answer));
        } else if (method == "author_getShardVault") {
            count.record("author_getShardVault (this worker has no vault: refused)", name,
                         is_refusal(answer));
        } else if (method == "state_executeGetter") {
            const bool is_passed_on = seen && scale::encode(*seen) == bytes_in(request.at("params").at(0));
            count.record(method, name, answer == recorded && is_passed_on);
        } else {
            count.record(method, name, answer == recorded);
        }
    }
}

TEST(EndpointVectors, replays_the_recorded_frames_of_both_client_generations) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/worker-api");
    VectorCount count{"worker-api"};
    for (const auto& path : redoubt::tests::indexed_files(folder)) {
        const auto file = redoubt::tests::read_json(path);
        ASSERT_TRUE(file.contains("frames") && file.contains("shieldingKeyJson"))
            << "unknown kind of file: " << path;
        FakeBackend backend;
        backend.key_json = file.at("shieldingKeyJson").get<std::string>();
        backend.shard_id = hash_in(file.at("shard"));
        backend.measurement = hash_in(file.at("mrenclave"));
        replay(file.at("frames"), backend, path.filename().string(), count);
    }
}

TEST(EndpointVectors, replays_the_exchanges_of_the_scripted_worker) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    VectorCount count{"rpc-frames-js-client"};
    const auto file = redoubt::tests::read_json(folder / "rpc-frames-js-client.json");
    const auto& key = file.at("shielding_key_private_json_for_this_recording_only");
    FakeBackend backend;
    backend.key_json = R"({"n":)" + key.at("n").dump() + R"(,"e":)" + key.at("e").dump() + "}";
    backend.shard_id = hash_in(file.at("identities").at("shard"));
    // The recording answers author_getFingerprint with other bytes than its `mrenclave`.
    const auto fingerprint = file.at("exchanges").at("getFingerprint").at("result").get<std::string>();
    ASSERT_EQ(fingerprint.size(), Hash256::kSize);
    backend.measurement = Hash256::copy_of(bytes_of(fingerprint).first<32>());
    for (const auto& [name, exchange] : file.at("exchanges").items()) {
        replay(exchange.at("frames"), backend, name, count);
    }
}

/// Cases that concern other parts of the worker or the client itself: counted, not judged.
class NotOffered {
  public:
    NotOffered() = default;
    NotOffered(const NotOffered&) = delete;
    NotOffered& operator=(const NotOffered&) = delete;
    ~NotOffered() {
        for (const auto& [what, cases] : cases_) {
            std::cout << "[ vectors  ] not judged here: " << what << ": " << cases << " cases\n";
        }
    }
    void add(const std::string& what, std::size_t cases) { cases_[what] += cases; }

  private:
    std::map<std::string, std::size_t> cases_;
};

/// `Submitted`, `_Ok`, `InSidechainBlock(0x11..11)`: the names that rpc-values.json uses.
std::optional<DirectRequestStatus> status_named(std::string name) {
    using Kind = DirectRequestStatus::Kind;
    static const std::map<std::string, DirectRequestStatus> kNamed = {
        {"Ok", {.kind = Kind::kOk}},
        {"Error", {.kind = Kind::kError}},
        {"Submitted", {.kind = Kind::kOperation, .operation = OperationStatus::kSubmitted}},
        {"Future", {.kind = Kind::kOperation, .operation = OperationStatus::kFuture}},
        {"Ready", {.kind = Kind::kOperation, .operation = OperationStatus::kReady}},
        {"BroadCast", {.kind = Kind::kOperation, .operation = OperationStatus::kBroadcast}},
        {"InSidechainBlock(0x11..11)",
         {.kind = Kind::kOperation,
          .operation = OperationStatus::kInSidechainBlock,
          .block = filled<Hash256>(0x11)}},
        {"Retracted", {.kind = Kind::kOperation, .operation = OperationStatus::kRetracted}},
        {"FinalityTimeout", {.kind = Kind::kOperation, .operation = OperationStatus::kFinalityTimeout}},
        {"Finalized", {.kind = Kind::kOperation, .operation = OperationStatus::kFinalized}},
        {"Usurped", {.kind = Kind::kOperation, .operation = OperationStatus::kUsurped}},
        {"Dropped", {.kind = Kind::kOperation, .operation = OperationStatus::kDropped}},
        {"Invalid", {.kind = Kind::kOperation, .operation = OperationStatus::kInvalid}},
    };
    if (name.starts_with("_")) {
        name.erase(0, 1);
    }
    const auto found = kNamed.find(name);
    return found == kNamed.end() ? std::nullopt : std::optional{found->second};
}

void check_state_request(const Json& section, VectorCount& count) {
    FakeBackend backend;
    const auto& request = section.at("params_request");
    backend.shard_id = hash_in(request.at("shard"));
    const auto state = section.at("decoded").at("state_u64").get<std::uint64_t>();
    backend.getter = [&](const stf::Request& asked) {
        EXPECT_EQ(asked.cyphertext, bytes_in(request.at("cyphertext")));
        return Result<std::optional<Bytes>>{std::optional{scale::encode(state)}};
    };
    const Json call = {{"jsonrpc", "2.0"},
                       {"method", "state_executeGetter"},
                       {"params", {request.at("request_scale")}},
                       {"id", 1}};
    const auto answer = answer_json_rpc(backend, call.dump());
    count.record("get_state_request", "result",
                 answer == R"({"jsonrpc":"2.0","result":)" + section.at("result").dump() + R"(,"id":1})");
}

void check_return_value(const Json& entry, VectorCount& count) {
    const auto name = entry.at("description").get<std::string>();
    const auto& status = entry.at("status");
    const auto named =
        status_named(status.is_string() ? status.get<std::string>()
                                        : status.at("TrustedOperationStatus").get<std::string>());
    ASSERT_TRUE(named.has_value()) << name;
    const RpcReturnValue value{
        .value = bytes_in(entry.at("value")), .do_watch = entry.at("do_watch").get<bool>(), .status = *named};
    const auto scale_hex = entry.at("scale").get<std::string>();
    const auto again = parse_rpc_return_value(scale_hex);
    count.record("rpc_return_values", name,
                 to_hex_text(value) == scale_hex && again && again.value() == value);
}

TEST(EndpointVectors, agrees_with_the_values_of_the_original) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    VectorCount count{"rpc-values"};
    NotOffered not_offered;
    const auto file = redoubt::tests::read_json(folder / "rpc-values.json");
    FakeBackend backend;
    for (const auto& [section, content] : file.items()) {
        if (section == "source" || section == "return_value_layout") {
            continue;
        }
        if (section == "get_state_request") {
            check_state_request(content, count);
        } else if (section == "direct_request_status") {
            for (const auto& [name, hex] : content.at("encodings").items()) {
                const auto status = status_named(name);
                ASSERT_TRUE(status.has_value()) << "unknown status " << name;
                const auto bytes = bytes_in(hex);
                const auto again = scale::decode<DirectRequestStatus>(bytes);
                count.record(section, name,
                             scale::encode(*status) == bytes && again && again.value() == *status);
            }
        } else if (section == "rpc_return_values") {
            for (const auto& entry : content.at("values")) {
                check_return_value(entry, count);
            }
        } else if (section == "json_rpc_id") {
            for (const auto& entry : content.at("cases")) {
                const auto id = entry.at("json").get<std::string>();
                const auto answer = answer_json_rpc(
                    backend, R"({"jsonrpc":"2.0","method":"system_name","params":[],"id":)" + id + "}");
                count.record(section, id,
                             answer == R"({"jsonrpc":"2.0","result":"Redoubt","id":)" + id + "}");
            }
        } else if (section == "import_block_responses") {
            for (const auto& entry : content.at("cases")) {
                const auto answer =
                    answer_json_rpc(backend, entry.at("request").get<std::string>()).value_or("");
                const auto json = Json::parse(answer, nullptr, false);
                count.record("not offered: sidechain_importBlock (unknown method)",
                             entry.at("request").get<std::string>().substr(0, 80),
                             json.is_object() && json["error"]["code"] == kMethodNotFound);
            }
        } else if (section == "js_provider_decoding") {
            for (const auto& entry : content.at("cases")) {
                // What the client does with replies is the client's; what it sends has to be understood here.
                if (entry.contains("encode")) {
                    const auto answer =
                        answer_json_rpc(backend, entry.at("output_json").get<std::string>()).value_or("");
                    count.record("requests of the JS provider", "encode",
                                 answer.find("-32601") != std::string::npos);
                } else {
                    not_offered.add("js_provider_decoding (what the client does with replies)", 1);
                }
            }
        } else if (section == "getter_return_types" || section == "account_info") {
            not_offered.add(section + " (values of the state transition function)",
                            content.contains("values") ? content.at("values").size() : 1);
        } else {
            ADD_FAILURE() << "unknown section " << section;
        }
    }
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
