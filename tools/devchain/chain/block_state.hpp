/// The complete state after a block: the state trie and its child tries.
///
/// Copies share what they have in common, so that a state for each block costs what the block changed.
#pragma once

#include <primitives/bytes.hpp>
#include <tools/devchain/runtime/storage.hpp>
#include <trie/state_trie.hpp>

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace redoubt::devchain {

/// What stands before a child storage key in the main trie.
inline constexpr std::string_view kChildStoragePrefix = ":child_storage:default:";

class BlockState {
  public:
    /// The empty state.
    BlockState() = default;
    /// The state that `changes` make of the empty one; built at once, for a genesis of any size.
    [[nodiscard]] static BlockState from(const Changes& changes);

    [[nodiscard]] const trie::StateTrie& main() const noexcept { return main_; }
    /// @param child_key  without prefix    @return nullptr when there is no such trie
    [[nodiscard]] const trie::StateTrie* child(ByteView child_key) const;
    /// By child storage key without prefix.
    [[nodiscard]] const std::map<Bytes, trie::StateTrie>& children() const noexcept { return children_; }
    /// Trie nodes that prove the values, or the absence, of `keys` in a child trie, and the way to its root.
    /// @param child_key  without prefix
    [[nodiscard]] std::vector<Bytes> prove_child(ByteView child_key, std::span<const Bytes> keys) const;
    /// The state root: the main trie's, which holds the roots of the child tries.
    [[nodiscard]] Hash256 root() const { return main_.root(); }

    /// Brings the tries to what a block left behind, roots of child tries included. A child trie that became
    /// empty is gone.
    void apply(const Changes& changes);

    /// The state for running code on it; this object has to outlive the storage.
    [[nodiscard]] Storage storage() const;

  private:
    void put_child_root(const Bytes& child_key);

    trie::StateTrie main_;
    std::map<Bytes, trie::StateTrie> children_;
};

using BlockStatePtr = std::shared_ptr<const BlockState>;

}  // namespace redoubt::devchain
