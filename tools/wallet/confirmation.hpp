/// Waiting for a worker's word on chain that it has processed a block:
/// EnclaveBridge.ProcessedParentchainBlock.
///
/// The wallet does not take the event alone: the confirming account has to be a registered enclave of the
/// shard's fingerprint, and the merkle root is compared with the one that the block's own extrinsics give.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <stf/types/basic.hpp>
#include <tools/wallet/shard_lookup.hpp>

namespace redoubt::wallet {

struct Confirmation {
    AccountId worker;
    registry_client::BlockReference block;  ///< that holds the confirmation
    Hash256 merkle_root;
    /// The root is that of the block's extrinsics. A shield that nobody can decrypt leaves it false, too.
    bool root_matches = false;
};

/// The merkle root over what a worker of the shard has to act upon in a block, inside other calls too: every
/// invocation, what was shielded for the shard, and the time (stf/parentchain/indirect_calls.hpp).
/// @param events  the block's System.Events, raw   @source integritee-wire.md, section 3.6
[[nodiscard]] Result<Hash256> expected_merkle_root(const substrate::Metadata& metadata,
                                                   const stf::ShardId& shard,
                                                   const std::vector<Bytes>& extrinsics,
                                                   ByteView events);

/// Follows finalized blocks after `submitted` until the shard's confirmation of it appears.
/// The context outlives the task.
/// @errors confirmation_missing after `blocks_max` blocks; those of chain_failure
[[nodiscard]] Task<Fallible<Confirmation>> await_confirmation(Context& context,
                                                              ChainClientPtr chain,
                                                              registry_client::BlockReference submitted,
                                                              ShardView view,
                                                              unsigned blocks_max);

/// Follows finalized blocks from `after` on until the bridge has paid the unshield with this call hash.
/// @return the block; nullopt when `blocks_max` blocks passed without it
[[nodiscard]] Task<Fallible<std::optional<registry_client::BlockReference>>> await_payout(
    Context& context,
    ChainClientPtr chain,
    registry_client::BlockReference after,
    Hash256 call_hash,
    unsigned blocks_max);

}  // namespace redoubt::wallet
