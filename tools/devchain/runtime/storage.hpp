/// State as the runtime sees it: the state trie of the parent block and its child tries, under layers of
/// changes that can be kept or dropped.
///
/// It changes no trie; take_changes() hands out what a block changed. Not thread-safe.
#pragma once

#include <primitives/bytes.hpp>

#include <functional>
#include <map>
#include <optional>
#include <trie/state_trie.hpp>
#include <unordered_map>
#include <vector>

namespace redoubt::devchain {

/// New values by key, in key order; nullopt is a removed key.
using TrieChanges = std::map<Bytes, std::optional<Bytes>>;

/// What happened to a state. The roots of changed child tries are not part of `main`: who applies the changes
/// computes them and writes them to `:child_storage:default:` ++ key.
struct Changes {
    TrieChanges main;
    /// By child storage key, without the `:child_storage:default:` prefix.
    std::map<Bytes, TrieChanges> children;
};

class Storage {
  public:
    using StateTrie = trie::StateTrie;
    /// Finds a child trie by its key without prefix; nullptr when there is none.
    using ChildTries = std::function<const StateTrie*(ByteView child_key)>;

    /// @param state  outlives this object, as do the tries that `children` finds
    explicit Storage(const StateTrie& state, ChildTries children = {});

    [[nodiscard]] std::optional<Bytes> get(ByteView key) const;
    void put(ByteView key, Bytes value);
    void erase(ByteView key);
    /// Erases every key that begins with `prefix`.
    void erase_prefix(ByteView prefix);

    [[nodiscard]] std::optional<Bytes> child_get(ByteView child_key, ByteView key) const;
    void child_put(ByteView child_key, ByteView key, Bytes value);
    void child_erase(ByteView child_key, ByteView key);

    /// Opens a layer: later changes can be dropped together.
    void begin();
    /// Keeps the changes of the innermost layer. @pre a layer is open
    void commit();
    /// Forgets the changes of the innermost layer. @pre a layer is open
    void drop();

    /// All changes since construction or the last call; the storage then reads as the trie alone.
    /// @pre no layer is open
    [[nodiscard]] Changes take_changes();

  private:
    struct BytesHash {
        using is_transparent = void;
        std::size_t operator()(ByteView bytes) const noexcept {
            return std::hash<std::string_view>{}(text_of(bytes));
        }
    };
    struct BytesEqual {
        using is_transparent = void;
        bool operator()(ByteView a, ByteView b) const noexcept { return equal(a, b); }
    };
    using Entries = std::unordered_map<Bytes, std::optional<Bytes>, BytesHash, BytesEqual>;
    struct Layer {
        Entries main;
        std::map<Bytes, Entries> children;
    };

    static void move_into(Entries& target, Entries&& source);

    const StateTrie* state_;
    ChildTries children_;
    std::vector<Layer> layers_;  ///< the outermost first; never empty
};

}  // namespace redoubt::devchain
