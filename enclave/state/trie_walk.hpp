/// Passes every page of a trie in the order of its keys, some at a time.
///
/// In memory are the pages on the way to where it stands, and no others. A page that cannot be had is told,
/// and what is below it is passed over.
#pragma once

#include <enclave/state/sealed_pages.hpp>

#include <functional>
#include <vector>

namespace redoubt::enclave {

class TrieWalk {
  public:
    using EntryVisitor = std::function<void(ByteView key, ByteView value)>;
    using FaultVisitor = std::function<void(const PageId& id, boundary::Refusal fault)>;

    /// @param pages    outlives the walk
    /// @param root     of the trie
    /// @param entries  0 for a trie without pages
    TrieWalk(SealedPages& pages, StatePart part, const Hash256& root, std::uint64_t entries);

    /// Passes up to `pages_max` pages. @returns true at the end
    [[nodiscard]] bool go_on(std::size_t pages_max, const EntryVisitor& visit, const FaultVisitor& tell);
    /// Pages that were taken up to now.
    [[nodiscard]] std::uint64_t pages() const noexcept { return taken_; }

  private:
    /// A node on the way, and which child comes next.
    struct Step {
        trie::PackedNodePtr node;
        std::uint8_t next = 0;
        std::size_t above = 0;  ///< nibbles that lead to the node
    };

    void enter(trie::PackedNodePtr node, const EntryVisitor& visit);
    /// The page at `path_`.
    void enter_page(const Hash256& hash, const EntryVisitor& visit, const FaultVisitor& tell);

    SealedPages& pages_;
    StatePart part_;
    Hash256 root_;
    bool is_begun_;
    Bytes path_;  ///< nibbles, one in a byte
    std::vector<Step> way_;
    std::uint64_t taken_ = 0;
};

}  // namespace redoubt::enclave
