/// What the pallets Teerex and EnclaveBridge know about enclaves and shards.
///
/// Layouts come from the metadata by field name, so that runtimes with more or reordered fields work.
/// The answers are the node's word, unproven. @source integritee-wire.md 2.2 to 2.4
#pragma once

#include <cstdint>
#include <optional>
#include <registry-client/chain_client.hpp>
#include <string>
#include <vector>

namespace redoubt::registry_client {

/// Anybody may remove an entry that is older.
inline constexpr std::uint64_t kRemovableAfterMs = std::uint64_t{48} * 3'600'000;

/// One entry of Teerex.SovereignEnclaves.
struct EnclaveEntry {
    AccountId account;
    Hash256 fingerprint;  ///< MRENCLAVE
    std::string url;      ///< of its trusted endpoint; empty when it gave none. Untrusted text.
    std::string method;   ///< Skip, Ias or Dcap
    std::uint64_t timestamp_ms = 0;
    std::string status;      ///< Invalid, Ok, GroupOutOfDate, GroupRevoked, ConfigurationNeeded
    std::string build_mode;  ///< Debug or Production
};

/// A document in the registry that quotes are judged by.
struct CollateralEntry {
    std::optional<FixedBytes<6>> fmspc = std::nullopt;  ///< of TCB info
    std::uint64_t issued_ms = 0;
    std::uint64_t next_update_ms = 0;
    std::size_t levels = 0;
};

/// What the registry takes.
struct RegistryFlags {
    bool allows_skipping = false;
    bool allows_debug = false;
};

/// One entry of EnclaveBridge.ShardStatus; the first is the primary worker.
struct ShardSigner {
    AccountId signer;
    Hash256 fingerprint;
    std::uint32_t last_activity_block = 0;
};

struct ShardConfig {
    Hash256 enclave_fingerprint;
    std::optional<std::uint32_t> max_instances = std::nullopt;
    std::optional<std::vector<AccountId>> authorities = std::nullopt;
    bool maintenance_mode = false;
};

/// EnclaveBridge.ShardConfigRegistry of one shard.
struct UpgradableShardConfig {
    ShardConfig active;
    std::optional<ShardConfig> pending = std::nullopt;
    std::optional<std::uint32_t> upgrade_at_block = std::nullopt;
};

/// All registered sovereign enclaves, by account. Without `at`: in the best block.
/// @errors kUnknownPallet; those of ChainClient
[[nodiscard]] Task<Reply<std::vector<EnclaveEntry>>> enclaves(ChainClientPtr client,
                                                              std::optional<Hash256> at = std::nullopt);
[[nodiscard]] Task<Reply<std::optional<EnclaveEntry>>> enclave(ChainClientPtr client,
                                                               AccountId account,
                                                               std::optional<Hash256> at = std::nullopt);
/// Teerex.SgxQuotingEnclaveRegistry; nullopt when nothing was registered.
[[nodiscard]] Task<Reply<std::optional<CollateralEntry>>> quoting_enclave(
    ChainClientPtr client,
    std::optional<Hash256> at = std::nullopt);
/// Teerex.SgxTcbInfo of one family of platforms.
[[nodiscard]] Task<Reply<std::optional<CollateralEntry>>> tcb_info(ChainClientPtr client,
                                                                   FixedBytes<6> fmspc,
                                                                   std::optional<Hash256> at = std::nullopt);
/// Teerex.SgxTcbInfo of all families.
[[nodiscard]] Task<Reply<std::vector<CollateralEntry>>> tcb_infos(ChainClientPtr client,
                                                                  std::optional<Hash256> at = std::nullopt);
/// Teerex.AllowSkippingAttestation and SgxAllowDebugMode.
[[nodiscard]] Task<Reply<RegistryFlags>> registry_flags(ChainClientPtr client,
                                                        std::optional<Hash256> at = std::nullopt);
/// Empty for a shard that no enclave has touched.
[[nodiscard]] Task<Reply<std::vector<ShardSigner>>> shard_status(ChainClientPtr client,
                                                                 Hash256 shard,
                                                                 std::optional<Hash256> at = std::nullopt);
/// nullopt for a shard without a configuration.
[[nodiscard]] Task<Reply<std::optional<UpgradableShardConfig>>>
shard_config(ChainClientPtr client, Hash256 shard, std::optional<Hash256> at = std::nullopt);
/// Constant Balances.ExistentialDeposit.
[[nodiscard]] Reply<uint128> existential_deposit(const Runtime& runtime);

}  // namespace redoubt::registry_client
