#include <primitives/hex.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt {
namespace {

TEST(Hex, writes_lower_case_with_prefix) {
    EXPECT_EQ(to_hex_0x(Bytes{0x00, 0xab, 0xff}), "0x00abff");
    EXPECT_EQ(to_hex(Bytes{}), "");
}

TEST(Hex, reads_both_cases_with_and_without_prefix) {
    EXPECT_EQ(parse_hex("0xAbCd").value(), (Bytes{0xab, 0xcd}));
    EXPECT_EQ(parse_hex("abcd").value(), (Bytes{0xab, 0xcd}));
    EXPECT_EQ(parse_hex("0x").value(), Bytes{});
}

TEST(Hex, rejects_odd_length_and_foreign_characters) {
    EXPECT_ERROR(parse_hex("0xabc"), HexError::kOddLength);
    EXPECT_ERROR(parse_hex("0xag"), HexError::kBadDigit);
    EXPECT_ERROR(parse_hex("a "), HexError::kBadDigit);
}

TEST(Hex, rejects_a_fixed_value_one_byte_short_or_long) {
    EXPECT_ERROR(parse_hex_fixed<FixedBytes<2>>("0xab"), HexError::kWrongSize);
    EXPECT_OK(parse_hex_fixed<FixedBytes<2>>("0xabcd"));
    EXPECT_ERROR(parse_hex_fixed<FixedBytes<2>>("0xabcdef"), HexError::kWrongSize);
}

}  // namespace
}  // namespace redoubt
