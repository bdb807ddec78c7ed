/// Compact proofs: trie nodes in pre-order in which references to listed children are left empty.
///
/// @source light-client.md, section 10.2
#pragma once

#include <primitives/bytes.hpp>
#include <trie/trie_error.hpp>

#include <span>
#include <vector>

namespace redoubt::trie {

/// Most bytes the nodes of an expanded proof may have together.
inline constexpr std::size_t kExpandedProofBytesMax = std::size_t{64} * 1024 * 1024;

/// The nodes and detached values that a compact proof stands for.
struct ExpandedProof {
    Hash256 root;
    /// Nodes and values in the order in which they were completed; the root's node comes last.
    std::vector<Bytes> entries;
};

/// Rebuilds the nodes of a plain or deduplicated compact proof. The caller compares the root and verifies the
/// entries with ReadProof::verify_expanded.
/// @errors kTooLarge, kBadNode, kNonCanonicalNode, kBadCompactForm
[[nodiscard]] Result<ExpandedProof> expand_compact_proof(std::span<const Bytes> items);

}  // namespace redoubt::trie
