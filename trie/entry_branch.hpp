/// Sorted entries as a node: what the node holds itself, and the entries of each of its children.
#pragma once

#include <trie/nibbles.hpp>
#include <trie/trie_root.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace redoubt::trie {

struct EntryBranch {
    NibbleView partial;             ///< the nibbles that all keys share below `depth`
    std::optional<ByteView> value;  ///< of the key that ends here
    std::uint16_t child_bits = 0;   ///< bit n: there is a child under nibble n
    std::size_t child_depth = 0;    ///< the nibbles that the keys of one child share at least

    /// The entries of the children, in the order of their nibbles.
    [[nodiscard]] std::span<const std::span<const TrieEntry>> children() const {
        return std::span{groups}.first(child_count);
    }

    std::array<std::span<const TrieEntry>, 16> groups;
    std::size_t child_count = 0;
};

/// @param entries  sorted, at least one; the first `depth` nibbles of their keys agree
[[nodiscard]] EntryBranch split_entries(std::span<const TrieEntry> entries, std::size_t depth);

}  // namespace redoubt::trie
