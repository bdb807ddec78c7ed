#include <gtest/gtest.h>

#include <substrate/integer.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::substrate {
namespace {

const std::string kU256Max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

TEST(Integer, prints_and_parses_its_whole_range) {
    const std::vector<std::string> texts{
        "0",      "-1",          "10000000000000000000", "340282366920938463463374607431768211456",
        kU256Max, "-" + kU256Max};
    for (const auto& text : texts) {
        const auto value = parse_integer(text);
        ASSERT_TRUE(value.has_value()) << text;
        EXPECT_EQ(to_decimal(*value), text);
    }
}

TEST(Integer, rejects_other_texts) {
    for (const std::string_view text : {"", "-", "-0", "01", "+1", "1 ", "0x1", "1_000"}) {
        EXPECT_FALSE(parse_integer(text).has_value()) << text;
    }
    EXPECT_FALSE(
        parse_integer("115792089237316195423570985008687907853269984665640564039457584007913129639936"));
}

TEST(Integer, fits_at_the_edges_of_each_width) {
    EXPECT_TRUE(Integer::of_u64(255).fits(8, false));
    EXPECT_FALSE(Integer::of_u64(256).fits(8, false));
    EXPECT_FALSE(Integer::of_i64(-1).fits(8, false));
    EXPECT_TRUE(Integer::of_i64(127).fits(8, true));
    EXPECT_FALSE(Integer::of_i64(128).fits(8, true));
    EXPECT_TRUE(Integer::of_i64(-128).fits(8, true));
    EXPECT_FALSE(Integer::of_i64(-129).fits(8, true));
    EXPECT_TRUE(parse_integer(kU256Max)->fits(256, false));
    EXPECT_FALSE(parse_integer(kU256Max)->fits(256, true));
}

TEST(Integer, keeps_its_sign_in_twos_complement) {
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{-128},
                                      std::int64_t{127}, std::numeric_limits<std::int64_t>::min()}) {
        Bytes bytes;
        append_integer(bytes, Integer::of_i64(number), 256);
        ASSERT_EQ(bytes.size(), 32U);
        EXPECT_EQ(Integer::of_le_bytes(bytes, true), Integer::of_i64(number));
    }
}

TEST(Integer, reads_back_compact_numbers_of_every_length) {
    for (unsigned bits = 0; bits <= 256; ++bits) {
        // The largest number of that many bits.
        Bytes ones(32, 0);
        for (unsigned i = 0; i < bits; ++i) {
            ones[i / 8] = static_cast<std::uint8_t>(ones[i / 8] | (1U << (i % 8)));
        }
        const auto value = Integer::of_le_bytes(ones, false);
        Bytes bytes;
        append_compact_integer(bytes, value);
        ByteCursor in{bytes};
        const auto read = read_compact_integer(in, 256);
        ASSERT_OK(read);
        EXPECT_EQ(read.value(), value);
        EXPECT_TRUE(in.empty());
    }
}

TEST(Integer, rejects_compact_numbers_that_are_too_wide_or_too_long) {
    const auto read = [](const Bytes& bytes, unsigned bits) {
        ByteCursor in{bytes};
        return read_compact_integer(in, bits);
    };
    EXPECT_ERROR(read({0x07, 1, 0, 0, 0, 0}, 256), DecodeError::kNonCanonical);
    EXPECT_ERROR(read({0x03, 0xff, 0xff, 0xff, 0x3f}, 256), DecodeError::kNonCanonical);
    EXPECT_OK(read({0x03, 0x00, 0x00, 0x00, 0x40}, 256));
    Bytes wide(34, 0xff);
    wide[0] = ((33 - 4) << 2) | 3;
    EXPECT_ERROR(read(wide, 256), DecodeError::kOutOfRange);
    EXPECT_ERROR(read({0x01, 0x04}, 8), DecodeError::kOutOfRange);
}

}  // namespace
}  // namespace redoubt::substrate
