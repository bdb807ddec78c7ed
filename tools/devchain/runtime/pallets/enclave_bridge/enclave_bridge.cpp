#include <algorithm>
#include <tools/devchain/runtime/limits.hpp>
#include <tools/devchain/runtime/pallets/balances/balances.hpp>
#include <tools/devchain/runtime/pallets/enclave_bridge/enclave_bridge.hpp>
#include <tools/devchain/runtime/pallets/teerex/teerex.hpp>

namespace redoubt::devchain::enclave_bridge {
namespace {

constexpr Event<Hash256> kIndirectInvocationRegistered{0, "IndirectInvocationRegistered", {""}};
constexpr Event<Hash256, Bytes, Balance> kShieldFunds{1,
                                                      "ShieldFunds",
                                                      {"shard", "encrypted_beneficiary", "amount"}};
constexpr Event<Hash256, AccountId, Balance> kUnshieldedFunds{2,
                                                              "UnshieldedFunds",
                                                              {"shard", "beneficiary", "amount"}};
constexpr Event<Hash256, Hash256, Hash256, BlockNumber> kProcessedParentchainBlock{
    3,
    "ProcessedParentchainBlock",
    {"shard", "block_hash", "trusted_calls_merkle_root", "block_number"}};
constexpr Event<Hash256, Hash256, Bytes> kPublishedHash{4,
                                                        "PublishedHash",
                                                        {"enclave_fingerprint", "hash", "data"}};
constexpr Event<Hash256> kShardConfigUpdated{5, "ShardConfigUpdated", {""}};
constexpr Event<Hash256, AccountId> kPurgedEnclaveFromShardConfig{6,
                                                                  "PurgedEnclaveFromShardConfig",
                                                                  {"shard", "subject"}};

constexpr Error<> kWrongFingerprintForShard{0, "WrongFingerprintForShard"};
constexpr Error<> kTooManyTopics{1, "TooManyTopics"};
constexpr Error<> kDataTooLong{2, "DataTooLong"};
constexpr Error<> kTooManyEnclaves{3, "TooManyEnclaves"};
constexpr Error<> kEnclaveNotFoundInShardStatus{4, "EnclaveNotFoundInShardStatus"};
constexpr Error<> kShardNotFound{5, "ShardNotFound"};

constexpr std::size_t kSignersMax = 10;

constexpr DispatchInfo info_of(std::uint64_t ref_time, std::uint64_t proof_size) {
    return {Weight::of(ref_time, proof_size)};
}

/// As the real pallet announces it: by the length of the data, which it counts as if it were topics.
DispatchInfo publish_hash_info(const Hash256&, const std::vector<Hash256>&, const Bytes& data) {
    const std::uint64_t count = data.size();
    return info_of(445'108'997 + (kReadWeight + kWriteWeight) * count, 3'873 + 2'475 * count);
}

/// Notes that an enclave acted for a shard at this block.
Dispatched<ShardSigners> touch_shard(Context& context,
                                     const AccountId& signer,
                                     const Hash256& fingerprint,
                                     const Hash256& shard) {
    auto signers = kShardStatus.get(context.storage(), shard);
    const ShardSignerStatus status{signer, fingerprint, context.block_number()};
    const auto known = std::ranges::find(signers.items, signer, &ShardSignerStatus::signer);
    if (known != signers.items.end()) {
        *known = status;
    } else if (signers.items.size() >= kSignersMax) {
        return module_error(kIndex, kTooManyEnclaves);
    } else {
        signers.items.push_back(status);
    }
    kShardStatus.put(context.storage(), shard, signers);
    return signers;
}

/// Puts a pending configuration into force whose block has come.
void settle_config(Context& context, const Hash256& shard) {
    const auto config = kShardConfigRegistry.find(context.storage(), shard);
    if (config && config->pending_upgrade && config->upgrade_at &&
        *config->upgrade_at <= context.block_number()) {
        kShardConfigRegistry.put(context.storage(), shard,
                                 {*config->pending_upgrade, std::nullopt, std::nullopt});
    }
}

/// The account whose id is the shard's: what is shielded lies there.
AccountId vault_of(const Hash256& shard) {
    return {shard.bytes};
}

}  // namespace

void EnclaveBridge::describe(PalletDescription& description) const {
    description.call(0, "invoke", {"request"}, info_of(240'275'000, 0), &EnclaveBridge::invoke);
    description.call(1, "confirm_processed_parentchain_block",
                     {"shard", "block_hash", "block_number", "trusted_calls_merkle_root"},
                     info_of(327'317'000, 3'873), &EnclaveBridge::confirm_processed_parentchain_block);
    description.call(2, "shield_funds", {"shard", "incognito_account_encrypted", "amount"},
                     info_of(316'883'000, 3'593), &EnclaveBridge::shield_funds);
    description.call(3, "unshield_funds", {"shard", "beneficiary", "amount", "call_hash"},
                     info_of(771'775'000, 6'196), &EnclaveBridge::unshield_funds);
    description.call(4, "publish_hash", {"hash", "extra_topics", "data"}, publish_hash_info,
                     &EnclaveBridge::publish_hash);
    description.call(5, "update_shard_config", {"shard", "shard_config", "enactment_delay"},
                     info_of(442'237'000, 3'986), &EnclaveBridge::update_shard_config);
    description.call(6, "purge_enclave_from_shard_status", {"shard", "subject"}, info_of(155'781'000, 3'688),
                     &EnclaveBridge::purge_enclave_from_shard_status);
    description.events(kIndirectInvocationRegistered, kShieldFunds, kUnshieldedFunds,
                       kProcessedParentchainBlock, kPublishedHash, kShardConfigUpdated,
                       kPurgedEnclaveFromShardConfig);
    description.errors(kWrongFingerprintForShard, kTooManyTopics, kDataTooLong, kTooManyEnclaves,
                       kEnclaveNotFoundInShardStatus, kShardNotFound);
    description.storage(kShardStatus, kShardConfigRegistry, kExecutedUnshieldCalls);
}

Dispatched<> EnclaveBridge::invoke(Context& context, const Origin& origin, const Request& request) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    context.deposit(kIndex, kIndirectInvocationRegistered, request.shard);
    return success();
}

Dispatched<> EnclaveBridge::confirm_processed_parentchain_block(
    Context& context,
    const Origin& origin,
    const Hash256& shard,
    const Hash256& block_hash,
    BlockNumber block_number,
    const Hash256& trusted_calls_merkle_root) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(act_for_shard(context, sender, shard));
    context.deposit(kIndex, kProcessedParentchainBlock, shard, block_hash, trusted_calls_merkle_root,
                    block_number);
    return success();
}

Dispatched<> EnclaveBridge::shield_funds(Context& context,
                                         const Origin& origin,
                                         const Hash256& shard,
                                         const Bytes& incognito_account_encrypted,
                                         Balance amount) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(
        balances::transfer(context, sender, vault_of(shard), amount, balances::Existence::kAllowDeath));
    context.deposit(kIndex, kShieldFunds, shard, incognito_account_encrypted, amount);
    return success();
}

Dispatched<> EnclaveBridge::unshield_funds(Context& context,
                                           const Origin& origin,
                                           const Hash256& shard,
                                           const AccountId& beneficiary,
                                           Balance amount,
                                           const Hash256& call_hash) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(act_for_shard(context, sender, shard));
    const auto confirmations = kExecutedUnshieldCalls.find(context.storage(), call_hash);
    if (!confirmations) {
        BOOST_OUTCOME_TRY(balances::transfer(context, vault_of(shard), beneficiary, amount,
                                             balances::Existence::kAllowDeath));
        context.deposit(kIndex, kUnshieldedFunds, shard, beneficiary, amount);
    }
    kExecutedUnshieldCalls.put(context.storage(), call_hash, confirmations.value_or(0) + 1);
    return success();
}

Dispatched<> EnclaveBridge::publish_hash(Context& context,
                                         const Origin& origin,
                                         const Hash256& hash,
                                         const std::vector<Hash256>& extra_topics,
                                         const Bytes& data) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto enclave, teerex::sovereign_enclave(context.storage(), sender));
    const auto fingerprint = enclave.fingerprint();
    BOOST_OUTCOME_TRY(touch_shard(context, sender, fingerprint, fingerprint));
    if (extra_topics.size() > kTopicsMax) {
        return module_error(kIndex, kTooManyTopics);
    }
    if (data.size() > kDataBytesMax) {
        return module_error(kIndex, kDataTooLong);
    }
    auto topics = extra_topics;
    topics.push_back(fingerprint);
    context.deposit_indexed(kIndex, topics, kPublishedHash, fingerprint, hash, data);
    return success();
}

Dispatched<> EnclaveBridge::update_shard_config(Context& context,
                                                const Origin& origin,
                                                const Hash256& shard,
                                                const ShardConfig& shard_config,
                                                BlockNumber enactment_delay) const {
    const auto now = context.block_number();
    const auto known = kShardConfigRegistry.find(context.storage(), shard);
    if (!origin.is_root()) {
        BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
        BOOST_OUTCOME_TRY(const auto enclave, teerex::sovereign_enclave(context.storage(), sender));
        if (known && known->effective(now).enclave_fingerprint != enclave.fingerprint()) {
            return module_error(kIndex, kWrongFingerprintForShard);
        }
        BOOST_OUTCOME_TRY(touch_shard(context, sender, enclave.fingerprint(), shard));
    }
    UpgradableShardConfig updated{shard_config, std::nullopt, std::nullopt};
    if (known) {
        const auto upgrade_at = enactment_delay > UINT32_MAX - now ? UINT32_MAX : now + enactment_delay;
        updated = {known->effective(now), shard_config, upgrade_at};
    }
    kShardConfigRegistry.put(context.storage(), shard, updated);
    context.deposit(kIndex, kShardConfigUpdated, shard);
    return success();
}

Dispatched<> EnclaveBridge::purge_enclave_from_shard_status(Context& context,
                                                            const Origin& origin,
                                                            const Hash256& shard,
                                                            const AccountId& subject) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    auto signers = kShardStatus.find(context.storage(), shard);
    if (!signers) {
        return module_error(kIndex, kShardNotFound);
    }
    const auto removed =
        std::erase_if(signers->items, [&](const auto& status) { return status.signer == subject; });
    if (removed == 0) {
        return module_error(kIndex, kEnclaveNotFoundInShardStatus);
    }
    kShardStatus.put(context.storage(), shard, *signers);
    context.deposit(kIndex, kPurgedEnclaveFromShardConfig, shard, subject);
    return success();
}

Dispatched<ShardSigners> act_for_shard(Context& context, const AccountId& signer, const Hash256& shard) {
    BOOST_OUTCOME_TRY(const auto enclave, teerex::sovereign_enclave(context.storage(), signer));
    const auto config = kShardConfigRegistry.find(context.storage(), shard);
    const auto& expected = config ? config->effective(context.block_number()).enclave_fingerprint : shard;
    if (enclave.fingerprint() != expected) {
        return module_error(kIndex, kWrongFingerprintForShard);
    }
    settle_config(context, shard);
    return touch_shard(context, signer, enclave.fingerprint(), shard);
}

}  // namespace redoubt::devchain::enclave_bridge
