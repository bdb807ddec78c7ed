#include <primitives/result.hpp>

#include <tools/devchain/runtime/storage.hpp>
#include <utility>

namespace redoubt::devchain {
namespace {

std::optional<Bytes> owned(std::optional<ByteView> value) {
    if (!value) {
        return std::nullopt;
    }
    return to_bytes(*value);
}

TrieChanges sorted(auto&& entries) {
    TrieChanges out;
    while (!entries.empty()) {
        auto entry = entries.extract(entries.begin());
        out.emplace(std::move(entry.key()), std::move(entry.mapped()));
    }
    return out;
}

}  // namespace

Storage::Storage(const StateTrie& state, ChildTries children)
    : state_(&state), children_(std::move(children)), layers_(1) {
}

std::optional<Bytes> Storage::get(ByteView key) const {
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
        if (const auto found = layer->main.find(key); found != layer->main.end()) {
            return found->second;
        }
    }
    return owned(state_->get(key));
}

void Storage::put(ByteView key, Bytes value) {
    layers_.back().main.insert_or_assign(to_bytes(key), std::move(value));
}

void Storage::erase(ByteView key) {
    layers_.back().main.insert_or_assign(to_bytes(key), std::nullopt);
}

void Storage::erase_prefix(ByteView prefix) {
    std::vector<Bytes> keys;
    state_->for_each(prefix, {}, [&keys](ByteView key, ByteView) {
        keys.push_back(to_bytes(key));
        return true;
    });
    for (const auto& layer : layers_) {
        for (const auto& [key, value] : layer.main) {
            if (key.size() >= prefix.size() && equal(ByteView{key}.first(prefix.size()), prefix)) {
                keys.push_back(key);
            }
        }
    }
    for (const auto& key : keys) {
        erase(key);
    }
}

std::optional<Bytes> Storage::child_get(ByteView child_key, ByteView key) const {
    const auto name = to_bytes(child_key);
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
        const auto child = layer->children.find(name);
        if (child == layer->children.end()) {
            continue;
        }
        if (const auto found = child->second.find(key); found != child->second.end()) {
            return found->second;
        }
    }
    const auto* trie = children_ ? children_(child_key) : nullptr;
    return trie == nullptr ? std::nullopt : owned(trie->get(key));
}

void Storage::child_put(ByteView child_key, ByteView key, Bytes value) {
    layers_.back().children[to_bytes(child_key)].insert_or_assign(to_bytes(key), std::move(value));
}

void Storage::child_erase(ByteView child_key, ByteView key) {
    layers_.back().children[to_bytes(child_key)].insert_or_assign(to_bytes(key), std::nullopt);
}

void Storage::begin() {
    layers_.emplace_back();
}

void Storage::commit() {
    REDOUBT_ASSERT(layers_.size() > 1);
    auto top = std::move(layers_.back());
    layers_.pop_back();
    auto& below = layers_.back();
    move_into(below.main, std::move(top.main));
    for (auto& [child_key, entries] : top.children) {
        move_into(below.children[child_key], std::move(entries));
    }
}

void Storage::drop() {
    REDOUBT_ASSERT(layers_.size() > 1);
    layers_.pop_back();
}

Changes Storage::take_changes() {
    REDOUBT_ASSERT(layers_.size() == 1);
    auto layer = std::exchange(layers_.back(), Layer{});
    Changes out;
    out.main = sorted(std::move(layer.main));
    for (auto& [child_key, entries] : layer.children) {
        out.children.emplace(child_key, sorted(std::move(entries)));
    }
    return out;
}

void Storage::move_into(Entries& target, Entries&& source) {
    if (target.empty()) {
        target = std::move(source);
        return;
    }
    for (auto& [key, value] : source) {
        target.insert_or_assign(key, std::move(value));
    }
}

}  // namespace redoubt::devchain
