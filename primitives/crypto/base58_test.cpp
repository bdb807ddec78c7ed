#include <primitives/crypto/base58.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

TEST(Base58, keeps_leading_zeros) {
    EXPECT_EQ(encode_base58({}), "");
    EXPECT_EQ(encode_base58(Bytes{0, 0, 1}), "112");
    EXPECT_EQ(encode_base58(Bytes{0}), "1");
    const auto decoded = decode_base58("112");
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value(), (Bytes{0, 0, 1}));
    EXPECT_EQ(decode_base58("").value(), Bytes{});
}

// draft-msporny-base58-03, section 5.
TEST(Base58, returns_the_published_texts) {
    EXPECT_EQ(encode_base58(bytes_of("Hello World!")), "2NEpo7TZRRrLZSi2U");
    EXPECT_EQ(encode_base58(Bytes{0, 0, 0x28, 0x7f, 0xb4, 0xcd}), "11233QC4");
}

TEST(Base58, rejects_characters_outside_the_alphabet) {
    for (const std::string_view text : {"0", "O", "I", "l", "1 1", "é", "+"}) {
        EXPECT_ERROR(decode_base58(text), Base58Error::kBadCharacter);
    }
}

TEST(Base58, rejects_long_text_before_it_computes) {
    EXPECT_OK(decode_base58(std::string(kBase58CharactersMax, 'z')));
    EXPECT_ERROR(decode_base58(std::string(kBase58CharactersMax + 1, 'z')), Base58Error::kTooLong);
}

TEST(Base58, reads_what_it_writes) {
    for (std::size_t size = 0; size < 64; ++size) {
        const Bytes bytes(size, static_cast<std::uint8_t>(size * 37));
        EXPECT_EQ(decode_base58(encode_base58(bytes)).value(), bytes);
    }
}

}  // namespace
}  // namespace redoubt::crypto
