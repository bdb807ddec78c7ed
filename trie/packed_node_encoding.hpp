/// The encoding of a node in memory, as the trie's hashes cover it.
#pragma once

#include <trie/packed_node.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::trie {

/// Appends the encoding of a node. References of children that are not known are found and remembered.
/// @pre a child that is absent from memory has a known reference
void append_packed_node(Bytes& out, const PackedNode& node, StateVersion version);

}  // namespace redoubt::trie
