/// EnclaveBridge: calls to enclaves and back, shielding and unshielding of funds, shards.
///
/// @source integritee-wire.md, section 2.4
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>
#include <tools/devchain/runtime/pallets/enclave_bridge/types.hpp>

namespace redoubt::devchain::enclave_bridge {

inline constexpr std::uint8_t kIndex = 54;
inline constexpr std::string_view kName = "EnclaveBridge";
inline constexpr std::size_t kTopicsMax = 5;
inline constexpr std::size_t kDataBytesMax = 100;

inline const StorageMap<Hash256, ShardSigners> kShardStatus{kName, "ShardStatus", Hasher::kBlake2_128Concat,
                                                            Absent::kNone};
inline const StorageMap<Hash256, UpgradableShardConfig> kShardConfigRegistry{
    kName, "ShardConfigRegistry", Hasher::kBlake2_128Concat, Absent::kNone};
inline const StorageMap<Hash256, std::uint64_t> kExecutedUnshieldCalls{
    kName, "ExecutedUnshieldCalls", Hasher::kBlake2_128Concat, Absent::kDefault};

class EnclaveBridge final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_enclave_bridge"; }
    void describe(PalletDescription& description) const override;

    Dispatched<> invoke(Context&, const Origin&, const Request& request) const;
    Dispatched<> confirm_processed_parentchain_block(Context&,
                                                     const Origin&,
                                                     const Hash256& shard,
                                                     const Hash256& block_hash,
                                                     BlockNumber block_number,
                                                     const Hash256& trusted_calls_merkle_root) const;
    Dispatched<> shield_funds(Context&,
                              const Origin&,
                              const Hash256& shard,
                              const Bytes& incognito_account_encrypted,
                              Balance amount) const;
    Dispatched<> unshield_funds(Context&,
                                const Origin&,
                                const Hash256& shard,
                                const AccountId& beneficiary,
                                Balance amount,
                                const Hash256& call_hash) const;
    Dispatched<> publish_hash(Context&,
                              const Origin&,
                              const Hash256& hash,
                              const std::vector<Hash256>& extra_topics,
                              const Bytes& data) const;
    Dispatched<> update_shard_config(Context&,
                                     const Origin&,
                                     const Hash256& shard,
                                     const ShardConfig& shard_config,
                                     BlockNumber enactment_delay) const;
    Dispatched<> purge_enclave_from_shard_status(Context&,
                                                 const Origin&,
                                                 const Hash256& shard,
                                                 const AccountId& subject) const;
};

/// Checks that `signer` is a registered enclave with the shard's fingerprint, and notes its activity.
/// @returns the signers of the shard
/// @errors EnclaveIsNotRegistered (Teerex), WrongFingerprintForShard, TooManyEnclaves
[[nodiscard]] Dispatched<ShardSigners> act_for_shard(Context& context,
                                                     const AccountId& signer,
                                                     const Hash256& shard);

}  // namespace redoubt::devchain::enclave_bridge
