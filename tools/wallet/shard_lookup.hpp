/// Which enclave code a shard trusts, and which registered enclaves run it: the wallet's own judgement of the
/// registry.
///
/// The registry is the chain node's word; a light client in the wallet is no part of this.
#pragma once

#include <cstdint>
#include <optional>
#include <registry-client/registry.hpp>
#include <string>
#include <tools/wallet/context.hpp>
#include <vector>

namespace redoubt::wallet {

using registry_client::EnclaveEntry;

struct ShardWorker {
    EnclaveEntry enclave;
    std::optional<std::uint32_t> last_activity_block;  ///< nullopt: never seen in ShardStatus
};

struct ShardView {
    Hash256 shard;
    std::optional<registry_client::UpgradableShardConfig> config;
    Hash256 fingerprint;            ///< in force now: configured, or the shard id itself
    bool maintenance = false;       ///< the configuration in force says that the shard is being maintained
    std::uint32_t head_number = 0;  ///< block the view was taken at
    Hash256 head_hash;
    std::vector<registry_client::ShardSigner> signers;
    std::vector<ShardWorker> workers;  ///< registered with that fingerprint, most recently active first
    std::size_t enclaves_registered = 0;
};

/// The fingerprint in force at a block. A pending upgrade counts from its block on. @source
/// integritee-wire.md 2.4
[[nodiscard]] const registry_client::ShardConfig* config_in_force(
    const std::optional<registry_client::UpgradableShardConfig>& config,
    std::uint32_t block_number);

/// Workers of the fingerprint, most recent activity first, then by account.
[[nodiscard]] std::vector<ShardWorker> rank_workers(const std::vector<EnclaveEntry>& enclaves,
                                                    const std::vector<registry_client::ShardSigner>& signers,
                                                    const Hash256& fingerprint);

/// Several shards, none of which was named. @return shard_ambiguous
[[nodiscard]] Failure shard_ambiguous(const std::vector<Hash256>& shards);

/// Looks a shard up at the finalized head. Without a name: the only shard that the chain knows.
/// @errors pallet_missing, shard_ambiguous, shard_none; those of chain_failure and parse_identifier
[[nodiscard]] Task<Fallible<ShardView>> look_up_shard(Context& context,
                                                      ChainClientPtr chain,
                                                      std::optional<std::string> name);

/// True when the registration itself says that no hardware vouches for the enclave.
[[nodiscard]] bool is_unattested(const EnclaveEntry& enclave);
/// Why a registration with evidence is nothing to rely upon: of a debug build, judged as not genuine or
/// revoked, or too old. A registration that claims no evidence passes: is_unattested() tells it.
/// @param now_ms  the reader's own clock, Unix time
/// @errors registration_debug, registration_invalid, registration_stale
/// @source attestation.md, section 14.2
[[nodiscard]] Fallible<void> judge_registration(const EnclaveEntry& enclave, std::uint64_t now_ms);
/// The registry says of a genuine production build on hardware that is in order, and said so lately.
[[nodiscard]] bool is_vouched_for(const EnclaveEntry& enclave, std::uint64_t now_ms);
/// {"method", "status", "build_mode", "hardware"} of a registration; hardware is is_vouched_for().
[[nodiscard]] Json attestation_json(const EnclaveEntry& enclave, std::uint64_t now_ms);
/// This machine's clock, in milliseconds of Unix time.
[[nodiscard]] std::uint64_t wall_clock_ms();

}  // namespace redoubt::wallet
