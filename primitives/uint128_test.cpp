#include <primitives/uint128.hpp>

#include <gtest/gtest.h>

namespace redoubt {
namespace {

constexpr auto kMaxText = "340282366920938463463374607431768211455";

TEST(Uint128, writes_and_reads_the_largest_value) {
    EXPECT_EQ(to_decimal(~uint128{0}), kMaxText);
    EXPECT_TRUE(parse_decimal_u128(kMaxText) == ~uint128{0});
    EXPECT_EQ(to_decimal(0), "0");
}

TEST(Uint128, rejects_one_more_than_the_largest_value) {
    EXPECT_FALSE(parse_decimal_u128("340282366920938463463374607431768211456").has_value());
    EXPECT_FALSE(parse_decimal_u128("3402823669209384634633746074317682114550").has_value());
}

TEST(Uint128, rejects_what_is_not_a_plain_number) {
    for (const auto* text : {"", "-1", "+1", "1 ", "0x1", "1_000", "1.0"}) {
        EXPECT_FALSE(parse_decimal_u128(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace redoubt
