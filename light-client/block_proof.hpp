/// What a block's state proof says of the block itself: its events, which runtime executed it, and who may
/// seal the block after it.
///
/// @source light-client.md, sections 6.3, 8.6, 8.7 and 10.4
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace redoubt::light_client {

/// The keys that the proof of a block has to cover: System.Events, System.LastRuntimeUpgrade and
/// Aura.Authorities.
[[nodiscard]] std::vector<Bytes> block_proof_keys();

/// System.LastRuntimeUpgrade: the runtime that executed the block in whose state it stands.
struct ExecutedBy {
    std::uint32_t spec_version = 0;
    std::string spec_name;
    bool operator==(const ExecutedBy&) const = default;
};

struct BlockFacts {
    /// The SCALE value of System.Events; an empty list when the state holds none.
    Bytes events;
    /// nullopt when the state holds none: the runtime is older than the item.
    std::optional<ExecutedBy> executed_by;
    /// Who seals the next block, each in its slot; nullopt when the chain has no Aura.
    std::optional<std::vector<Hash256>> aura_authorities;
};

/// @param state_root  of the block's header
/// @errors trie::TrieError; DecodeError when System.LastRuntimeUpgrade or Aura.Authorities cannot be read
[[nodiscard]] Result<BlockFacts> read_block_proof(const Hash256& state_root, std::span<const Bytes> proof);

}  // namespace redoubt::light_client
