/// A state trie in memory: changes cost the length of their path, the root costs what changed, and a copy
/// costs nothing, because copies share what they have in common.
///
/// Holds one trie; child tries are tries of their own whose roots are values here. Not thread-safe: copies
/// share nodes, which are counted and in which hashes are remembered.
///
/// @source light-client.md, section 9
#pragma once

#include <light-client/packed_node.hpp>
#include <light-client/trie_root.hpp>
#include <primitives/bytes.hpp>

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace redoubt::light_client {

/// Keys and values are shorter than 2^31 bytes.
class StateTrie {
  public:
    explicit StateTrie(StateVersion version = StateVersion::kV1) : version_(version) {}

    /// Builds a trie at once. @pre keys are distinct and in ascending byte order
    [[nodiscard]] static StateTrie from_sorted(std::span<const TrieEntry> entries, StateVersion version);

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

  private:
    using NodePtr = PackedNodePtr;

    [[nodiscard]] static NodePtr build(std::span<const TrieEntry> entries, std::size_t depth);
    static PackedNode& own(NodePtr& node);
    static void put_value(NodePtr& node, ByteView value);
    [[nodiscard]] static bool put_at(NodePtr& node, NibbleView path, ByteView value);
    static void split(NodePtr& node, std::size_t at);
    static void erase_at(NodePtr& node, NibbleView path);
    static void merge_with_only_child(NodePtr& node);
    void append_node(Bytes& out, const PackedNode& node) const;
    [[nodiscard]] static bool visit_subtrie(const PackedNode& node,
                                            Bytes& path,
                                            ByteView prefix,
                                            ByteView after,
                                            const std::function<bool(ByteView, ByteView)>& visit);

    NodePtr root_;
    mutable std::optional<Hash256> root_hash_;  ///< when it is known
    std::size_t size_ = 0;
    StateVersion version_;
};

}  // namespace redoubt::light_client
