#include <attestation/cbor/cbor_reader.hpp>

#include <gtest/gtest.h>

#include <attestation/cbor/cbor_writer.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

#include <string>

namespace redoubt::attestation::cbor {
namespace {

Bytes hex(std::string_view text) {
    return parse_hex(text).value();
}

/// Why the whole of these bytes is refused; nullopt when it is one item.
std::optional<Reason> reason(ByteView input) {
    const auto reader = Reader::open(input);
    return reader ? std::nullopt : std::optional{reason_of(reader.error())};
}
std::optional<Reason> reason(std::string_view text) {
    return reason(ByteView{hex(text)});
}

struct Number {
    const char* bytes;
    std::int64_t value;
};

class Numbers : public testing::TestWithParam<Number> {};

// RFC 8949, appendix A, and the first number of each length.
TEST_P(Numbers, are_read_and_written_in_their_shortest_form) {
    const auto bytes = hex(GetParam().bytes);
    auto reader = Reader::open(bytes);
    ASSERT_OK(reader);
    const auto value = reader.value().take_integer();
    ASSERT_OK(value);
    EXPECT_EQ(value.value(), GetParam().value);
    EXPECT_TRUE(reader.value().empty());
    Bytes written;
    const bool is_negative = GetParam().value < 0;
    append_head(written, is_negative ? Kind::kNegative : Kind::kUnsigned,
                static_cast<std::uint64_t>(is_negative ? -1 - GetParam().value : GetParam().value));
    EXPECT_EQ(written, bytes);
}

INSTANTIATE_TEST_SUITE_P(Cbor,
                         Numbers,
                         testing::Values(Number{"00", 0},
                                         Number{"17", 23},
                                         Number{"1818", 24},
                                         Number{"18ff", 255},
                                         Number{"190100", 256},
                                         Number{"1903e8", 1000},
                                         Number{"19ffff", 65535},
                                         Number{"1a00010000", 65536},
                                         Number{"1a000f4240", 1'000'000},
                                         Number{"1b0000000100000000", 4'294'967'296},
                                         Number{"1b000000e8d4a51000", 1'000'000'000'000},
                                         Number{"20", -1},
                                         Number{"3863", -100},
                                         Number{"3903e7", -1000}));

TEST(CborReader, takes_numbers_to_the_ends_of_their_range) {
    const auto most = hex("1bffffffffffffffff");
    EXPECT_EQ(Reader::open(most).value().take_unsigned().value(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_ERROR(Reader::open(most).value().take_unsigned(5), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(most).value().take_integer(), Reason::kMalformed);
    const auto least = hex("3b7fffffffffffffff");
    EXPECT_EQ(Reader::open(least).value().take_integer().value(), std::numeric_limits<std::int64_t>::min());
    EXPECT_ERROR(Reader::open(hex("3b8000000000000000")).value().take_integer(), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(hex("20")).value().take_unsigned(), Reason::kMalformed);
}

TEST(CborReader, rejects_heads_that_are_not_the_shortest) {
    for (const auto* bytes : {"1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "580161", "7817",
                              "9800", "b800", "d812f6"}) {
        EXPECT_EQ(reason(bytes), Reason::kMalformed) << bytes;
    }
}

TEST(CborReader, rejects_reserved_heads_indefinite_lengths_and_other_simple_values) {
    for (const auto* bytes :
         {"1c", "1d", "1e", "1f", "5f41004100ff", "7f6161ff", "9f01ff", "bf0102ff", "df00", "ff", "e0", "f3",
          "f7", "f814", "f8ff", "f90000", "fa47c35000", "fb3ff199999999999a", "fc"}) {
        EXPECT_EQ(reason(bytes), Reason::kMalformed) << bytes;
    }
}

TEST(CborReader, takes_maps_that_end_with_a_break_only_where_they_are_allowed) {
    // {"a": {_ 1: 2}, "b": {_ }, "c": 3}, the outer one open as well
    const auto bytes = hex("bf6161bf0102ff6162bfff616303ff");
    EXPECT_EQ(reason(bytes), Reason::kMalformed);
    EXPECT_EQ(measure(bytes, Lengths::kDefiniteButOfMaps).value(), bytes.size());
    auto opened = Reader::open(bytes, Lengths::kDefiniteButOfMaps);
    ASSERT_OK(opened);
    auto in = opened.value();
    EXPECT_EQ(in.peek(), Kind::kMap);
    EXPECT_EQ(in.enter_map().value(), 3U);
    EXPECT_EQ(in.take_text().value(), "a");
    auto skipped = in;
    ASSERT_OK(skipped.skip());
    EXPECT_EQ(skipped.take_text().value(), "b");
    EXPECT_EQ(in.enter_map().value(), 1U);
    EXPECT_EQ(in.take_unsigned().value(), 1U);
    EXPECT_EQ(in.take_unsigned().value(), 2U);
    EXPECT_EQ(in.take_text().value(), "b");
    EXPECT_EQ(in.enter_map().value(), 0U);
    EXPECT_EQ(in.take_text().value(), "c");
    EXPECT_EQ(in.take_unsigned().value(), 3U);
    EXPECT_TRUE(in.empty());
    for (const auto* broken : {"bf", "bf01ff", "bf0102", "bf01020103ff", "bf0102ffff", "bfbf0102ff03ff", "ff",
                               "a1ff", "81ff", "a101ff", "bf01a102ffff", "9f01ff", "5f4100ff", "7f6161ff"}) {
        const auto input = hex(broken);
        EXPECT_ERROR(Reader::open(input, Lengths::kDefiniteButOfMaps), Reason::kMalformed) << broken;
    }
    Bytes deep;
    for (std::size_t i = 0; i <= kCborDepthMax; ++i) {
        append(deep, hex("bf01"));
    }
    EXPECT_ERROR(measure(deep, Lengths::kDefiniteButOfMaps), Reason::kLimitExceeded);
}

TEST(CborReader, rejects_what_is_cut_off_or_followed_by_more) {
    const auto whole = hex("a26161820102616243010203");
    EXPECT_EQ(reason(whole), std::nullopt);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(reason(ByteView{whole}.first(size)), Reason::kMalformed) << size;
    }
    auto longer = whole;
    longer.push_back(0);
    EXPECT_EQ(reason(longer), Reason::kMalformed);
    EXPECT_EQ(measure(longer).value(), whole.size());
}

TEST(CborReader, rejects_text_that_is_not_utf8) {
    EXPECT_EQ(reason("62c3bc"), std::nullopt);
    EXPECT_EQ(reason("62c328"), Reason::kMalformed);
    EXPECT_EQ(reason("63eda080"), Reason::kMalformed) << "a surrogate";
    EXPECT_EQ(reason("42c328"), std::nullopt) << "bytes are any";
}

TEST(CborReader, rejects_a_key_twice_wherever_the_map_is) {
    EXPECT_EQ(reason("a201020103"), Reason::kMalformed);
    EXPECT_EQ(reason("a2616101616102"), Reason::kMalformed);
    EXPECT_EQ(reason("a3010202030104"), Reason::kMalformed) << "another key between them";
    EXPECT_EQ(reason("a10181a201020103"), Reason::kMalformed) << "inside of a value";
    EXPECT_EQ(reason("d9018fa201020103"), Reason::kMalformed) << "behind a tag";
    EXPECT_EQ(reason("a201a101022003"), std::nullopt) << "the same key in two maps, and 1 beside -1";
    EXPECT_EQ(reason("a2416101616102"), std::nullopt) << "the same letter as bytes and as text";
    EXPECT_EQ(reason("a2a10102030102"), Reason::kMalformed) << "a map as a key";
}

TEST(CborReader, takes_keys_in_any_order) {
    EXPECT_EQ(reason("a202010102"), std::nullopt);
}

TEST(CborReader, takes_the_greatest_depth_and_no_more) {
    for (const auto* head : {"81", "c6", "a101"}) {
        Bytes nested;
        for (std::size_t i = 0; i < kCborDepthMax; ++i) {
            append(nested, hex(head));
        }
        auto deeper = concat(hex(head), nested);
        nested.push_back(0);
        deeper.push_back(0);
        EXPECT_EQ(reason(nested), std::nullopt) << head;
        EXPECT_EQ(reason(deeper), Reason::kLimitExceeded) << head;
    }
    EXPECT_EQ(reason(Bytes(1'000'000, 0x81)), Reason::kLimitExceeded);
}

TEST(CborReader, takes_the_greatest_count_of_items_and_no_more) {
    Bytes array;
    append_head(array, Kind::kArray, kCborItemsMax - 1);
    array.resize(array.size() + kCborItemsMax - 1);
    EXPECT_EQ(reason(array), std::nullopt);
    Bytes more;
    append_head(more, Kind::kArray, kCborItemsMax);
    more.resize(more.size() + kCborItemsMax);
    EXPECT_EQ(reason(more), Reason::kLimitExceeded);
    EXPECT_EQ(reason("9bffffffffffffffff"), Reason::kLimitExceeded) << "no count is believed";
    EXPECT_EQ(reason("bb8000000000000000"), Reason::kLimitExceeded) << "twice it is 0";
}

TEST(CborReader, takes_the_longest_string_and_no_longer) {
    Bytes string;
    append_bytes(string, Bytes(kCborStringBytesMax, 7));
    EXPECT_EQ(reason(string), std::nullopt);
    Bytes longer;
    append_bytes(longer, Bytes(kCborStringBytesMax + 1, 7));
    EXPECT_EQ(reason(longer), Reason::kLimitExceeded);
    EXPECT_EQ(reason("5bffffffffffffffff"), Reason::kLimitExceeded);
    EXPECT_EQ(reason("5affff"), Reason::kMalformed);
}

TEST(CborReader, reads_what_it_opened_in_order) {
    // {"a": [1, h'0203'], "b": null, "c": true, 5: 18("x")}
    const auto bytes = hex("a4616182014202036162f66163f505d26178");
    auto opened = Reader::open(bytes);
    ASSERT_OK(opened);
    auto in = opened.value();
    EXPECT_EQ(in.peek(), Kind::kMap);
    EXPECT_EQ(in.enter_map().value(), 4U);
    EXPECT_EQ(in.take_text().value(), "a");
    auto skipped = in;
    ASSERT_OK(skipped.skip());
    EXPECT_EQ(in.enter_array().value(), 2U);
    EXPECT_EQ(in.take_unsigned(1).value(), 1U);
    EXPECT_EQ(to_hex(in.take_bytes(2, 2).value()), "0203");
    EXPECT_EQ(in.take_text().value(), "b");
    EXPECT_TRUE(in.take_null());
    EXPECT_FALSE(in.take_null());
    EXPECT_EQ(in.take_text(1).value(), "c");
    const auto boolean = in.next();
    ASSERT_OK(boolean);
    EXPECT_EQ(boolean.value().kind, Kind::kBoolean);
    EXPECT_EQ(boolean.value().number, 1U);
    EXPECT_EQ(in.take_integer().value(), 5);
    EXPECT_EQ(in.take_tag().value(), 18U);
    EXPECT_EQ(in.take_text().value(), "x");
    EXPECT_TRUE(in.empty());
    EXPECT_EQ(in.peek(), std::nullopt);
    EXPECT_ERROR(in.next(), Reason::kMalformed);
    EXPECT_EQ(skipped.take_text().value(), "b") << "a container was passed over as a whole";
}

TEST(CborReader, rejects_another_kind_or_length_than_asked_for) {
    const auto text = hex("6161");
    EXPECT_ERROR(Reader::open(text).value().take_bytes(0, 9), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(text).value().take_text(0), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(text).value().take_integer(), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(text).value().take_tag(), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(text).value().enter_array(), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(text).value().enter_map(), Reason::kMalformed);
    const auto bytes = hex("420102");
    EXPECT_ERROR(Reader::open(bytes).value().take_bytes(3, 9), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(bytes).value().take_bytes(0, 1), Reason::kMalformed);
    EXPECT_ERROR(Reader::open(bytes).value().take_text(), Reason::kMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::cbor
