// What ChainClient knows of an account: its balance, and the nonce that its next transaction takes.
#include <primitives/crypto/ss58.hpp>
#include <registry-client/chain_client.hpp>
#include <registry-client/chain_client_parts.hpp>
#include <registry-client/json_codec.hpp>
#include <registry-client/pooled_nonces.hpp>

#include <spdlog/spdlog.h>
#include <algorithm>
#include <array>
#include <substrate/storage_key.hpp>

namespace redoubt::registry_client {

using nlohmann::json;

namespace {

constexpr std::string_view kPending = "author_pendingExtrinsics";
/// As many as the pool of a node holds by default; with more, the node's own count is believed.
constexpr std::size_t kPooledMax = 8192;

uint128 amount_of(const substrate::Value* data, std::string_view name) {
    const auto* field = data == nullptr ? nullptr : data->find(name);
    return field == nullptr ? 0 : field->as_u128().value_or(0);
}

}  // namespace

Task<Reply<std::optional<std::uint32_t>>> ChainClient::reported_nonce(AccountId account) {
    const auto self = shared_from_this();
    auto parameters = json::array({crypto::encode_ss58(account.view(), runtime()->ss58_prefix)});
    const auto answer = co_await parts_->rpc->call("system_accountNextIndex", std::move(parameters));
    if (answer) {
        BOOST_OUTCOME_CO_TRY(const auto nonce, u32_from_json(answer.value(), "system_accountNextIndex"));
        co_return std::optional{nonce};
    }
    if (answer.error().remote && answer.error().remote->code == kMethodNotFound) {
        co_return std::optional<std::uint32_t>{};
    }
    co_return answer.error();
}

Task<Reply<std::set<std::uint32_t>>> ChainClient::pooled_nonces(AccountId account) {
    const auto self = shared_from_this();
    auto no_parameters = json::array();
    const auto answer = co_await parts_->rpc->call(std::string{kPending}, std::move(no_parameters));
    if (!answer) {
        if (answer.error() == rpc::RpcError::kRemoteError) {
            co_return std::set<std::uint32_t>{};
        }
        co_return answer.error();
    }
    BOOST_OUTCOME_CO_TRY(const auto pool, bytes_list_from_json(answer.value(), kPending));
    if (pool.size() > kPooledMax) {
        co_return std::set<std::uint32_t>{};
    }
    co_return nonces_of(runtime()->metadata, pool, account);
}

Task<Reply<std::uint32_t>> ChainClient::account_nonce(AccountId account) {
    const auto self = shared_from_this();
    auto& nonces = *parts_->nonces;
    BOOST_OUTCOME_CO_TRY(const auto reported, co_await reported_nonce(account));
    BOOST_OUTCOME_CO_TRY(const auto info, co_await account_info(account));
    const auto after_own = co_await nonces.next_free(account, info.nonce);
    if (!reported || *reported <= after_own) {
        co_return after_own;
    }
    // Between the state and what the node reports lie transactions that this process does not follow.
    BOOST_OUTCOME_CO_TRY(auto pooled, co_await pooled_nonces(account));
    if (pooled.empty()) {
        co_return co_await nonces.next_free(account, *reported);
    }
    // Read after the pool, so that what left it for a block in the meantime is counted here.
    BOOST_OUTCOME_CO_TRY(const auto later, co_await account_info(account));
    const auto nonce = co_await nonces.next_free(account, later.nonce, std::move(pooled));
    if (nonce < *reported) {
        spdlog::info("the node counts transactions above a missing one: nonce {} is taken, not {}", nonce,
                     *reported);
    }
    co_return nonce;
}

Task<Reply<AccountInfo>> ChainClient::account_info(AccountId account, std::optional<Hash256> at) {
    const auto self = shared_from_this();
    const auto used = runtime();
    const std::array<Bytes, 1> key_parts{to_bytes(account.view())};
    auto key = substrate::storage_key(used->metadata, "System", "Account", key_parts);
    if (!key) {
        co_return rpc::Failure{make_error_code(ChainError::kUnknownPallet), "System.Account"};
    }
    BOOST_OUTCOME_CO_TRY(const auto stored, co_await storage(std::move(key).value(), at));
    std::optional<ByteView> view;
    if (stored) {
        view = *stored;
    }
    const auto value = substrate::decode_storage_value(used->metadata, "System", "Account", view);
    if (!value) {
        co_return bad_answer("System.Account", value.error().message());
    }
    AccountInfo out;
    if (!value.value()) {
        co_return out;
    }
    const auto* nonce = value.value()->find("nonce");
    out.nonce = static_cast<std::uint32_t>(nonce == nullptr ? 0 : nonce->as_u64().value_or(0));
    const auto* data = value.value()->find("data");
    out.free = amount_of(data, "free");
    out.reserved = amount_of(data, "reserved");
    // Runtimes older than 2023 tell two kinds of locks apart.
    out.frozen =
        std::max({amount_of(data, "frozen"), amount_of(data, "misc_frozen"), amount_of(data, "fee_frozen")});
    co_return out;
}

}  // namespace redoubt::registry_client
