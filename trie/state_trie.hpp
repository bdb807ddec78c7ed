/// A state trie: changes cost the length of their path, the root costs what changed, and a copy costs
/// nothing, because copies share what they have in common.
///
/// It is in memory as a whole, or lies in pages (trie_page.hpp) that are read when they are passed. When a
/// page cannot be had, keys below it seem absent and changes below it have no effect: the page source knows,
/// and whoever uses the trie has to ask it before a result counts.
///
/// Holds one trie; child tries are tries of their own whose roots are values here. Not thread-safe: copies
/// share nodes, which are counted and in which hashes are remembered.
///
/// @source light-client.md, section 9
#pragma once

#include <primitives/bytes.hpp>
#include <trie/packed_node.hpp>
#include <trie/trie_page.hpp>
#include <trie/trie_root.hpp>

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace redoubt::trie {

/// Keys and values are shorter than 2^31 bytes.
class StateTrie {
  public:
    explicit StateTrie(StateVersion version = StateVersion::kV1) : version_(version) {}

    /// Builds a trie at once. @pre keys are distinct and in ascending byte order
    [[nodiscard]] static StateTrie from_sorted(std::span<const TrieEntry> entries, StateVersion version);

    /// A trie whose pages lie in storage.
    /// @param size    number of its keys
    /// @param source  outlives the trie and its copies
    [[nodiscard]] static StateTrie in_pages(const Hash256& root,
                                            std::size_t size,
                                            PageSource& source,
                                            StateVersion version);

    /// The view is good until the trie changes or frees memory.
    [[nodiscard]] std::optional<ByteView> get(ByteView key) const;
    void put(ByteView key, ByteView value);
    /// Removing a key that is not there changes nothing.
    void erase(ByteView key);

    /// Number of keys.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] StateVersion version() const noexcept { return version_; }

    /// The root over all entries, as trie_root gives it. Nodes that did not change are not hashed again.
    [[nodiscard]] Hash256 root() const;

    /// The nodes, and under V1 the hashed values, that a ReadProof needs for `keys`, present or absent. Each
    /// is listed once.
    [[nodiscard]] std::vector<Bytes> prove(std::span<const Bytes> keys) const;

    /// Visits keys that begin with `prefix` and are above `after`, in ascending order, until `visit` says
    /// false.
    /// @param after  empty: every key but the empty one is above it
    void for_each(ByteView prefix,
                  ByteView after,
                  const std::function<bool(ByteView key, ByteView value)>& visit) const;

    // Pages. -----------------------------------------------------------------------------------------
    /// What storage has to change so that it holds this trie, since saved() was called last; the pages go to
    /// `write`.
    [[nodiscard]] PageChanges page_changes(const PageWriter& write) const;
    /// Storage has these changes of this trie.
    void saved(const PageChanges& changes);
    /// Frees pages that were not passed since the last time, and all that storage has when the rest takes
    /// more than `bytes_max`. Looks at the trie only after it may have grown by half of that.
    /// @pre there is a page source, and no copy of this trie is in use
    void free_memory(std::size_t bytes_max);
    /// Memory of all nodes that are there. Costs a walk through them.
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    using NodePtr = PackedNodePtr;

    /// What put_at did.
    enum class Put { kNew, kReplaced, kNoPage };

    [[nodiscard]] static NodePtr build(std::span<const TrieEntry> entries, std::size_t depth);
    static PackedNode& own(NodePtr& node);
    static void put_value(NodePtr& node, ByteView value);
    /// @param depth  nibbles of the key that lead to the node
    [[nodiscard]] Put put_at(NodePtr& node, ByteView key, std::size_t depth, ByteView value);
    static void split(NodePtr& node, std::size_t at);
    void erase_at(NodePtr& node, ByteView key, std::size_t depth);
    void merge_with_only_child(NodePtr& node, ByteView key, std::size_t depth);
    /// The first node, read from its page if it has to be; nothing in an empty trie or without the page.
    [[nodiscard]] const PackedNode* root_node() const;
    /// A child, read from its page if it has to be; nothing without the page.
    /// @param path  the nibbles that lead to the child
    [[nodiscard]] const PackedNode* child_of(const PackedNode& node,
                                             std::size_t position,
                                             NibbleView path) const;
    [[nodiscard]] NodePtr load(NibbleView path, const Hash256& hash) const;
    [[nodiscard]] bool visit_subtrie(const PackedNode& node,
                                     Bytes& path,
                                     ByteView prefix,
                                     ByteView after,
                                     const std::function<bool(ByteView, ByteView)>& visit) const;

    mutable NodePtr root_;
    mutable std::optional<Hash256> root_hash_;  ///< when it is known
    std::size_t size_ = 0;
    StateVersion version_;
    PageSource* source_ = nullptr;
    /// Names of pages whose place is gone.
    std::vector<Bytes> lost_places_;
    /// By which memory grew at most since it was looked at.
    mutable std::size_t grown_bytes_ = 0;
};

}  // namespace redoubt::trie
