#include <primitives/result.hpp>
#include <stf/state.hpp>
#include <utility>

namespace redoubt::stf {

State::State(Entries entries) : entries_(std::move(entries)) {
    for (const auto& [key, value] : entries_) {
        total_bytes_ += key.size() + value.size();
    }
}

std::optional<Bytes> State::get(ByteView key) const {
    const auto found = entries_.find(to_bytes(key));
    return found == entries_.end() ? std::nullopt : std::optional{found->second};
}

void State::set(const Bytes& key, const std::optional<Bytes>& value) {
    if (const auto found = entries_.find(key); found != entries_.end()) {
        total_bytes_ -= key.size() + found->second.size();
        if (!value) {
            entries_.erase(found);
            return;
        }
        found->second = *value;
    } else if (value) {
        entries_.emplace(key, *value);
    }
    if (value) {
        total_bytes_ += key.size() + value->size();
    }
}

void State::apply(const Changes& changes) {
    for (const auto& [key, value] : changes) {
        set(key, value);
    }
}

std::optional<Bytes> Overlay::get(ByteView key) const {
    const auto wanted = to_bytes(key);
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
        if (const auto found = layer->find(wanted); found != layer->end()) {
            return found->second;
        }
    }
    return base_.get(key);
}

void Overlay::put(ByteView key, Bytes value) {
    layers_.back().insert_or_assign(to_bytes(key), std::optional{std::move(value)});
}

void Overlay::remove(ByteView key) {
    layers_.back().insert_or_assign(to_bytes(key), std::nullopt);
}

void Overlay::commit() {
    REDOUBT_ASSERT(layers_.size() > 1);
    auto newest = std::move(layers_.back());
    layers_.pop_back();
    for (auto& [key, value] : newest) {
        layers_.back().insert_or_assign(key, std::move(value));
    }
}

void Overlay::drop() {
    REDOUBT_ASSERT(layers_.size() > 1);
    layers_.pop_back();
}

Changes Overlay::take_changes() {
    REDOUBT_ASSERT(layers_.size() == 1);
    return std::exchange(layers_.front(), {});
}

}  // namespace redoubt::stf
