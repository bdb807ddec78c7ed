#include <trie/nibbles.hpp>

#include <gtest/gtest.h>

namespace redoubt::trie {
namespace {

Bytes unpacked(NibbleView nibbles) {
    Bytes out;
    append_unpacked(out, nibbles);
    return out;
}

Bytes packed(NibbleView nibbles) {
    Bytes out;
    append_packed(out, nibbles);
    return out;
}

TEST(NibbleView, counts_from_the_high_nibble_of_the_first_byte) {
    const Bytes key{0x12, 0x34, 0x56};
    const NibbleView all{key};
    EXPECT_EQ(unpacked(all), (Bytes{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(unpacked(all.subview(1, 4)), (Bytes{2, 3, 4, 5}));
    EXPECT_EQ(unpacked(all.subview(1).subview(2)), (Bytes{4, 5, 6}));
    EXPECT_EQ(unpacked(all.subview(6)), Bytes{});
    EXPECT_EQ(unpacked(NibbleView{}), Bytes{});
}

TEST(NibbleView, gives_the_bytes_that_hold_a_run) {
    const Bytes key{0x12, 0x34, 0x56};
    const NibbleView all{key};
    for (std::size_t from = 0; from <= all.size(); ++from) {
        for (std::size_t count = 0; from + count <= all.size(); ++count) {
            const auto run = all.subview(from, count);
            const auto copy = to_bytes(run.bytes());
            EXPECT_EQ(unpacked(NibbleView::in(copy.data(), run.starts_low(), count)), unpacked(run));
        }
    }
}

TEST(NibbleView, packs_an_odd_run_with_its_first_nibble_apart) {
    const Bytes key{0x12, 0x34, 0x56};
    const NibbleView all{key};
    EXPECT_EQ(packed(all), key);
    EXPECT_EQ(packed(all.first(5)), (Bytes{0x01, 0x23, 0x45}));
    EXPECT_EQ(packed(all.subview(1)), (Bytes{0x02, 0x34, 0x56}));
    EXPECT_EQ(packed(all.subview(1, 4)), (Bytes{0x23, 0x45}));
    EXPECT_EQ(packed(all.subview(3, 1)), Bytes{0x04});
    EXPECT_EQ(packed(all.first(0)), Bytes{});
}

// Against the definition, for each pair of runs that start anywhere in two keys.
TEST(NibbleView, finds_where_two_runs_part) {
    const Bytes left{0x12, 0x34, 0x12, 0x34};
    const Bytes right{0x12, 0x3f, 0x12, 0x34};
    for (std::size_t i = 0; i <= 8; ++i) {
        for (std::size_t j = 0; j <= 8; ++j) {
            const auto a = NibbleView{left}.subview(i);
            const auto b = NibbleView{right}.subview(j);
            const auto one = unpacked(a);
            const auto other = unpacked(b);
            const auto expected = std::ranges::mismatch(one, other).in1 - one.begin();
            EXPECT_EQ(common_length(a, b), static_cast<std::size_t>(expected)) << i << " " << j;
            EXPECT_EQ(begins_with(a, b), static_cast<std::size_t>(expected) == other.size()) << i << " " << j;
        }
    }
}

}  // namespace
}  // namespace redoubt::trie
