/// What getters answer, as SCALE types.
///
/// @source integritee-wire.md, section 3.3
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <stf/types/basic.hpp>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace redoubt::stf {

/// What SomeValue answers.
inline constexpr std::uint32_t kSomeValue = 42;
/// `AccountInfo::flags` of every account, as pallet-balances sets it.
inline constexpr uint128 kAccountFlags = uint128{1} << 127;

/// 80 bytes: frame_system's AccountInfo with pallet-balances' data.
struct AccountInfo {
    std::uint32_t nonce = 0;
    std::uint32_t consumers = 0;
    std::uint32_t providers = 0;
    std::uint32_t sufficients = 0;
    Balance free = 0;
    Balance reserved = 0;
    Balance frozen = 0;
    uint128 flags = 0;
    static constexpr auto kScaleFields = std::tuple{
        &AccountInfo::nonce, &AccountInfo::consumers, &AccountInfo::providers, &AccountInfo::sufficients,
        &AccountInfo::free,  &AccountInfo::reserved,  &AccountInfo::frozen,    &AccountInfo::flags};
    bool operator==(const AccountInfo&) const = default;
};

struct AccountInfoAndSessionProxies {
    AccountInfo account_info;
    std::vector<SessionProxyCredentials> session_proxies;
    static constexpr auto kScaleFields = std::tuple{&AccountInfoAndSessionProxies::account_info,
                                                    &AccountInfoAndSessionProxies::session_proxies};
    bool operator==(const AccountInfoAndSessionProxies&) const = default;
};

struct AssetAmount {
    AssetId asset = AssetId::kUsdt;
    Balance amount = 0;
    static constexpr auto kScaleFields = std::tuple{&AssetAmount::asset, &AssetAmount::amount};
    bool operator==(const AssetAmount&) const = default;
};

struct AccountEssentials {
    AccountInfo account_info;
    std::vector<SessionProxyCredentials> session_proxies;
    std::vector<AssetAmount> asset_balances;
    static constexpr auto kScaleFields =
        std::tuple{&AccountEssentials::account_info, &AccountEssentials::session_proxies,
                   &AccountEssentials::asset_balances};
    bool operator==(const AccountEssentials&) const = default;
};

struct ParentchainInfo {
    ParentchainId id = ParentchainId::kIntegritee;
    std::optional<Hash256> genesis_hash;
    std::optional<std::uint32_t> block_number;
    std::optional<std::uint64_t> now_ms;
    std::optional<std::uint32_t> creation_block_number;
    std::optional<std::uint64_t> creation_timestamp_ms;
    static constexpr auto kScaleFields = std::tuple{&ParentchainInfo::id,
                                                    &ParentchainInfo::genesis_hash,
                                                    &ParentchainInfo::block_number,
                                                    &ParentchainInfo::now_ms,
                                                    &ParentchainInfo::creation_block_number,
                                                    &ParentchainInfo::creation_timestamp_ms};
    bool operator==(const ParentchainInfo&) const = default;
};

struct ParentchainsInfo {
    ParentchainInfo integritee;
    ParentchainInfo target_a;
    ParentchainInfo target_b;
    ParentchainId shielding_target = ParentchainId::kIntegritee;
    static constexpr auto kScaleFields =
        std::tuple{&ParentchainsInfo::integritee, &ParentchainsInfo::target_a, &ParentchainsInfo::target_b,
                   &ParentchainsInfo::shielding_target};
    bool operator==(const ParentchainsInfo&) const = default;
};

struct ShardConfig {
    Hash256 enclave_fingerprint;
    std::optional<std::uint32_t> max_instances;
    std::optional<std::vector<AccountId>> authorities;
    bool maintenance_mode = false;
    static constexpr auto kScaleFields =
        std::tuple{&ShardConfig::enclave_fingerprint, &ShardConfig::max_instances, &ShardConfig::authorities,
                   &ShardConfig::maintenance_mode};
    bool operator==(const ShardConfig&) const = default;
};

struct UpgradableShardConfig {
    ShardConfig active_config;
    std::optional<ShardConfig> pending_upgrade;
    std::optional<std::uint32_t> upgrade_at;
    static constexpr auto kScaleFields =
        std::tuple{&UpgradableShardConfig::active_config, &UpgradableShardConfig::pending_upgrade,
                   &UpgradableShardConfig::upgrade_at};
    bool operator==(const UpgradableShardConfig&) const = default;
};

struct ShardSignerStatus {
    AccountId signer;
    Hash256 fingerprint;
    std::uint32_t last_activity = 0;
    static constexpr auto kScaleFields = std::tuple{
        &ShardSignerStatus::signer, &ShardSignerStatus::fingerprint, &ShardSignerStatus::last_activity};
    bool operator==(const ShardSignerStatus&) const = default;
};

enum class ShardMode : std::uint8_t {
    kInitializing = 0,
    kNormal = 1,
    kMaintenanceOngoing = 2,
    kRetired = 3,
};
[[nodiscard]] constexpr bool is_known(ShardMode mode) {
    return mode <= ShardMode::kRetired;
}

struct ShardInfo {
    std::optional<UpgradableShardConfig> config;
    std::optional<std::uint32_t> config_updated_at;
    std::optional<std::vector<ShardSignerStatus>> status;
    ShardMode mode = ShardMode::kInitializing;
    static constexpr auto kScaleFields =
        std::tuple{&ShardInfo::config, &ShardInfo::config_updated_at, &ShardInfo::status, &ShardInfo::mode};
    bool operator==(const ShardInfo&) const = default;
};

struct BucketInfo {
    std::uint32_t index = 0;
    std::uint32_t bytes = 0;
    std::uint64_t begins_at_ms = 0;
    std::uint64_t ends_at_ms = 0;
    static constexpr auto kScaleFields = std::tuple{&BucketInfo::index, &BucketInfo::bytes,
                                                    &BucketInfo::begins_at_ms, &BucketInfo::ends_at_ms};
    bool operator==(const BucketInfo&) const = default;
};

struct BucketRange {
    std::optional<BucketInfo> first;
    std::optional<BucketInfo> last;
    static constexpr auto kScaleFields = std::tuple{&BucketRange::first, &BucketRange::last};
    bool operator==(const BucketRange&) const = default;
};

namespace note {
struct SuccessfulTrustedCall {
    static constexpr std::uint8_t kIndex = 0;
    Bytes call;
    static constexpr auto kScaleFields = std::tuple{&SuccessfulTrustedCall::call};
    bool operator==(const SuccessfulTrustedCall&) const = default;
};
struct SgxRuntimeEvent {
    static constexpr std::uint8_t kIndex = 1;
    Bytes event;
    static constexpr auto kScaleFields = std::tuple{&SgxRuntimeEvent::event};
    bool operator==(const SgxRuntimeEvent&) const = default;
};
struct Text {
    static constexpr std::uint8_t kIndex = 2;
    Bytes text;
    static constexpr auto kScaleFields = std::tuple{&Text::text};
    bool operator==(const Text&) const = default;
};
struct Ipfs {
    static constexpr std::uint8_t kIndex = 3;
    FixedBytes<46> cid;
    static constexpr auto kScaleFields = std::tuple{&Ipfs::cid};
    bool operator==(const Ipfs&) const = default;
};
}  // namespace note
using TrustedNote =
    IndexedVariant<note::SuccessfulTrustedCall, note::SgxRuntimeEvent, note::Text, note::Ipfs>;

struct TimestampedTrustedNote {
    std::uint64_t timestamp_ms = 0;
    std::uint16_t version = 1;
    TrustedNote note;
    static constexpr auto kScaleFields =
        std::tuple{&TimestampedTrustedNote::timestamp_ms, &TimestampedTrustedNote::version,
                   &TimestampedTrustedNote::note};
    bool operator==(const TimestampedTrustedNote&) const = default;
};

struct GuessTheNumberInfo {
    AccountId account;
    Balance balance = 0;
    Balance winnings = 0;
    std::uint64_t next_round_timestamp_ms = 0;
    std::vector<AccountId> last_winners;
    std::optional<std::uint32_t> last_lucky_number;
    std::optional<std::uint32_t> last_winning_distance;
    static constexpr auto kScaleFields = std::tuple{&GuessTheNumberInfo::account,
                                                    &GuessTheNumberInfo::balance,
                                                    &GuessTheNumberInfo::winnings,
                                                    &GuessTheNumberInfo::next_round_timestamp_ms,
                                                    &GuessTheNumberInfo::last_winners,
                                                    &GuessTheNumberInfo::last_lucky_number,
                                                    &GuessTheNumberInfo::last_winning_distance};
    bool operator==(const GuessTheNumberInfo&) const = default;
};

}  // namespace redoubt::stf
