#include <trie/trie_node.hpp>
#include <trie/trie_root.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>

namespace redoubt::trie {
namespace {

// The root of an empty extrinsics list, as every Substrate genesis header carries it.
constexpr auto kEmptyRoot = "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";

TEST(TrieRoot, of_nothing_is_the_well_known_one) {
    EXPECT_EQ(to_hex_0x(trie_root({}, StateVersion::kV0).view()), kEmptyRoot);
    EXPECT_EQ(to_hex_0x(ordered_trie_root({}, StateVersion::kV1).view()), kEmptyRoot);
}

TEST(TrieRoot, differs_between_versions_from_33_byte_values_on) {
    const Bytes key{1};
    for (const std::size_t size : {31U, 32U, 33U, 34U}) {
        const Bytes value(size, 9);
        const std::vector<TrieEntry> entries{{key, value}};
        const bool is_same = trie_root(entries, StateVersion::kV0) == trie_root(entries, StateVersion::kV1);
        EXPECT_EQ(is_same, size < kHashedValueBytesBegin) << size;
    }
}

TEST(TrieRoot, of_an_ordered_trie_follows_the_order_of_items) {
    const std::vector<Bytes> items{{1}, {2}};
    const std::vector<Bytes> swapped{{2}, {1}};
    EXPECT_NE(ordered_trie_root(items, StateVersion::kV0), ordered_trie_root(swapped, StateVersion::kV0));
}

}  // namespace
}  // namespace redoubt::trie
