/// Nodes of Substrate's state trie, layouts 0 and 1: reading and writing single nodes. What a node points to
/// is followed elsewhere (read_proof.hpp, trie_root.hpp).
///
/// @source light-client.md, section 9.1
#pragma once

#include <primitives/bytes.hpp>
#include <trie/nibbles.hpp>
#include <trie/trie_error.hpp>

#include <array>
#include <optional>
#include <variant>

namespace redoubt::trie {

/// Most nibbles a partial key can have.
inline constexpr std::size_t kPartialKeyNibblesMax = 65'535;
/// A child whose node is shorter than this is written into its parent; others are named by hash.
inline constexpr std::size_t kInlineNodeBytesEnd = 32;
/// Under layout 1, values of at least this size are named by hash.
inline constexpr std::size_t kHashedValueBytesBegin = 33;

/// The value in a node: none, its bytes, or its BLAKE2b-256.
using NodeValue = std::variant<std::monostate, ByteView, Hash256>;

/// One decoded node. Views point into the bytes it was decoded from.
struct TrieNode {
    /// Nibbles between the parent's branch and here, one per byte.
    Bytes partial_key;
    NodeValue value;
    /// Child references by nibble: 32 bytes are a hash, fewer are the node itself.
    std::array<std::optional<ByteView>, 16> children;
    bool is_branch = false;

    [[nodiscard]] std::size_t child_count() const noexcept {
        return static_cast<std::size_t>(
            std::ranges::count_if(children, [](const auto& child) { return child.has_value(); }));
    }
};

/// How strictly child references are read.
enum class ChildReferences {
    kComplete,  ///< each reference names or holds a node
    kCompact,   ///< empty references are allowed: compact proofs leave out what they list later
};

/// Decodes exactly one node. The single byte 00 is the empty trie: a leaf without value.
/// @errors kBadNode; kNonCanonicalNode for a valueless branch with fewer than two children
[[nodiscard]] Result<TrieNode> decode_trie_node(ByteView bytes,
                                                ChildReferences references = ChildReferences::kComplete);

/// Appends a node. A leaf has no children; a node with neither children nor value is the empty trie.
void encode_trie_node(Bytes& out, const TrieNode& node);

/// Appends the part of a node before the references to its children: kind, partial key, the bitmap of its
/// children, value. The references have to follow in the order of nibbles, each with its SCALE length.
void append_node_start(Bytes& out, NibbleView partial, std::uint16_t child_bits, const NodeValue& value);

/// The nibbles of a key, high nibble first, one in a byte.
[[nodiscard]] Bytes nibbles_of(ByteView key);

}  // namespace redoubt::trie
