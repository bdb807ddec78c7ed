/// A state in memory, for tests of what works on a state.
#pragma once

#include <stf/state.hpp>

namespace redoubt::stf {

class MemoryState final : public StateReader {
  public:
    using Entries = std::map<Bytes, Bytes>;

    MemoryState() = default;
    explicit MemoryState(Entries entries) : entries_(std::move(entries)) {}

    [[nodiscard]] std::optional<Bytes> get(ByteView key) const override {
        const auto found = entries_.find(to_bytes(key));
        return found == entries_.end() ? std::nullopt : std::optional{found->second};
    }
    void for_each(ByteView prefix, const EntryVisitor& visit) const override {
        for (auto entry = entries_.lower_bound(to_bytes(prefix));
             entry != entries_.end() && has_prefix(entry->first, prefix); ++entry) {
            if (!visit(entry->first, entry->second)) {
                break;
            }
        }
    }
    void apply(const Changes& changes) {
        for (const auto& [key, value] : changes) {
            if (value) {
                entries_.insert_or_assign(key, *value);
            } else {
                entries_.erase(key);
            }
        }
    }
    [[nodiscard]] const Entries& entries() const noexcept { return entries_; }

  private:
    Entries entries_;
};

}  // namespace redoubt::stf
