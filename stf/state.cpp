#include <primitives/result.hpp>
#include <stf/state.hpp>
#include <utility>

namespace redoubt::stf {

bool has_prefix(ByteView key, ByteView prefix) noexcept {
    return key.size() >= prefix.size() && equal(key.first(prefix.size()), prefix);
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

void Overlay::for_each(ByteView prefix, const EntryVisitor& visit) const {
    Changes changed;
    for (const auto& layer : layers_) {
        for (auto entry = layer.lower_bound(to_bytes(prefix));
             entry != layer.end() && has_prefix(entry->first, prefix); ++entry) {
            changed.insert_or_assign(entry->first, entry->second);
        }
    }
    auto next = changed.cbegin();
    bool goes_on = true;
    const auto visit_changed = [&] {
        goes_on = !next->second || visit(next->first, *next->second);
        ++next;
    };
    base_.for_each(prefix, [&](ByteView key, ByteView value) {
        const auto here = to_bytes(key);
        while (goes_on && next != changed.cend() && next->first < here) {
            visit_changed();
        }
        if (goes_on && next != changed.cend() && next->first == here) {
            visit_changed();
        } else if (goes_on) {
            goes_on = visit(key, value);
        }
        return goes_on;
    });
    while (goes_on && next != changed.cend()) {
        visit_changed();
    }
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
