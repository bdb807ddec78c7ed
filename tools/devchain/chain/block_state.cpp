#include <tools/devchain/chain/block_state.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::devchain {
namespace {

using trie::StateTrie;
using trie::StateVersion;

StateTrie trie_from(const TrieChanges& changes) {
    std::vector<trie::TrieEntry> entries;
    entries.reserve(changes.size());
    for (const auto& [key, value] : changes) {
        if (value) {
            entries.push_back({key, *value});
        }
    }
    return StateTrie::from_sorted(entries, StateVersion::kV1);
}

void apply_to(StateTrie& trie, const TrieChanges& changes) {
    for (const auto& [key, value] : changes) {
        if (value) {
            trie.put(key, *value);
        } else {
            trie.erase(key);
        }
    }
}

}  // namespace

BlockState BlockState::from(const Changes& changes) {
    BlockState state;
    state.main_ = trie_from(changes.main);
    for (const auto& [child_key, child_changes] : changes.children) {
        state.children_.insert_or_assign(child_key, trie_from(child_changes));
        state.put_child_root(child_key);
    }
    return state;
}

const StateTrie* BlockState::child(ByteView child_key) const {
    const auto found = children_.find(to_bytes(child_key));
    return found == children_.end() ? nullptr : &found->second;
}

std::vector<Bytes> BlockState::prove_child(ByteView child_key, std::span<const Bytes> keys) const {
    const std::vector<Bytes> root_keys{concat(kChildStoragePrefix, child_key)};
    auto proof = main_.prove(root_keys);
    if (const auto* trie = child(child_key)) {
        for (auto& entry : trie->prove(keys)) {
            if (std::ranges::find(proof, entry) == proof.end()) {
                proof.push_back(std::move(entry));
            }
        }
    }
    return proof;
}

void BlockState::apply(const Changes& changes) {
    apply_to(main_, changes.main);
    for (const auto& [child_key, child_changes] : changes.children) {
        apply_to(children_[child_key], child_changes);
        put_child_root(child_key);
    }
}

void BlockState::put_child_root(const Bytes& child_key) {
    const auto root_key = concat(kChildStoragePrefix, child_key);
    const auto child = children_.find(child_key);
    if (child->second.size() == 0) {
        children_.erase(child);
        main_.erase(root_key);
        return;
    }
    main_.put(root_key, child->second.root().view());
}

Storage BlockState::storage() const {
    return Storage{main_, [this](ByteView child_key) { return child(child_key); }};
}

}  // namespace redoubt::devchain
