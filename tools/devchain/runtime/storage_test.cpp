#include <gtest/gtest.h>

#include <tools/devchain/runtime/storage.hpp>

namespace redoubt::devchain {
namespace {

const Bytes kA{1};
const Bytes kB{1, 2};
const Bytes kOne{0x11};
const Bytes kTwo{0x22};

TEST(Storage, reads_through_layers_and_drops_them) {
    trie::StateTrie trie;
    trie.put(kA, kOne);
    Storage storage{trie};
    storage.begin();
    storage.put(kA, kTwo);
    storage.begin();
    storage.erase(kA);
    EXPECT_EQ(storage.get(kA), std::nullopt);
    storage.drop();
    EXPECT_EQ(storage.get(kA), kTwo);
    storage.commit();
    EXPECT_EQ(storage.get(kA), kTwo);
    const auto changes = storage.take_changes();
    EXPECT_EQ(changes.main, (TrieChanges{{kA, kTwo}}));
    EXPECT_EQ(storage.get(kA), kOne);
}

TEST(Storage, keeps_an_erasure_when_layers_merge) {
    trie::StateTrie trie;
    trie.put(kA, kOne);
    Storage storage{trie};
    storage.put(kB, kTwo);
    storage.begin();
    storage.erase(kA);
    storage.erase(kB);
    storage.commit();
    const auto changes = storage.take_changes();
    EXPECT_EQ(changes.main, (TrieChanges{{kA, std::nullopt}, {kB, std::nullopt}}));
}

TEST(Storage, erases_a_prefix_in_the_trie_and_in_layers) {
    trie::StateTrie trie;
    trie.put(kA, kOne);
    trie.put(Bytes{2}, kOne);
    Storage storage{trie};
    storage.put(kB, kTwo);
    storage.begin();
    storage.erase_prefix(kA);
    EXPECT_EQ(storage.get(kA), std::nullopt);
    EXPECT_EQ(storage.get(kB), std::nullopt);
    EXPECT_EQ(storage.get(Bytes{2}), kOne);
    storage.drop();
    EXPECT_EQ(storage.get(kB), kTwo);
}

TEST(Storage, keeps_child_tries_apart) {
    const trie::StateTrie trie;
    trie::StateTrie child;
    child.put(kA, kOne);
    Storage storage{trie, [&](ByteView key) { return equal(key, kB) ? &child : nullptr; }};
    EXPECT_EQ(storage.child_get(kB, kA), kOne);
    EXPECT_EQ(storage.child_get(kA, kA), std::nullopt);
    storage.begin();
    storage.child_put(kB, kA, kTwo);
    storage.child_put(kA, kB, kOne);
    storage.commit();
    storage.begin();
    storage.child_erase(kB, kA);
    storage.drop();
    EXPECT_EQ(storage.child_get(kB, kA), kTwo);
    EXPECT_EQ(storage.get(kA), std::nullopt);
    const auto changes = storage.take_changes();
    EXPECT_TRUE(changes.main.empty());
    EXPECT_EQ(changes.children.size(), 2U);
}

}  // namespace
}  // namespace redoubt::devchain
