/// Trust anchors: which authority set signs what follows a block, read from the block's own state.
///
/// @source light-client.md, sections 11.4 and 13.3
#pragma once

#include <light-client/finality_tracker.hpp>
#include <primitives/bytes.hpp>

#include <optional>
#include <span>
#include <vector>

namespace redoubt::light_client {

/// The keys that the proof of an anchor has to cover.
[[nodiscard]] std::vector<Bytes> anchor_keys();

/// Where a state remembers the hash of its chain's genesis block: System.BlockHash(0).
[[nodiscard]] Bytes genesis_hash_key();

struct Anchor {
    /// Where a FinalityTracker begins.
    FinalityState start;
    /// The chain's genesis hash as the block's state remembers it: the block's own hash at number 0; nullopt
    /// when the state has forgotten it.
    std::optional<Hash256> genesis_hash;
};

/// Reads the authority set in charge after `header` from a read proof against its state root: the list of
/// Grandpa.Authorities or, on older runtimes, `:grandpa_authorities`, and Grandpa.CurrentSetId, which is 0
/// when it is absent.
/// @param proof  trie nodes for anchor_keys(), in any order
/// @errors FinalityError: kBadAnchor, kChangeAtAnchor, kUnusableAuthoritySet; trie::TrieError; header errors
[[nodiscard]] Result<Anchor> read_anchor(ByteView header, std::span<const Bytes> proof);

}  // namespace redoubt::light_client
