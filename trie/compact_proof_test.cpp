#include <trie/compact_proof.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::trie {
namespace {

// A leaf at 0x10 whose value follows as an item of its own; the trie is that of one entry.
struct DetachedLeaf {
    Bytes value = Bytes(40, 0xaa);
    Bytes item;

    DetachedLeaf() {
        TrieNode node;
        node.partial_key = {1, 0};
        node.value = ByteView{};
        item.push_back(1);
        encode_trie_node(item, node);
    }
};

TEST(CompactProof, rebuilds_a_leaf_with_a_detached_value) {
    const DetachedLeaf leaf;
    const Bytes key{0x10};
    const std::vector<TrieEntry> entries{{key, leaf.value}};
    const auto expanded = expand_compact_proof(std::vector<Bytes>{leaf.item, leaf.value});
    ASSERT_OK(expanded);
    EXPECT_EQ(expanded.value().root, trie_root(entries, StateVersion::kV1));
    const auto proof = ReadProof::verify_expanded(expanded.value().root, expanded.value().entries);
    ASSERT_OK(proof);
    EXPECT_TRUE(equal(*proof.value().read(key).value(), leaf.value));
}

TEST(CompactProof, rejects_missing_surplus_and_misused_items) {
    const DetachedLeaf leaf;
    const auto expand = [](const std::vector<Bytes>& items) { return expand_compact_proof(items); };
    EXPECT_ERROR(expand({}), TrieError::kBadCompactForm);
    EXPECT_ERROR(expand({leaf.item}), TrieError::kBadCompactForm);
    EXPECT_ERROR(expand({leaf.item, leaf.value, leaf.value}), TrieError::kBadCompactForm);
    // The escape twice, and the escape before a value that is not left out.
    EXPECT_TRUE(expand({concat(Bytes{1}, leaf.item), leaf.value}).has_error());
    TrieNode with_value;
    with_value.partial_key = {1, 0};
    const Bytes short_value{7};
    with_value.value = ByteView{short_value};
    Bytes inline_value{1};
    encode_trie_node(inline_value, with_value);
    EXPECT_ERROR(expand({inline_value, leaf.value}), TrieError::kBadCompactForm);
    EXPECT_ERROR(expand(std::vector<Bytes>(kProofEntriesMax + 1)), TrieError::kTooLarge);
}

}  // namespace
}  // namespace redoubt::trie
