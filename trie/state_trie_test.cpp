#include <trie/state_trie.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tests/support/result_matchers.hpp>
#include <trie/read_proof.hpp>

namespace redoubt::trie {
namespace {

using EntryMap = std::map<Bytes, Bytes>;

std::vector<TrieEntry> entries_of(const EntryMap& map) {
    std::vector<TrieEntry> out;
    for (const auto& [key, value] : map) {
        out.push_back({key, value});
    }
    return out;
}

/// Keys of few distinct bytes and lengths 0 to 5, so that they share prefixes and contain each other.
Bytes random_key(std::mt19937& random) {
    Bytes key(random() % 6);
    for (auto& byte : key) {
        byte = static_cast<std::uint8_t>((random() % 3) * 0x11 + (random() % 2));
    }
    return key;
}

Bytes random_value(std::mt19937& random) {
    return Bytes(random() % 50, static_cast<std::uint8_t>(random()));
}

/// Puts 300 random entries, some of them over others. @return what the trie holds
EntryMap fill(StateTrie& trie, std::mt19937& random) {
    EntryMap map;
    for (int i = 0; i < 300; ++i) {
        const auto key = random_key(random);
        map[key] = random_value(random);
        trie.put(key, map[key]);
    }
    return map;
}

class StateTrieBothVersions : public ::testing::TestWithParam<StateVersion> {};

// The root after any sequence of changes is the root computed from all entries at once.
TEST_P(StateTrieBothVersions, keeps_the_root_of_its_entries_through_random_changes) {
    std::mt19937 random{7};
    StateTrie trie{GetParam()};
    EntryMap expected;
    for (int step = 0; step < 500; ++step) {
        const auto key = random_key(random);
        if (random() % 3 == 0) {
            trie.erase(key);
            expected.erase(key);
        } else {
            const auto value = random_value(random);
            trie.put(key, value);
            expected[key] = value;
        }
        ASSERT_EQ(trie.root(), trie_root(entries_of(expected), GetParam())) << step;
        ASSERT_EQ(trie.size(), expected.size());
    }
}

TEST_P(StateTrieBothVersions, is_the_same_built_at_once_or_key_by_key) {
    std::mt19937 random{11};
    EntryMap map;
    StateTrie by_key{GetParam()};
    for (int i = 0; i < 500; ++i) {
        const auto key = random_key(random);
        map[key] = random_value(random);
        by_key.put(key, map[key]);
    }
    const auto at_once = StateTrie::from_sorted(entries_of(map), GetParam());
    EXPECT_EQ(at_once.root(), by_key.root());
    EXPECT_EQ(at_once.size(), map.size());
}

TEST_P(StateTrieBothVersions, leaves_copies_as_they_were) {
    std::mt19937 random{13};
    StateTrie trie{GetParam()};
    for (int i = 0; i < 200; ++i) {
        trie.put(random_key(random), random_value(random));
    }
    const auto before = trie;
    const auto root_before = before.root();
    for (int i = 0; i < 200; ++i) {
        trie.erase(random_key(random));
        trie.put(random_key(random), random_value(random));
        ASSERT_EQ(before.root(), root_before);
    }
    EXPECT_NE(trie.root(), root_before);
}

TEST_P(StateTrieBothVersions, proves_what_it_holds_and_what_it_does_not) {
    std::mt19937 random{17};
    StateTrie trie{GetParam()};
    const auto map = fill(trie, random);
    for (int i = 0; i < 100; ++i) {
        const std::vector<Bytes> keys{random_key(random), random_key(random), Bytes{0xee, 0xee}};
        const auto nodes = trie.prove(keys);
        const auto proof = ReadProof::verify(trie.root(), nodes);
        ASSERT_OK(proof);
        for (const auto& key : keys) {
            const auto read = proof.value().read(key);
            ASSERT_OK(read);
            const auto found = map.find(key);
            ASSERT_EQ(read.value().has_value(), found != map.end());
            if (found != map.end()) {
                ASSERT_TRUE(equal(*read.value(), found->second));
            }
        }
    }
}

TEST_P(StateTrieBothVersions, visits_keys_under_a_prefix_in_order) {
    std::mt19937 random{19};
    StateTrie trie{GetParam()};
    const auto map = fill(trie, random);
    for (int i = 0; i < 200; ++i) {
        const auto prefix = random_key(random);
        const auto after = random_key(random);
        std::vector<Bytes> expected;
        for (const auto& [key, value] : map) {
            const bool has_prefix =
                key.size() >= prefix.size() && equal(ByteView{key}.first(prefix.size()), prefix);
            if (has_prefix && (key > after || (after.empty() && !key.empty()))) {
                expected.push_back(key);
            }
        }
        std::vector<Bytes> visited;
        trie.for_each(prefix, after, [&](ByteView key, ByteView value) {
            visited.push_back(to_bytes(key));
            EXPECT_TRUE(equal(value, map.at(visited.back())));
            return true;
        });
        ASSERT_EQ(visited, expected);
    }
}

INSTANTIATE_TEST_SUITE_P(Versions,
                         StateTrieBothVersions,
                         ::testing::Values(StateVersion::kV0, StateVersion::kV1));

}  // namespace
}  // namespace redoubt::trie
