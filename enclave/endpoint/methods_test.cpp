#include <enclave/endpoint/methods.hpp>

#include <gmock/gmock.h>
#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/rpc_return_value.hpp>
#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string json_of(const MethodReply& reply) {
    const auto* text = std::get_if<std::string>(&reply);
    return text == nullptr ? "error " + std::get_if<RpcError>(&reply)->message : *text;
}

int code_of(const MethodReply& reply) {
    const auto* error = std::get_if<RpcError>(&reply);
    return error == nullptr ? 0 : error->code;
}

RpcReturnValue value_of(const MethodReply& reply) {
    auto text = json_of(reply);
    EXPECT_TRUE(text.size() > 2 && text.front() == '"') << text;
    const auto value = parse_rpc_return_value(text.substr(1, text.size() - 2));
    EXPECT_TRUE(value.has_value()) << text;
    return value ? value.value() : RpcReturnValue{};
}

/// The message of a refusal that the stock clients understand.
std::string refusal_of(const MethodReply& reply) {
    const auto value = value_of(reply);
    EXPECT_EQ(value.status.kind, DirectRequestStatus::Kind::kError);
    const auto message = scale::decode<std::string>(value.value);
    return message ? message.value() : "";
}

class Methods : public ::testing::Test {
  protected:
    MethodReply call(std::string_view name, std::vector<std::optional<std::string_view>> params = {}) {
        ChainReads reads;
        return call_method(backend, name, params, reads);
    }
    static std::string request(const Hash256& shard, std::size_t getter_bytes = 4) {
        return to_hex_0x(scale::encode(stf::Request{.shard = shard, .cyphertext = Bytes(getter_bytes, 1)}));
    }

    FakeBackend backend;
    const AccountId alice = filled<AccountId>(0xd4);
};

TEST_F(Methods, returns_the_shielding_key_as_a_string) {
    const auto value = value_of(call("author_getShieldingKey"));
    EXPECT_EQ(value, RpcReturnValue::ok(scale::encode(backend.key_json)));
}

TEST_F(Methods, returns_shard_and_fingerprint_as_raw_bytes) {
    EXPECT_EQ(value_of(call("author_getShard")).value, to_bytes(backend.shard_id.view()));
    EXPECT_EQ(value_of(call("author_getFingerprint")).value, to_bytes(backend.measurement.view()));
}

TEST_F(Methods, refuses_the_vault_that_does_not_exist) {
    EXPECT_THAT(refusal_of(call("author_getShardVault")), HasSubstr("no vault"));
}

TEST_F(Methods, returns_the_nonce_for_each_spelling_of_shard_and_account) {
    backend.nonces[alice] = 5;
    const auto five = RpcReturnValue::ok(scale::encode(std::uint32_t{5}));
    const auto base58 = crypto::encode_base58(backend.shard_id.view());
    const auto hex = to_hex_0x(backend.shard_id.view());
    const auto address = crypto::encode_ss58(alice.view(), 42);
    const auto account_hex = to_hex_0x(alice.view());
    EXPECT_EQ(value_of(call("author_getNextNonce", {base58, account_hex})), five);
    EXPECT_EQ(value_of(call("author_getNextNonce", {hex, address})), five);
}

TEST_F(Methods, refuses_a_nonce_of_another_shard_or_of_no_account) {
    const auto hex = to_hex_0x(backend.shard_id.view());
    const auto account_hex = to_hex_0x(alice.view());
    EXPECT_THAT(refusal_of(call("author_getNextNonce", {"1111", account_hex})),
                StartsWith("Shard does not exist"));
    EXPECT_THAT(refusal_of(call("author_getNextNonce", {"", account_hex})),
                StartsWith("Shard does not exist"));
    EXPECT_THAT(refusal_of(call("author_getNextNonce", {hex, "0x1234"})), HasSubstr("account"));
}

TEST_F(Methods, rejects_wrong_numbers_and_kinds_of_params) {
    for (const auto* method : {"author_getNextNonce", "state_executeGetter", "redoubt_callStatus"}) {
        EXPECT_EQ(code_of(call(method)), kInvalidParams) << method;
        EXPECT_EQ(code_of(call(method, {std::nullopt})), kInvalidParams) << method;
        EXPECT_EQ(code_of(call(method, {"a", "b", "c"})), kInvalidParams) << method;
    }
    EXPECT_EQ(code_of(call("state_executeGetter", {"0x0"})), kInvalidParams);
    EXPECT_EQ(code_of(call("state_executeGetter", {"no hex"})), kInvalidParams);
}

TEST_F(Methods, returns_what_a_getter_gives) {
    EXPECT_EQ(json_of(call("state_executeGetter", {request(backend.shard_id)})), "\"0x1801102a0000000000\"");
    backend.getter = [](const stf::Request&) { return Result<std::optional<Bytes>>{std::nullopt}; };
    EXPECT_EQ(json_of(call("state_executeGetter", {request(backend.shard_id)})), "\"0x04000000\"");
}

TEST_F(Methods, refuses_getters_that_cannot_be_answered) {
    EXPECT_THAT(refusal_of(call("state_executeGetter", {request(filled<Hash256>(8))})),
                StartsWith("Shard does not exist"));
    EXPECT_THAT(refusal_of(call("state_executeGetter", {"0x"})), StartsWith("Could not decode request"));
    EXPECT_THAT(refusal_of(call("state_executeGetter", {request(backend.shard_id) + "00"})),
                StartsWith("Could not decode request"));
    backend.getter = [](const stf::Request&) -> Result<std::optional<Bytes>> { return DecodeError::kBadTag; };
    EXPECT_THAT(refusal_of(call("state_executeGetter", {request(backend.shard_id)})), HasSubstr("answered"));
}

TEST_F(Methods, bounds_the_size_of_a_getter) {
    EXPECT_EQ(value_of(call("state_executeGetter", {request(backend.shard_id, kGetterBytesMax)})).status.kind,
              DirectRequestStatus::Kind::kOk);
    EXPECT_EQ(code_of(call("state_executeGetter", {request(backend.shard_id, kGetterBytesMax + 1)})),
              kInvalidParams);
}

TEST_F(Methods, returns_the_status_of_a_call) {
    const auto hash = filled<Hash256>(0xab);
    const auto text = to_hex_0x(hash.view());
    EXPECT_EQ(json_of(call("redoubt_callStatus", {text})),
              R"({"status":"unknown","reason":null,"block_number":null,"block_hash":null,"payment":null})");
    backend.statuses[hash] = {.outcome = CallOutcome::kFailed,
                              .reason = "wrong \"nonce\"",
                              .block = boundary::BlockId{.number = 12, .hash = filled<Hash256>(1)},
                              .payment = PaymentState::kNone};
    EXPECT_EQ(json_of(call("redoubt_callStatus", {text})),
              R"({"status":"failed","reason":"wrong \"nonce\"","block_number":12,"block_hash":")" +
                  to_hex_0x(filled<Hash256>(1).view()) + R"(","payment":null})");
    for (const auto& [payment, name] :
         {std::pair{PaymentState::kPending, "pending"}, std::pair{PaymentState::kPaid, "paid"},
          std::pair{PaymentState::kReturned, "returned"}}) {
        backend.statuses[hash].payment = payment;
        EXPECT_THAT(json_of(call("redoubt_callStatus", {text})),
                    EndsWith(std::string{R"(,"payment":")"} + name + "\"}"));
    }
    backend.statuses[hash].outcome = CallOutcome::kExecuted;
    EXPECT_THAT(json_of(call("redoubt_callStatus", {text})), StartsWith(R"({"status":"executed")"));
    EXPECT_EQ(code_of(call("redoubt_callStatus", {"0x1234"})), kInvalidParams);
}

TEST_F(Methods, tells_the_root_of_the_state_after_a_block) {
    const auto root = filled<Hash256>(7);
    backend.state_roots[12] = root;
    EXPECT_EQ(json_of(call("redoubt_stateRoot", {"12"})),
              R"({"block_number":12,"state_root":")" + to_hex_0x(root.view()) + "\"}");
    EXPECT_EQ(json_of(call("redoubt_stateRoot", {"13"})), R"({"block_number":13,"state_root":null})");
    for (const auto* text : {"", "-1", "0x0c", "12 ", "4294967296"}) {
        EXPECT_EQ(code_of(call("redoubt_stateRoot", {text})), kInvalidParams) << text;
    }
}

TEST_F(Methods, says_that_it_cannot_read_its_state_instead_of_answering) {
    backend.readable = false;
    EXPECT_EQ(code_of(call("redoubt_callStatus", {to_hex_0x(filled<Hash256>(7).view())})), kInternalError);
    EXPECT_EQ(value_of(call("author_getShard")).status.kind, DirectRequestStatus::Kind::kError);
}

TEST_F(Methods, describes_itself) {
    EXPECT_EQ(value_of(call("system_version")).value, to_bytes(bytes_of("enclave-runtime: 0.1.0")));
    EXPECT_EQ(json_of(call("system_name")), "\"Redoubt\"");
    EXPECT_EQ(
        json_of(call("system_health")),
        R"({"peers":0,"isSyncing":true,"shouldHavePeers":false,"following":false,"lastBlock":null,)"
        R"("lastBlockHash":null,"stateRoot":null,"specVersion":null,"outboxSize":0,"chainTime":0,"stale":false,)"
        R"("finality":null})");
}

TEST_F(Methods, says_what_the_enclave_believes_of_the_chain) {
    backend.report.stale = true;
    backend.report.chain_time_ms = 1'700'000'000'000;
    backend.report.finality = boundary::FinalityReport{.anchor = {},
                                                       .finalized = {.number = 7, .hash = {}},
                                                       .set_id = 2,
                                                       .authorities = 4,
                                                       .blocks_waiting = 0,
                                                       .halted = 1,
                                                       .relay = std::nullopt};
    const auto zeros = "0x" + std::string(64, '0');
    EXPECT_THAT(
        json_of(call("system_health")),
        EndsWith(R"("chainTime":1700000000000,"stale":true,"finality":{"anchor":{"number":0,"hash":")" +
                 zeros + R"("},"finalized":{"number":7,"hash":")" + zeros +
                 R"("},"setId":2,"authorities":4,"halted":true,"relay":null}})"));
    backend.report.finality->relay =
        boundary::RelayReport{.chain = {.genesis_hash = {}, .para_id = 2015}, .finalized = {9, {}}};
    EXPECT_THAT(json_of(call("system_health")),
                EndsWith(R"("halted":true,"relay":{"genesis":")" + zeros +
                         R"(","paraId":2015,"finalized":{"number":9,"hash":")" + zeros + R"("}}}})"));
}

TEST_F(Methods, lists_exactly_what_it_offers) {
    EXPECT_EQ(
        json_of(call("rpc_methods")),
        R"({"methods":["author_getFingerprint","author_getNextNonce","author_getShard",)"
        R"("author_getShardVault","author_getShieldingKey","redoubt_callStatus","redoubt_evidence","redoubt_stateRoot","rpc_methods",)"
        R"("state_executeGetter","system_health","system_name","system_version"]})");
    for (const auto name : method_names()) {
        EXPECT_NE(code_of(call(name)), kMethodNotFound) << name;
    }
}

// A JSON-RPC error would look like an accepted call to client 0.14.2.
TEST_F(Methods, refuses_direct_calls_in_a_form_that_clients_understand) {
    for (const auto* method : {"author_submitExtrinsic", "author_submitAndWatchExtrinsic"}) {
        EXPECT_THAT(refusal_of(call(method, {"0x00"})), HasSubstr("EnclaveBridge.invoke"));
    }
}

TEST_F(Methods, rejects_unknown_methods) {
    EXPECT_EQ(code_of(call("author_pendingExtrinsics")), kMethodNotFound);
    EXPECT_EQ(code_of(call("")), kMethodNotFound);
    const auto reply = call(std::string(10'000, 'm'));
    EXPECT_LT(std::get_if<RpcError>(&reply)->message.size(), 200U);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
