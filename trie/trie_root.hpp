/// Roots of state tries and ordered tries, computed from all their entries.
///
/// @source light-client.md, sections 9.2, 9.4, 9.5
#pragma once

#include <primitives/bytes.hpp>
#include <trie/trie_node.hpp>

#include <span>

namespace redoubt::trie {

/// How values are stored in nodes. V1 names values of 33 bytes and more by their hash.
enum class StateVersion : std::uint8_t { kV0 = 0, kV1 = 1 };

/// A key and its value. Views of what outlives the call.
struct TrieEntry {
    ByteView key;
    ByteView value;
};

/// Whether a node holds a value by its hash.
[[nodiscard]] bool is_value_hashed(ByteView value, StateVersion version);
/// How a node holds a value: under V1 a long one by its hash.
/// @return  a view of `value`, or a hash
[[nodiscard]] NodeValue node_value(ByteView value, StateVersion version);

/// The root of an empty trie.
[[nodiscard]] const Hash256& empty_trie_root();

/// The root over `entries`. Needs no memory but for the nodes on the way to one entry.
/// @pre keys are distinct and in ascending byte order
[[nodiscard]] Hash256 trie_root(std::span<const TrieEntry> entries, StateVersion version);

/// The root of the trie that maps each item's index, in compact form, to the item: an extrinsics root.
[[nodiscard]] Hash256 ordered_trie_root(std::span<const Bytes> items, StateVersion version);

}  // namespace redoubt::trie
