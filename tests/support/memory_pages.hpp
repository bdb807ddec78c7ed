/// Storage of sealed pages in memory, as a host keeps them, for tests.
#pragma once

#include <enclave/state/shard_state.hpp>
#include <map>

namespace redoubt::enclave {

class MemoryPages final : public PageStorage {
  public:
    std::optional<Bytes> read(const PageId& id, bool again) override {
        ++reads;
        refusals += again ? 1 : 0;
        const auto found = pages.find(id);
        return found == pages.end() ? std::nullopt : std::optional{found->second};
    }

    /// Takes what a state has changed, as one write.
    void save(ShardState& state, std::uint64_t sequence) {
        const auto changes = state.page_changes(sequence);
        for (const auto& id : changes.removed) {
            pages.erase(id);
        }
        for (const auto& [id, page] : changes.written) {
            pages[id] = page;
        }
        state.saved(changes);
    }

    std::map<PageId, Bytes> pages;
    std::size_t reads = 0;
    std::size_t refusals = 0;
};

}  // namespace redoubt::enclave
