#include <gtest/gtest.h>

#include <enclave/state/trie_walk.hpp>
#include <ranges>
#include <set>
#include <tests/support/memory_pages.hpp>

namespace redoubt::enclave {
namespace {

using boundary::Refusal;

constexpr std::size_t kEntries = 5'000;

Bytes key_of(std::size_t number) {
    return {static_cast<std::uint8_t>(number * 7), static_cast<std::uint8_t>(number >> 8),
            static_cast<std::uint8_t>(number)};
}

class TrieWalkTest : public ::testing::Test {
  protected:
    TrieWalkTest() {
        stf::Changes changes;
        for (std::size_t i = 0; i < kEntries; ++i) {
            changes[key_of(i)] = Bytes(i % 60, static_cast<std::uint8_t>(i));
            entries_[key_of(i)] = Bytes(i % 60, static_cast<std::uint8_t>(i));
        }
        ShardState state{pages_};
        state.apply(changes);
        storage_.save(state, 1);
        head_ = state.head().shard;
    }

    struct Seen {
        std::vector<std::pair<Bytes, Bytes>> entries;
        std::vector<std::pair<PageId, Refusal>> faults;
        std::uint64_t pages = 0;
        std::size_t steps = 0;
    };
    Seen walk(std::size_t pages_max) {
        Seen seen;
        TrieWalk walk{pages_, StatePart::kShard, head_.root, head_.entries};
        bool is_over = false;
        while (!is_over) {
            ++seen.steps;
            is_over = walk.go_on(
                pages_max,
                [&](ByteView key, ByteView value) {
                    seen.entries.emplace_back(to_bytes(key), to_bytes(value));
                },
                [&](const PageId& id, Refusal fault) { seen.faults.emplace_back(id, fault); });
        }
        seen.pages = walk.pages();
        return seen;
    }

    MemoryPages storage_;
    SealedPages pages_{crypto::SecretBytes<32>::random(), Hash256{}, storage_};
    std::map<Bytes, Bytes> entries_;
    TrieHead head_;
};

TEST_F(TrieWalkTest, passes_every_entry_in_order_and_every_page_once) {
    for (const std::size_t pages_max : {1U, 7U, 100'000U}) {
        storage_.reads = 0;
        const auto seen = walk(pages_max);
        EXPECT_TRUE(std::ranges::equal(seen.entries, entries_, [](const auto& a, const auto& b) {
            return a.first == b.first && a.second == b.second;
        }));
        EXPECT_EQ(seen.pages, storage_.pages.size());
        EXPECT_EQ(storage_.reads, storage_.pages.size());
        EXPECT_TRUE(seen.faults.empty());
        // The root comes before the first step; a step more finds the end.
        EXPECT_LE(seen.steps, 2 + storage_.pages.size() / pages_max);
    }
    EXPECT_GT(storage_.pages.size(), 50U);
}

TEST_F(TrieWalkTest, ends_at_once_in_an_empty_trie) {
    head_ = {};
    const auto seen = walk(1);
    EXPECT_EQ(seen.steps, 1U);
    EXPECT_EQ(seen.pages, 0U);
}

TEST_F(TrieWalkTest, tells_a_page_that_is_missing_and_goes_on_beside_it) {
    const auto intact = storage_.pages;
    std::vector<PageId> removed{pages_.id_of(StatePart::kShard, trie::page_name({}))};
    std::ranges::copy(intact | std::views::keys | std::views::take(10), std::back_inserter(removed));
    std::size_t below = 0;
    for (const auto& id : removed) {
        storage_.pages = intact;
        storage_.pages.erase(id);
        const auto seen = walk(16);
        ASSERT_EQ(seen.faults.size(), 1U);
        EXPECT_EQ(seen.faults[0], std::pair(id, Refusal::kPageMissing));
        EXPECT_LT(seen.entries.size(), kEntries);
        EXPECT_LT(seen.pages, intact.size());
        below += intact.size() - 1 - seen.pages;
    }
    EXPECT_GT(below, 0U) << "pages below a missing one are passed over";
}

TEST_F(TrieWalkTest, tells_every_page_that_is_damaged) {
    std::set<PageId> damaged;
    for (auto& [id, page] : storage_.pages) {
        page.back() ^= 1;
        damaged.insert(id);
    }
    const auto at_root = walk(16);
    ASSERT_EQ(at_root.faults.size(), 1U);
    EXPECT_EQ(at_root.faults[0].second, Refusal::kPageDamaged);
    // With the root intact, all pages directly below it are told.
    auto& root = storage_.pages.at(at_root.faults[0].first);
    root.back() ^= 1;
    const auto below = walk(16);
    EXPECT_GT(below.faults.size(), 1U);
    EXPECT_EQ(below.pages, 1U);
    for (const auto& [id, fault] : below.faults) {
        EXPECT_TRUE(damaged.contains(id));
    }
}

}  // namespace
}  // namespace redoubt::enclave
