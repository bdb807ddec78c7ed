/// The types of EnclaveBridge: requests to enclaves, and what is known of shards.
///
/// @source integritee-wire.md, section 2.2
#pragma once

#include <tools/devchain/runtime/type_info.hpp>
#include <tools/devchain/runtime/types.hpp>

namespace redoubt::devchain::enclave_bridge {

struct Request {
    Hash256 shard;
    Bytes cyphertext;
    static constexpr auto kType = structure("enclave_bridge_primitives::Request",
                                            field("shard", &Request::shard),
                                            field("cyphertext", &Request::cyphertext));
    static constexpr auto kScaleFields = kType.members();
};

/// An enclave that has acted for a shard.
struct ShardSignerStatus {
    AccountId signer;
    Hash256 fingerprint;
    BlockNumber last_activity = 0;
    static constexpr auto kType = structure("enclave_bridge_primitives::ShardSignerStatus",
                                            field("signer", &ShardSignerStatus::signer),
                                            field("fingerprint", &ShardSignerStatus::fingerprint),
                                            field("last_activity", &ShardSignerStatus::last_activity));
    static constexpr auto kScaleFields = kType.members();
};
/// In the order of their first act: the first is the primary worker.
using ShardSigners = BoundedVec<ShardSignerStatus, 10>;

struct ShardConfig {
    Hash256 enclave_fingerprint;
    std::optional<std::uint32_t> max_instances;
    std::optional<std::vector<AccountId>> authorities;
    bool maintenance_mode = false;
    static constexpr auto kType = structure("enclave_bridge_primitives::ShardConfig",
                                            field("enclave_fingerprint", &ShardConfig::enclave_fingerprint),
                                            field("max_instances", &ShardConfig::max_instances),
                                            field("authorities", &ShardConfig::authorities),
                                            field("maintenance_mode", &ShardConfig::maintenance_mode));
    static constexpr auto kScaleFields = kType.members();
};
struct UpgradableShardConfig {
    ShardConfig active_config;
    std::optional<ShardConfig> pending_upgrade;
    std::optional<BlockNumber> upgrade_at;
    static constexpr auto kType = structure("enclave_bridge_primitives::UpgradableShardConfig",
                                            field("active_config", &UpgradableShardConfig::active_config),
                                            field("pending_upgrade", &UpgradableShardConfig::pending_upgrade),
                                            field("upgrade_at", &UpgradableShardConfig::upgrade_at));
    static constexpr auto kScaleFields = kType.members();

    /// The configuration that counts at block `now`.
    [[nodiscard]] const ShardConfig& effective(BlockNumber now) const {
        return pending_upgrade && upgrade_at && *upgrade_at <= now ? *pending_upgrade : active_config;
    }
};

}  // namespace redoubt::devchain::enclave_bridge
