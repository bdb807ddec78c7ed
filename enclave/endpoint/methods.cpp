#include <enclave/endpoint/methods.hpp>

#include <enclave/endpoint/json_text.hpp>
#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/rpc_return_value.hpp>
#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <primitives/json_string.hpp>
#include <stf/chain_reader.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace redoubt::enclave::endpoint {
namespace {

constexpr std::size_t kNameBytesShown = 64;
/// A Request around a getter: shard and a compact length.
constexpr std::size_t kRequestBytesMax = kGetterBytesMax + 32 + 4;
constexpr std::size_t kHashTextMax = 2 + 2 * 32;
constexpr std::size_t kAddressTextMax = 128;

std::string wrapped(const RpcReturnValue& value) {
    return json_string(to_hex_text(value));
}

MethodReply refused(std::string_view message) {
    return wrapped(RpcReturnValue::error(message));
}

RpcError invalid_params(std::string message) {
    return {.code = kInvalidParams, .message = std::move(message)};
}

/// Exactly `count` string parameters.
bool are_strings(Params params, std::size_t count) {
    return params.size() == count && std::ranges::all_of(params, [](const auto& p) { return p.has_value(); });
}

Result<Hash256> parse_shard(std::string_view text) {
    if (text.size() == kHashTextMax && text.starts_with("0x")) {
        return parse_hex_fixed<Hash256>(text);
    }
    BOOST_OUTCOME_TRY(const auto bytes, crypto::decode_base58(text));
    if (bytes.size() != Hash256::kSize) {
        return HexError::kWrongSize;
    }
    return Hash256::copy_of(std::span{bytes}.first<32>());
}

std::string wrong_shard(const EndpointBackend& backend) {
    // The first words are what the original answers.
    return "Shard does not exist: this worker serves " + crypto::encode_base58(backend.shard().view());
}

std::string error_text(const std::error_code& error) {
    return std::string{error.category().name()} + ": " + error.message();
}

MethodReply get_shielding_key(const EndpointBackend& backend, Params, ChainReads&) {
    return wrapped(RpcReturnValue::ok(scale::encode(backend.shielding_key_json())));
}

MethodReply get_shard(const EndpointBackend& backend, Params, ChainReads&) {
    return wrapped(RpcReturnValue::ok(to_bytes(backend.shard().view())));
}

MethodReply get_fingerprint(const EndpointBackend& backend, Params, ChainReads&) {
    return wrapped(RpcReturnValue::ok(to_bytes(backend.fingerprint().view())));
}

MethodReply get_shard_vault(const EndpointBackend&, Params, ChainReads&) {
    return refused("this shard has no vault: funds enter with EnclaveBridge.shield_funds");
}

MethodReply get_next_nonce(const EndpointBackend& backend, Params params, ChainReads&) {
    if (!are_strings(params, 2) || params[1]->size() > kAddressTextMax) {
        return invalid_params(
            "author_getNextNonce takes two strings: the shard in base58 or hex, and the account as SS58 "
            "address or hex");
    }
    const auto shard = parse_shard(*params[0]);
    if (!shard || shard.value() != backend.shard()) {
        return refused(wrong_shard(backend));
    }
    const auto account = crypto::parse_account_id(*params[1], std::nullopt);
    if (!account) {
        return refused("the account cannot be read: " + error_text(account.error()));
    }
    return wrapped(RpcReturnValue::ok(scale::encode(backend.nonce_of(account.value()))));
}

MethodReply execute_getter(const EndpointBackend& backend, Params params, ChainReads& reads) {
    if (!are_strings(params, 1)) {
        return invalid_params("state_executeGetter takes one string: the hex of a SCALE Request");
    }
    if (params[0]->size() > 2 + 2 * kRequestBytesMax) {
        return invalid_params("the getter is larger than 64 KiB");
    }
    const auto bytes = parse_hex(*params[0]);
    if (!bytes) {
        return invalid_params("the request cannot be read: " + error_text(bytes.error()));
    }
    const auto request = scale::decode<stf::Request>(bytes.value());
    if (!request) {
        return refused("Could not decode request: " + error_text(request.error()));
    }
    if (request.value().shard != backend.shard()) {
        return refused(wrong_shard(backend));
    }
    const auto value = backend.execute_getter(request.value(), reads);
    if (!value) {
        if (value.error() == stf::ChainReadError::kNotProvenYet) {
            return refused("the getter cannot be answered: it needs chain state, and " +
                           (reads.failure.empty() ? "it is not proven yet" : reads.failure));
        }
        return refused("the getter cannot be answered: " + error_text(value.error()));
    }
    return wrapped(RpcReturnValue::ok(scale::encode(value.value())));
}

MethodReply evidence(const EndpointBackend&, Params params, ChainReads& reads) {
    const auto nonce = are_strings(params, 1) && params[0]->size() <= 2 + 2 * kEvidenceNonceBytesMax
                           ? parse_hex(*params[0])
                           : Result<Bytes>{HexError::kWrongSize};
    // Digits without 0x may be two more than those of the longest nonce.
    if (!nonce || nonce.value().size() < kEvidenceNonceBytesMin ||
        nonce.value().size() > kEvidenceNonceBytesMax) {
        return invalid_params("redoubt_evidence takes one string: the hex of a nonce of 16 to 64 bytes");
    }
    if (!reads.evidence_nonce.empty() && reads.evidence_nonce != nonce.value()) {
        return invalid_params("redoubt_evidence: one nonce in a batch");
    }
    reads.evidence_nonce = nonce.value();
    if (!reads.evidence) {
        return "null";  // answered anew when the evidence is there
    }
    if (!*reads.evidence) {
        return RpcError{.code = reads.may_ask_for_evidence_again ? kEvidenceDelayed : kEvidenceUnavailable,
                        .message = "there is no evidence: " + reads.evidence->error().message()};
    }
    return reads.evidence->value();
}

std::string_view outcome_text(CallOutcome outcome) {
    switch (outcome) {
        case CallOutcome::kExecuted:
            return "executed";
        case CallOutcome::kFailed:
            return "failed";
        case CallOutcome::kUnknown:
            break;
    }
    return "unknown";
}

std::string payment_json(PaymentState payment) {
    switch (payment) {
        case PaymentState::kPending:
            return json_string("pending");
        case PaymentState::kPaid:
            return json_string("paid");
        case PaymentState::kReturned:
            return json_string("returned");
        case PaymentState::kNone:
            break;
    }
    return "null";
}

std::string hash_json(const Hash256& hash) {
    return json_string(to_hex_0x(hash.view()));
}

MethodReply call_status(const EndpointBackend& backend, Params params, ChainReads&) {
    if (!are_strings(params, 1) || params[0]->size() > kHashTextMax) {
        return invalid_params("redoubt_callStatus takes one string: the hex of a 32-byte hash");
    }
    const auto hash = parse_hex_fixed<Hash256>(*params[0]);
    if (!hash) {
        return invalid_params("redoubt_callStatus: the hash is not 32 bytes of hex");
    }
    const auto status = backend.call_status(hash.value());
    return R"({"status":)" + json_string(outcome_text(status.outcome)) + R"(,"reason":)" +
           (status.reason ? json_string(*status.reason) : "null") + R"(,"block_number":)" +
           (status.block ? std::to_string(status.block->number) : "null") + R"(,"block_hash":)" +
           (status.block ? hash_json(status.block->hash) : "null") + R"(,"payment":)" +
           payment_json(status.payment) + "}";
}

MethodReply state_root(const EndpointBackend& backend, Params params, ChainReads&) {
    std::uint32_t block = 0;
    const auto* const text = params.size() == 1 && params[0] ? &*params[0] : nullptr;
    const auto parsed = text == nullptr ? std::from_chars_result{nullptr, std::errc::invalid_argument}
                                        : std::from_chars(text->data(), text->data() + text->size(), block);
    if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size()) {
        return invalid_params("redoubt_stateRoot takes one string: the decimal number of a block");
    }
    const auto root = backend.state_root(block);
    return R"({"block_number":)" + std::to_string(block) + R"(,"state_root":)" +
           (root ? hash_json(*root) : "null") + "}";
}

MethodReply system_version(const EndpointBackend& backend, Params, ChainReads&) {
    // Without a SCALE length, as the original has it.
    return wrapped(
        RpcReturnValue::ok(to_bytes(bytes_of("enclave-runtime: " + std::string{backend.version()}))));
}

MethodReply system_name(const EndpointBackend&, Params, ChainReads&) {
    return json_string("Redoubt");
}

std::string block_json(const boundary::BlockId& block) {
    return R"({"number":)" + std::to_string(block.number) + R"(,"hash":)" + hash_json(block.hash) + "}";
}

std::string relay_json(const boundary::RelayReport& report) {
    return R"({"genesis":)" + hash_json(report.chain.genesis_hash) + R"(,"paraId":)" +
           std::to_string(report.chain.para_id) + R"(,"finalized":)" + block_json(report.finalized) + "}";
}

std::string finality_json(const boundary::FinalityReport& report) {
    return R"({"anchor":)" + block_json(report.anchor) + R"(,"finalized":)" + block_json(report.finalized) +
           R"(,"setId":)" + std::to_string(report.set_id) + R"(,"authorities":)" +
           std::to_string(report.authorities) + R"(,"halted":)" + (report.halted != 0 ? "true" : "false") +
           R"(,"relay":)" + (report.relay ? relay_json(*report.relay) : "null") + "}";
}

MethodReply system_health(const EndpointBackend& backend, Params, ChainReads&) {
    // The first three fields are what Substrate's clients know; a worker has no peers.
    const auto health = backend.health();
    return std::string{R"({"peers":0,"isSyncing":)"} + (health.following ? "false" : "true") +
           R"(,"shouldHavePeers":false,"following":)" + (health.following ? "true" : "false") +
           R"(,"lastBlock":)" + (health.last_block ? std::to_string(health.last_block->number) : "null") +
           R"(,"lastBlockHash":)" + (health.last_block ? hash_json(health.last_block->hash) : "null") +
           R"(,"stateRoot":)" + (health.state_root ? hash_json(*health.state_root) : "null") +
           R"(,"specVersion":)" + (health.spec_version ? std::to_string(*health.spec_version) : "null") +
           R"(,"outboxSize":)" + std::to_string(health.outbox_size) + R"(,"chainTime":)" +
           std::to_string(health.chain_time_ms) + R"(,"stale":)" + (health.stale ? "true" : "false") +
           R"(,"finality":)" + (health.finality ? finality_json(*health.finality) : "null") + "}";
}

MethodReply rpc_methods(const EndpointBackend&, Params, ChainReads&) {
    std::string out = R"({"methods":[)";
    for (const auto name : method_names()) {
        out += (out.back() == '[' ? "" : ",") + json_string(name);
    }
    return out + "]}";
}

struct Method {
    std::string_view name;
    MethodReply (*call)(const EndpointBackend&, Params, ChainReads&);
    /// The result is an RpcReturnValue.
    bool is_wrapped = true;
};

constexpr std::array kMethods = {
    Method{"author_getFingerprint", get_fingerprint},
    Method{"author_getNextNonce", get_next_nonce},
    Method{"author_getShard", get_shard},
    Method{"author_getShardVault", get_shard_vault},
    Method{"author_getShieldingKey", get_shielding_key},
    Method{"redoubt_callStatus", call_status, false},
    Method{"redoubt_evidence", evidence, false},
    Method{"redoubt_stateRoot", state_root, false},
    Method{"rpc_methods", rpc_methods, false},
    Method{"state_executeGetter", execute_getter},
    Method{"system_health", system_health, false},
    Method{"system_name", system_name, false},
    Method{"system_version", system_version},
};
static_assert(std::ranges::is_sorted(kMethods, {}, &Method::name));

}  // namespace

MethodReply call_method(const EndpointBackend& backend,
                        std::string_view name,
                        Params params,
                        ChainReads& reads) {
    const auto* const found = std::ranges::find(kMethods, name, &Method::name);
    if (found != kMethods.end()) {
        auto reply = found->call(backend, params, reads);
        if (!backend.state_is_readable()) {
            constexpr std::string_view kUnreadable =
                "the worker cannot read its state: its operator has to look at it";
            return found->is_wrapped ? refused(kUnreadable) : RpcError{.message = std::string{kUnreadable}};
        }
        return reply;
    }
    if (name == "author_submitExtrinsic" || name == "author_submitAndWatchExtrinsic") {
        // Not a JSON-RPC error: client 0.14.2 would take that for a call that was accepted.
        return refused(
            "this worker takes no direct calls: submit the call through the chain with "
            "EnclaveBridge.invoke");
    }
    return RpcError{.code = kMethodNotFound,
                    .message = "there is no method `" + std::string{truncate_utf8(name, kNameBytesShown)} +
                               "`; rpc_methods lists what this worker offers"};
}

std::vector<std::string_view> method_names() {
    std::vector<std::string_view> out;
    out.reserve(kMethods.size());
    for (const auto& method : kMethods) {
        out.push_back(method.name);
    }
    return out;
}

}  // namespace redoubt::enclave::endpoint
