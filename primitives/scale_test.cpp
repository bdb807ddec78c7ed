#include <primitives/scale.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::scale {
namespace {

struct Point {
    std::uint8_t x = 0;
    std::optional<std::uint16_t> y;
    std::vector<std::string> names;
    static constexpr auto kScaleFields = std::tuple{&Point::x, &Point::y, &Point::names};
    bool operator==(const Point&) const = default;
};
using Shape = std::variant<Point, std::uint32_t>;

template <class T>
Result<T> decode_hex(std::string_view hex) {
    return decode<T>(parse_hex(hex).value());
}

TEST(ScaleCompact, round_trips_at_every_mode_boundary) {
    const std::vector<uint128> values{0,
                                      63,
                                      64,
                                      (1 << 14) - 1,
                                      1 << 14,
                                      (1 << 30) - 1,
                                      1U << 30,
                                      0xffffffffU,
                                      uint128{1} << 32,
                                      ~std::uint64_t{0},
                                      uint128{1} << 64,
                                      ~uint128{0}};
    for (const auto value : values) {
        const auto bytes = encode(Compact<uint128>{value});
        EXPECT_EQ(bytes.size(), compact_size(value));
        const auto back = decode<Compact<uint128>>(bytes);
        ASSERT_OK(back);
        EXPECT_TRUE(back.value().value == value);
    }
}

TEST(ScaleCompact, rejects_longer_forms_than_needed) {
    EXPECT_ERROR(decode_hex<Compact<std::uint32_t>>("0x0100"), DecodeError::kNonCanonical);
    EXPECT_ERROR(decode_hex<Compact<std::uint32_t>>("0xfeff0000"), DecodeError::kNonCanonical);
    EXPECT_ERROR(decode_hex<Compact<std::uint32_t>>("0x03ffffff3f"), DecodeError::kNonCanonical);
    EXPECT_ERROR(decode_hex<Compact<std::uint64_t>>("0x070000004000"), DecodeError::kNonCanonical);
}

TEST(ScaleCompact, rejects_numbers_above_the_type) {
    EXPECT_ERROR(decode_hex<Compact<std::uint32_t>>("0x070000000001"), DecodeError::kOutOfRange);
    EXPECT_ERROR(decode_hex<Compact<std::uint8_t>>("0x0104"), DecodeError::kOutOfRange);
    EXPECT_OK(decode_hex<Compact<std::uint8_t>>("0xfd03"));
}

TEST(Scale, round_trips_a_struct_by_its_field_list) {
    const Point point{.x = 7, .y = 0x1234, .names = {"a", "bc"}};
    const auto bytes = encode(point);
    EXPECT_EQ(to_hex(bytes),
              "07013412"
              "08"
              "0461"
              "086263");
    EXPECT_EQ(decode<Point>(bytes).value(), point);
}

TEST(Scale, round_trips_a_variant_by_position) {
    const Shape shape{std::uint32_t{5}};
    EXPECT_EQ(to_hex(encode(shape)), "0105000000");
    EXPECT_EQ(decode<Shape>(encode(shape)).value(), shape);
    EXPECT_ERROR(decode_hex<Shape>("0x02"), DecodeError::kBadTag);
}

TEST(Scale, round_trips_signed_and_wide_integers) {
    EXPECT_EQ(decode<std::int32_t>(encode(std::int32_t{-2})).value(), -2);
    EXPECT_EQ(to_hex(encode(std::int16_t{-2})), "feff");
    EXPECT_TRUE(decode<uint128>(encode(~uint128{0})).value() == ~uint128{0});
}

TEST(Scale, rejects_a_count_that_the_input_cannot_hold) {
    EXPECT_ERROR(decode_hex<std::vector<std::uint64_t>>("0x03ffffffff00"), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_hex<std::vector<std::uint64_t>>("0x0800000000000000"), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_hex<Bytes>("0x1000"), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_hex<std::vector<std::tuple<>>>("0x06000400"), DecodeError::kLengthLimit);
}

TEST(Scale, rejects_bad_tags_text_and_trailing_bytes) {
    EXPECT_ERROR(decode_hex<bool>("0x02"), DecodeError::kBadTag);
    EXPECT_ERROR(decode_hex<std::optional<bool>>("0x02"), DecodeError::kBadTag);
    EXPECT_ERROR(decode_hex<std::string>("0x04ff"), DecodeError::kBadUtf8);
    EXPECT_ERROR(decode_hex<std::string>("0x0cedA080"), DecodeError::kBadUtf8);
    EXPECT_ERROR(decode_hex<std::uint8_t>("0x0102"), DecodeError::kTrailingBytes);
}

TEST(Scale, rejects_a_map_whose_keys_do_not_ascend) {
    using Map = std::map<std::uint8_t, std::uint8_t>;
    EXPECT_OK(decode_hex<Map>("0x0801020203"));
    EXPECT_ERROR(decode_hex<Map>("0x0802020103"), DecodeError::kBadOrder);
    EXPECT_ERROR(decode_hex<Map>("0x0801020103"), DecodeError::kBadOrder);
}

}  // namespace
}  // namespace redoubt::scale
