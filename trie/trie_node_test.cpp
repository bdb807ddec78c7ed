#include <trie/trie_node.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::trie {
namespace {

Bytes encoded(const TrieNode& node) {
    Bytes out;
    encode_trie_node(out, node);
    return out;
}

TEST(TrieNode, round_trips_partial_keys_around_each_size_boundary) {
    const Bytes value{1, 2, 3};
    for (const std::size_t count : {0U, 1U, 2U, 62U, 63U, 64U, 317U, 318U, 319U, 573U}) {
        TrieNode node;
        node.partial_key = Bytes(count, 7);
        node.value = ByteView{value};
        const auto bytes = encoded(node);
        const auto back = decode_trie_node(bytes);
        ASSERT_OK(back) << count;
        EXPECT_EQ(back.value().partial_key, node.partial_key) << count;
        EXPECT_EQ(encoded(back.value()), bytes) << count;
    }
}

TEST(TrieNode, rejects_a_branch_with_one_child_and_no_value) {
    EXPECT_ERROR(decode_trie_node(parse_hex("800100"
                                            "0c410104")
                                      .value()),
                 TrieError::kNonCanonicalNode);
    EXPECT_OK(decode_trie_node(parse_hex("800300"
                                         "0c410104"
                                         "0c410104")
                                   .value()));
}

TEST(TrieNode, rejects_padding_bits_an_empty_bitmap_and_trailing_bytes) {
    EXPECT_ERROR(decode_trie_node(parse_hex("411704aa").value()), TrieError::kBadNode);
    EXPECT_OK(decode_trie_node(parse_hex("410704aa").value()));
    EXPECT_ERROR(decode_trie_node(parse_hex("800000").value()), TrieError::kBadNode);
    EXPECT_ERROR(decode_trie_node(parse_hex("410704aa00").value()), TrieError::kBadNode);
    EXPECT_ERROR(decode_trie_node(Bytes{}), TrieError::kBadNode);
}

TEST(TrieNode, reads_an_empty_child_reference_in_compact_form_only) {
    const auto bytes = parse_hex(
                           "800300"
                           "00"
                           "00")
                           .value();
    EXPECT_ERROR(decode_trie_node(bytes), TrieError::kBadNode);
    EXPECT_OK(decode_trie_node(bytes, ChildReferences::kCompact));
}

TEST(TrieNode, rejects_bytes_after_the_empty_trie) {
    EXPECT_OK(decode_trie_node(Bytes{0}));
    EXPECT_ERROR(decode_trie_node(Bytes{0, 0}), TrieError::kBadNode);
}

}  // namespace
}  // namespace redoubt::trie
