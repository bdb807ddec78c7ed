#include <attestation/der/der_reader.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::der {
namespace {

Bytes hex(std::string_view text) {
    return parse_hex(text).value();
}

Result<std::uint64_t> read_unsigned(std::string_view text, std::uint64_t max) {
    const auto bytes = hex(text);
    return Reader{bytes}.take_unsigned(max);
}

TEST(DerReader, reads_lengths_up_to_four_bytes) {
    Bytes input = hex("0482010000");
    input.resize(4 + 256);
    const auto element = read_single(input, kOctetString);
    ASSERT_OK(element);
    EXPECT_EQ(element.value().content.size(), 256U);
}

TEST(DerReader, rejects_lengths_that_are_not_the_shortest_or_not_definite) {
    for (const auto* text : {"048100", "04817f", "04820080", "0480", "0485000000000100", "04ff"}) {
        EXPECT_ERROR(read_single(hex(text), kOctetString), Reason::kMalformed) << text;
    }
}

TEST(DerReader, rejects_a_length_beyond_the_input) {
    EXPECT_ERROR(read_single(hex("0402aa"), kOctetString), Reason::kMalformed);
    EXPECT_ERROR(read_single(hex("0484ffffffff"), kOctetString), Reason::kMalformed);
    EXPECT_ERROR(read_single(hex("04"), kOctetString), Reason::kMalformed);
}

TEST(DerReader, rejects_bytes_after_the_single_element) {
    EXPECT_OK(read_single(hex("0401aa"), kOctetString));
    EXPECT_ERROR(read_single(hex("0401aa00"), kOctetString), Reason::kMalformed);
}

TEST(DerReader, rejects_tags_of_more_than_one_byte) {
    EXPECT_ERROR(read_single(hex("1f810100"), 0x1f), Reason::kMalformed);
}

TEST(DerReader, reads_unsigned_integers_up_to_their_limit) {
    EXPECT_EQ(read_unsigned("020100", 0).value(), 0U);
    EXPECT_EQ(read_unsigned("020200ff", 255).value(), 255U);
    EXPECT_ERROR(read_unsigned("02020100", 255), Reason::kMalformed);
    EXPECT_EQ(read_unsigned("020900ffffffffffffffff", UINT64_MAX).value(), UINT64_MAX);
    EXPECT_ERROR(read_unsigned("0209010000000000000000", UINT64_MAX), Reason::kMalformed);
}

TEST(DerReader, rejects_negative_and_long_integers) {
    for (const auto* text : {"0200", "020180", "0202ffff", "02020001", "020200"}) {
        EXPECT_ERROR(read_unsigned(text, 1000), Reason::kMalformed) << text;
    }
}

TEST(DerReader, takes_booleans_of_der_only) {
    EXPECT_TRUE(Reader{hex("0101ff")}.take_boolean().value());
    EXPECT_FALSE(Reader{hex("010100")}.take_boolean().value());
    EXPECT_ERROR(Reader{hex("010101")}.take_boolean(), Reason::kMalformed);
}

TEST(DerReader, takes_bit_strings_of_whole_bytes_only) {
    EXPECT_OK(Reader{hex("030200aa")}.take_bit_bytes());
    EXPECT_ERROR(Reader{hex("030201aa")}.take_bit_bytes(), Reason::kMalformed);
    EXPECT_ERROR(Reader{hex("0300")}.take_bit_bytes(), Reason::kMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::der
