/// Pages: a state trie in pieces that storage keeps, so that only what is used has to be in memory.
///
/// A page holds a node and what is below it, but for the nodes that begin pages of their own: those stand in
/// it as their hash. So the hash that leads to a page vouches for it, and through it for the pages below: an
/// older or a foreign page does not fit. A page is named by its place, the nibbles that lead to its first
/// node, and is written over when something in it changes.
///
/// Layout: docs/PROTOCOL.md, "State page".
#pragma once

#include <trie/packed_node.hpp>
#include <trie/trie_error.hpp>
#include <trie/trie_root.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace redoubt::trie {

/// What is below a node gets a page of its own when it has at least this size; a page with its sixteen
/// children is a small multiple of it.
inline constexpr std::size_t kPageBytesBegin = 512;
/// Nodes on the way from a page's first node to its last.
inline constexpr std::size_t kPageLevelsMax = 4'096;

/// The name of the page at a place: the number of nibbles u32 LE, then the nibbles, two in a byte.
[[nodiscard]] Bytes page_name(NibbleView path);

/// Where a trie finds the pages that are not in memory.
class PageSource {
  public:
    virtual ~PageSource() = default;
    /// The first node of the page at `path`, with everything of the page, or nothing when the page cannot be
    /// had: the source remembers why, and what is computed without the page has to be thrown away.
    /// @param hash  of the node
    [[nodiscard]] virtual PackedNodePtr load(NibbleView path, const Hash256& hash) = 0;
};

/// Reads a page back.
/// @param path  its place
/// @param hash  of its first node
/// @errors TrieError: kBadNode when it is no page, kOtherPage when it is not the one that the hash names
[[nodiscard]] Result<PackedNodePtr> decode_page(ByteView page,
                                                NibbleView path,
                                                const Hash256& hash,
                                                StateVersion version);

/// Takes a page that storage has to write. Both are views that are good for the call.
using PageWriter = std::function<void(ByteView name, ByteView page)>;

/// What storage has to change, beside the pages it has to write, so that it holds a trie as it is.
struct PageChanges {
    /// Names of pages that are not part of the trie any more.
    std::vector<Bytes> removed;

    /// Whether each node that was looked at begins a page. Goes to the nodes when storage has the pages.
    std::vector<std::pair<PackedNodePtr, bool>> marks;
};

/// Cuts everything below `root` that is not saved into pages.
/// @pre all references are known
void cut_pages(const PackedNodePtr& root, PageChanges& out, const PageWriter& write);

}  // namespace redoubt::trie
