#include <tools/wallet/shard_lookup.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <substrate/storage_key.hpp>
#include <tools/wallet/identifiers.hpp>

namespace redoubt::wallet {
namespace {

using registry_client::ShardSigner;
using registry_client::UpgradableShardConfig;

/// How far ahead of this machine's clock a registration may be.
constexpr std::uint64_t kClockSkewMs = 300'000;
/// Of many shards so many are named in a message.
constexpr std::size_t kShardsListedMax = 8;

/// The shards that have an entry in a map keyed by shard.
Task<Fallible<std::set<Hash256>>> shards_in(ChainClientPtr chain, std::string item, Hash256 at) {
    const auto runtime = chain->runtime();
    auto prefix = substrate::storage_prefix(runtime->metadata, "EnclaveBridge", item);
    if (!prefix) {
        co_return refused("pallet_missing", "the runtime has no storage EnclaveBridge." + item,
                          "Name the shard with --shard.");
    }
    const std::string doing = "the shards cannot be listed";
    BOOST_OUTCOME_CO_TRY(const auto keys, lift(co_await chain->storage_keys(prefix.value(), at), doing));
    std::set<Hash256> shards;
    for (const auto& key : keys) {
        const auto parts = substrate::split_storage_key(runtime->metadata, "EnclaveBridge", item, key);
        if (parts && parts.value().size() == 1 && parts.value()[0].size() == Hash256::kSize) {
            shards.insert(Hash256::copy_of(std::span<const std::uint8_t, 32>{parts.value()[0]}));
        }
    }
    co_return shards;
}

Task<Fallible<Hash256>> only_shard(ChainClientPtr chain, std::vector<EnclaveEntry> enclaves, Hash256 at) {
    BOOST_OUTCOME_CO_TRY(auto shards, co_await shards_in(chain, "ShardStatus", at));
    BOOST_OUTCOME_CO_TRY(const auto configured, co_await shards_in(chain, "ShardConfigRegistry", at));
    shards.insert(configured.begin(), configured.end());
    if (shards.empty()) {
        for (const auto& enclave : enclaves) {
            shards.insert(enclave.fingerprint);
        }
    }
    if (shards.size() == 1) {
        co_return *shards.begin();
    }
    if (shards.empty()) {
        co_return unreachable(
            "shard_none", "the chain knows no shard, and no enclave is registered",
            "Start a worker (redoubtd run), or connect to the chain where one is registered.");
    }
    co_return shard_ambiguous({shards.begin(), shards.end()});
}

}  // namespace

Failure shard_ambiguous(const std::vector<Hash256>& shards) {
    std::string listed;
    Json names = Json::array();
    for (const auto& shard : shards) {
        names.push_back(to_base58(shard));
        if (names.size() <= kShardsListedMax) {
            listed += (listed.empty() ? "" : ", ") + to_base58(shard);
        }
    }
    if (shards.size() > kShardsListedMax) {
        listed += " and " + std::to_string(shards.size() - kShardsListedMax) + " more";
    }
    auto failure = usage_failure(
        "shard_ambiguous", "the chain knows " + std::to_string(shards.size()) + " shards: " + listed,
        "Name one with --shard; `redoubt registry list` shows which program each enclave runs, "
        "and `redoubt shard show SHARD` the workers of one.");
    failure.details = {{"shards", std::move(names)}};
    return failure;
}

const registry_client::ShardConfig* config_in_force(const std::optional<UpgradableShardConfig>& config,
                                                    std::uint32_t block_number) {
    if (!config) {
        return nullptr;
    }
    if (config->pending && config->upgrade_at_block && *config->upgrade_at_block <= block_number) {
        return &*config->pending;
    }
    return &config->active;
}

std::vector<ShardWorker> rank_workers(const std::vector<EnclaveEntry>& enclaves,
                                      const std::vector<ShardSigner>& signers,
                                      const Hash256& fingerprint) {
    std::vector<ShardWorker> out;
    for (const auto& enclave : enclaves) {
        if (enclave.fingerprint != fingerprint) {
            continue;
        }
        const auto signer = std::ranges::find(signers, enclave.account, &ShardSigner::signer);
        ShardWorker worker{.enclave = enclave, .last_activity_block = std::nullopt};
        if (signer != signers.end()) {
            worker.last_activity_block = signer->last_activity_block;
        }
        out.push_back(std::move(worker));
    }
    std::ranges::sort(out, [](const ShardWorker& a, const ShardWorker& b) {
        if (a.last_activity_block != b.last_activity_block) {
            return a.last_activity_block > b.last_activity_block;
        }
        return a.enclave.account < b.enclave.account;
    });
    return out;
}

Task<Fallible<ShardView>> look_up_shard(Context& context,
                                        ChainClientPtr chain,
                                        std::optional<std::string> name) {
    BOOST_OUTCOME_CO_TRY(require_pallet(*chain->runtime(), "Teerex"));
    BOOST_OUTCOME_CO_TRY(require_pallet(*chain->runtime(), "EnclaveBridge"));
    context.stage("reading the registry");
    const std::string doing = "the registry cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto head, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto enclaves,
                         lift(co_await registry_client::enclaves(chain, head.hash), doing));
    ShardView view;
    view.head_number = head.number;
    view.head_hash = head.hash;
    view.enclaves_registered = enclaves.size();
    if (name) {
        BOOST_OUTCOME_CO_TRY(view.shard, parse_identifier(*name, "shard"));
    } else {
        BOOST_OUTCOME_CO_TRY(view.shard, co_await only_shard(chain, enclaves, head.hash));
    }
    BOOST_OUTCOME_CO_TRY(view.config,
                         lift(co_await registry_client::shard_config(chain, view.shard, head.hash), doing));
    BOOST_OUTCOME_CO_TRY(view.signers,
                         lift(co_await registry_client::shard_status(chain, view.shard, head.hash), doing));
    const auto* config = config_in_force(view.config, head.number);
    view.fingerprint = config != nullptr ? config->enclave_fingerprint : view.shard;
    view.maintenance = config != nullptr && config->maintenance_mode;
    view.workers = rank_workers(enclaves, view.signers, view.fingerprint);
    co_return view;
}

bool is_unattested(const EnclaveEntry& enclave) {
    return enclave.method != "Dcap" && enclave.method != "Ias";
}

Fallible<void> judge_registration(const EnclaveEntry& enclave, std::uint64_t now_ms) {
    if (is_unattested(enclave)) {
        return success();
    }
    const auto who = "the worker at " + printable(enclave.url) + " is registered ";
    const std::string instead = "Send it nothing: use another worker, or none of the registry's word.";
    if (enclave.build_mode != "Production") {
        return untrusted("registration_debug",
                         who + "as a debug build, whose memory can be read from outside", instead);
    }
    constexpr std::array<std::string_view, 3> kGenuine{"Ok", "GroupOutOfDate", "ConfigurationNeeded"};
    if (std::ranges::find(kGenuine, enclave.status) == kGenuine.end()) {
        return untrusted("registration_invalid",
                         who + "with the status " + printable(enclave.status) + ", which vouches for nothing",
                         instead);
    }
    if (enclave.timestamp_ms > now_ms + kClockSkewMs) {
        return untrusted("registration_stale", who + "at a time that is yet to come",
                         "Check this machine's clock; else use another worker or chain node.");
    }
    if (enclave.timestamp_ms + registry_client::kRemovableAfterMs < now_ms) {
        return untrusted(
            "registration_stale",
            who + "since " + describe_age(now_ms - enclave.timestamp_ms) +
                ": nobody has looked at its evidence since",
            "Check this machine's clock. Wait until the worker has registered again, or use another.");
    }
    return success();
}

bool is_vouched_for(const EnclaveEntry& enclave, std::uint64_t now_ms) {
    return !is_unattested(enclave) && enclave.status == "Ok" && judge_registration(enclave, now_ms);
}

Json attestation_json(const EnclaveEntry& enclave, std::uint64_t now_ms) {
    return {{"method", enclave.method},
            {"status", enclave.status},
            {"build_mode", enclave.build_mode},
            {"hardware", is_vouched_for(enclave, now_ms)}};
}

std::uint64_t wall_clock_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace redoubt::wallet
