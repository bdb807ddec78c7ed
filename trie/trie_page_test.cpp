#include <trie/state_trie.hpp>
#include <trie/trie_page.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tests/support/result_matchers.hpp>

namespace redoubt::trie {
namespace {

/// Names and pages.
using Written = std::vector<std::pair<Bytes, Bytes>>;

PageWriter into(Written& written) {
    return [&](ByteView name, ByteView page) { written.emplace_back(to_bytes(name), to_bytes(page)); };
}

/// Storage for pages, in memory.
class Pages final : public PageSource {
  public:
    PackedNodePtr load(NibbleView path, const Hash256& hash) override {
        ++loads;
        const auto found = pages.find(page_name(path));
        if (found == pages.end()) {
            ++faults;
            return {};
        }
        auto node = decode_page(found->second, path, hash, StateVersion::kV1);
        if (!node) {
            last_error = node.error();
            ++faults;
            return {};
        }
        return std::move(node).value();
    }

    void store(const PageChanges& changes, const Written& written) {
        for (const auto& name : changes.removed) {
            EXPECT_EQ(pages.erase(name), 1U) << "a page that is removed was there";
        }
        for (const auto& [name, page] : written) {
            pages[name] = page;
            largest = std::max(largest, page.size());
        }
    }

    std::map<Bytes, Bytes> pages;
    std::size_t loads = 0;
    std::size_t faults = 0;
    std::size_t largest = 0;
    std::error_code last_error;
};

using Entries = std::map<Bytes, Bytes>;

Bytes random_key(std::mt19937& random) {
    Bytes key(1 + random() % 5);
    for (auto& byte : key) {
        byte = static_cast<std::uint8_t>((random() % 4) * 0x11 + (random() % 3));
    }
    return key;
}

Hash256 root_of(const Entries& entries) {
    std::vector<TrieEntry> views;
    for (const auto& [key, value] : entries) {
        views.push_back({key, value});
    }
    return trie_root(views, StateVersion::kV1);
}

void save(StateTrie& trie, Pages& pages) {
    Written written;
    const auto changes = trie.page_changes(into(written));
    pages.store(changes, written);
    trie.saved(changes);
}

/// The trie as a new process finds it.
StateTrie reopened(const StateTrie& trie, Pages& pages) {
    return StateTrie::in_pages(trie.root(), trie.size(), pages, StateVersion::kV1);
}

std::vector<TrieEntry> views_of(const Entries& entries) {
    std::vector<TrieEntry> views;
    for (const auto& [key, value] : entries) {
        views.push_back({key, value});
    }
    return views;
}

Entries many_accounts(std::size_t count) {
    std::mt19937 random{5};
    Entries entries;
    while (entries.size() < count) {
        Bytes key(34);
        for (auto& byte : key) {
            byte = static_cast<std::uint8_t>(random());
        }
        key[0] = 'a';
        key[1] = '/';
        entries[key] = Bytes(32, static_cast<std::uint8_t>(random()));
    }
    return entries;
}

// Whatever was changed, saved, read again and freed: the trie and its pages say the same as a map.
TEST(TriePage, keeps_entries_through_random_changes_saves_and_restarts) {
    std::mt19937 random{17};
    Pages pages;
    auto trie = StateTrie::in_pages(empty_trie_root(), 0, pages, StateVersion::kV1);
    Entries expected;
    for (int step = 0; step < 1'500; ++step) {
        const auto key = random_key(random);
        if (random() % 3 == 0) {
            trie.erase(key);
            expected.erase(key);
        } else {
            const Bytes value(random() % 300, static_cast<std::uint8_t>(random()));
            trie.put(key, value);
            expected[key] = value;
        }
        switch (random() % 40) {
            case 0:
                save(trie, pages);
                break;
            case 1:
                save(trie, pages);
                trie = reopened(trie, pages);
                break;
            case 2:
                trie.free_memory(random() % 2 == 0 ? 0 : 4'096);
                break;
            default:
                break;
        }
        const auto probe = random_key(random);
        const auto found = trie.get(probe);
        const auto wanted = expected.find(probe);
        ASSERT_EQ(found.has_value(), wanted != expected.end()) << step;
        if (found) {
            ASSERT_EQ(to_bytes(*found), wanted->second);
        }
        ASSERT_EQ(trie.root(), root_of(expected)) << step;
        ASSERT_EQ(trie.size(), expected.size());
    }
    EXPECT_GT(pages.loads, 100U);
    EXPECT_EQ(pages.faults, 0U);
    // What storage has is the trie and nothing else.
    save(trie, pages);
    Pages afresh;
    auto again = StateTrie::from_sorted(views_of(expected), StateVersion::kV1);
    save(again, afresh);
    EXPECT_TRUE(pages.pages == afresh.pages);
    Entries visited;
    reopened(trie, pages).for_each({}, {}, [&](ByteView key, ByteView value) {
        visited[to_bytes(key)] = to_bytes(value);
        return true;
    });
    EXPECT_TRUE(visited == expected);
}

TEST(TriePage, leaves_a_copy_as_it_was_when_the_other_is_saved) {
    Pages pages;
    auto trie = StateTrie::from_sorted(views_of(many_accounts(500)), StateVersion::kV1);
    save(trie, pages);
    trie = reopened(trie, pages);
    const auto before = trie;
    const auto root = before.root();
    const auto key = many_accounts(1).begin()->first;
    trie.put(key, bytes_of("other"));
    EXPECT_NE(trie.root(), root);
    EXPECT_EQ(before.root(), root);
    EXPECT_NE(to_bytes(*before.get(key)), to_bytes(bytes_of("other")));
}

TEST(TriePage, reads_what_a_key_needs_and_no_more) {
    Pages pages;
    const auto entries = many_accounts(20'000);
    auto trie = StateTrie::from_sorted(views_of(entries), StateVersion::kV1);
    save(trie, pages);
    EXPECT_LE(pages.largest, 17 * kPageBytesBegin);
    const auto some = reopened(trie, pages);
    const auto& [key, value] = *std::next(entries.begin(), 777);
    ASSERT_TRUE(some.get(key));
    EXPECT_EQ(to_bytes(*some.get(key)), value);
    EXPECT_LE(pages.loads, 5U);
    EXPECT_EQ(some.root(), trie.root());
    pages.loads = 0;
    std::size_t count = 0;
    Bytes prefix{'a', '/', key[2]};
    reopened(trie, pages).for_each(prefix, {}, [&](ByteView, ByteView) {
        ++count;
        return true;
    });
    EXPECT_GT(count, 10U);
    EXPECT_LT(pages.loads, pages.pages.size() / 50);
}

TEST(TriePage, writes_what_a_change_touches_and_no_more) {
    Pages pages;
    auto entries = many_accounts(20'000);
    auto trie = StateTrie::from_sorted(views_of(entries), StateVersion::kV1);
    save(trie, pages);
    Written written;
    static_cast<void>(trie.page_changes(into(written)));
    EXPECT_TRUE(written.empty());
    trie.put(entries.begin()->first, Bytes(32, 0xee));
    static_cast<void>(trie.page_changes(into(written)));
    EXPECT_GE(written.size(), 1U);
    EXPECT_LE(written.size(), 5U);
}

TEST(TriePage, frees_what_was_not_used_and_keeps_what_is_not_saved) {
    Pages pages;
    const auto entries = many_accounts(5'000);
    auto trie = StateTrie::from_sorted(views_of(entries), StateVersion::kV1);
    save(trie, pages);
    trie = reopened(trie, pages);
    for (const auto& [key, value] : entries) {
        ASSERT_TRUE(trie.get(key));
    }
    const auto full = trie.memory_bytes();
    const auto& changed = entries.rbegin()->first;
    trie.put(changed, bytes_of("not saved"));
    trie.free_memory(0);
    EXPECT_LT(trie.memory_bytes(), full / 20);
    pages.pages.clear();
    EXPECT_EQ(to_bytes(*trie.get(changed)), to_bytes(bytes_of("not saved")));
}

class DamagedPage : public ::testing::Test {
  protected:
    DamagedPage() {
        trie_ = StateTrie::from_sorted(views_of(entries_), StateVersion::kV1);
        save(trie_, pages_);
        old_ = pages_.pages;
        trie_.put(entries_.begin()->first, Bytes(32, 0xee));
        save(trie_, pages_);
    }

    /// Reads every key; the error of the first page that was refused.
    std::error_code read_all() {
        const auto trie = reopened(trie_, pages_);
        for (const auto& [key, value] : entries_) {
            static_cast<void>(trie.get(key));
        }
        return pages_.last_error;
    }

    Entries entries_ = many_accounts(300);
    Pages pages_;
    StateTrie trie_;
    std::map<Bytes, Bytes> old_;
};

TEST_F(DamagedPage, is_found_when_it_is_an_older_one) {
    std::size_t changed = 0;
    for (const auto& [name, page] : old_) {
        if (pages_.pages.at(name) != page) {
            auto kept = std::exchange(pages_.pages.at(name), page);
            pages_.last_error.clear();
            EXPECT_EQ(read_all(), TrieError::kOtherPage);
            pages_.pages.at(name) = kept;
            ++changed;
        }
    }
    EXPECT_GE(changed, 2U);
}

TEST_F(DamagedPage, is_found_when_two_are_exchanged) {
    const auto first = std::next(pages_.pages.begin());
    std::swap(first->second, std::next(first)->second);
    EXPECT_EQ(read_all(), TrieError::kOtherPage);
}

TEST_F(DamagedPage, is_found_when_it_is_gone) {
    pages_.pages.erase(std::next(pages_.pages.begin()));
    static_cast<void>(read_all());
    EXPECT_GT(pages_.faults, 0U);
}

TEST_F(DamagedPage, is_found_whichever_byte_changed) {
    auto& page = std::next(pages_.pages.begin())->second;
    for (std::size_t at = 0; at < page.size(); at += 3) {
        page[at] ^= 0x10;
        pages_.faults = 0;
        static_cast<void>(read_all());
        EXPECT_GT(pages_.faults, 0U) << at;
        page[at] ^= 0x10;
    }
    pages_.faults = 0;
    static_cast<void>(read_all());
    EXPECT_EQ(pages_.faults, 0U);
}

TEST(TriePage, changes_nothing_that_it_cannot_read) {
    Pages pages;
    const auto entries = many_accounts(2'000);
    auto trie = StateTrie::from_sorted(views_of(entries), StateVersion::kV1);
    save(trie, pages);
    auto blind = reopened(trie, pages);
    pages.pages.clear();
    blind.put(entries.begin()->first, bytes_of("new"));
    blind.erase(entries.rbegin()->first);
    EXPECT_GT(pages.faults, 0U);
    EXPECT_EQ(blind.root(), trie.root());
}

}  // namespace
}  // namespace redoubt::trie
