/// What the chain's state says of a worker's activity for a shard: EnclaveBridge.ShardStatus.
///
/// @source integritee-wire.md, sections 2.2 and 2.4
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace redoubt::light_client {

/// EnclaveBridge.ShardStatus of a shard.
[[nodiscard]] Bytes shard_status_key(const Hash256& shard);

/// The block in which a call of `worker` concerned the shard last; nullopt when none ever did.
/// @param state_root  of the block that is asked about
/// @errors trie::TrieError; DecodeError
[[nodiscard]] Result<std::optional<std::uint32_t>> last_activity(const Hash256& state_root,
                                                                 std::span<const Bytes> proof,
                                                                 const Hash256& shard,
                                                                 const AccountId& worker);

}  // namespace redoubt::light_client
