/// A state trie in memory: changes cost the length of their path, the root costs what changed, and a copy
/// costs nothing, because copies share what they have in common.
///
/// Holds one trie; child tries are tries of their own whose roots are values here. Not thread-safe: copies
/// share nodes in which hashes are remembered.
///
/// @source light-client.md, section 9
#pragma once

#include <light-client/trie_root.hpp>
#include <primitives/bytes.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace redoubt::light_client {

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
    struct Node;
    using NodePtr = std::shared_ptr<Node>;

    [[nodiscard]] static NodePtr build(std::span<const TrieEntry> entries, std::size_t depth);
    static Node& own(NodePtr& node);
    [[nodiscard]] bool put_at(NodePtr& node, ByteView path, ByteView value);
    [[nodiscard]] bool erase_at(NodePtr& node, ByteView path);
    static void merge_with_only_child(NodePtr& node);
    [[nodiscard]] Bytes encode(const Node& node) const;
    [[nodiscard]] const Bytes& merkle_value(const Node& node) const;
    static bool visit_subtrie(const Node& node,
                              Bytes& path,
                              ByteView prefix,
                              ByteView after,
                              const std::function<bool(ByteView, ByteView)>& visit);

    NodePtr root_;
    std::size_t size_ = 0;
    StateVersion version_;
};

}  // namespace redoubt::light_client
