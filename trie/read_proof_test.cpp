#include <trie/read_proof.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::trie {
namespace {

/// A trie of two leaves under one branch, with its nodes written out.
struct SmallTrie {
    Bytes value_a = Bytes(40, 0xaa);
    Bytes value_b = Bytes(40, 0xbb);
    Bytes leaf_a;
    Bytes leaf_b;
    Bytes branch;
    Hash256 root;

    SmallTrie() {
        leaf_a = leaf(value_a);
        leaf_b = leaf(value_b);
        const auto hash_a = crypto::blake2b_256(leaf_a);
        const auto hash_b = crypto::blake2b_256(leaf_b);
        TrieNode node;
        node.is_branch = true;
        node.children[1] = hash_a.view();
        node.children[2] = hash_b.view();
        encode_trie_node(branch, node);
        root = crypto::blake2b_256(branch);
    }
    static Bytes leaf(const Bytes& value) {
        TrieNode node;
        node.partial_key = {0};
        node.value = ByteView{value};
        Bytes out;
        encode_trie_node(out, node);
        return out;
    }
};

TEST(ReadProof, reads_a_value_and_proves_an_absence) {
    const SmallTrie trie;
    const std::vector<Bytes> entries{trie.leaf_a, trie.branch};
    const auto proof = ReadProof::verify(trie.root, entries);
    ASSERT_OK(proof);
    EXPECT_TRUE(equal(*proof.value().read(Bytes{0x10}).value(), trie.value_a));
    EXPECT_FALSE(proof.value().read(Bytes{0x11}).value().has_value());
    EXPECT_FALSE(proof.value().read(Bytes{0x30}).value().has_value());
}

// A value may look like a node, and be one elsewhere in the trie: the entry is listed once and plays both
// roles.
TEST(ReadProof, takes_an_entry_that_is_a_value_here_and_a_node_there) {
    const SmallTrie inner;
    TrieNode value_leaf;
    value_leaf.partial_key = {0};
    value_leaf.value = crypto::blake2b_256(inner.branch);
    Bytes leaf;
    encode_trie_node(leaf, value_leaf);
    const auto leaf_hash = crypto::blake2b_256(leaf);
    for (const std::size_t value_side : {1U, 2U}) {
        TrieNode top;
        top.is_branch = true;
        top.children[value_side] = leaf_hash.view();
        top.children[3 - value_side] = inner.root.view();
        Bytes branch;
        encode_trie_node(branch, top);
        const std::vector<Bytes> entries{branch, leaf, inner.branch, inner.leaf_a};
        const auto proof = ReadProof::verify(crypto::blake2b_256(branch), entries);
        ASSERT_OK(proof);
        const auto value_key = static_cast<std::uint8_t>(value_side << 4);
        EXPECT_TRUE(equal(*proof.value().read(Bytes{value_key}).value(), inner.branch));
        // The inner branch has no child 5: it was reached as a node too.
        const auto absent_key = static_cast<std::uint8_t>(((3 - value_side) << 4) | 5);
        const auto absent = proof.value().read(Bytes{absent_key});
        ASSERT_OK(absent);
        EXPECT_FALSE(absent.value().has_value());
    }
}

TEST(ReadProof, says_incomplete_where_the_proof_does_not_reach) {
    const SmallTrie trie;
    const std::vector<Bytes> entries{trie.leaf_a, trie.branch};
    EXPECT_ERROR(ReadProof::verify(trie.root, entries).value().read(Bytes{0x20}), TrieError::kIncomplete);
}

TEST(ReadProof, rejects_entries_that_are_listed_twice_or_belong_to_no_path) {
    const SmallTrie trie;
    const std::vector<Bytes> twice{trie.leaf_a, trie.branch, trie.leaf_a};
    EXPECT_ERROR(ReadProof::verify(trie.root, twice), TrieError::kDuplicateEntry);
    const std::vector<Bytes> foreign{trie.leaf_a, trie.branch, SmallTrie::leaf(Bytes(40, 0xcc))};
    EXPECT_ERROR(ReadProof::verify(trie.root, foreign), TrieError::kUnusedEntry);
}

TEST(ReadProof, rejects_a_proof_for_another_root) {
    const SmallTrie trie;
    const std::vector<Bytes> without_root{trie.leaf_a};
    EXPECT_ERROR(ReadProof::verify(trie.root, without_root), TrieError::kMissingRoot);
    EXPECT_ERROR(ReadProof::verify(trie.root, {}), TrieError::kMissingRoot);
}

TEST(ReadProof, shows_every_key_absent_under_the_empty_root) {
    const auto proof = ReadProof::verify(empty_trie_root(), {});
    ASSERT_OK(proof);
    EXPECT_FALSE(proof.value().read(Bytes{1, 2}).value().has_value());
}

}  // namespace
}  // namespace redoubt::trie
