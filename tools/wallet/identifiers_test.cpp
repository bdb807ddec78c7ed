#include <tools/wallet/identifiers.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>

namespace redoubt::wallet {
namespace {

TEST(Identifier, reads_hex_and_base58_of_the_same_bytes) {
    Hash256 hash;
    hash.bytes.fill(0x11);
    const auto text = to_base58(hash);
    EXPECT_EQ(parse_identifier(text, "shard").value(), hash);
    EXPECT_EQ(parse_identifier(to_hex_0x(hash.view()), "shard").value(), hash);
}

// Base58 of 32 zero bytes is 32 times the digit one.
TEST(Identifier, keeps_leading_zeros) {
    EXPECT_EQ(to_base58(Hash256{}), std::string(32, '1'));
    EXPECT_TRUE(parse_identifier(std::string(32, '1'), "shard").value().is_zero());
}

TEST(Identifier, rejects_other_lengths_and_alphabets) {
    for (const auto& text : {std::string(31, '1'), std::string(33, '1'), std::string{}, std::string{"0x11"},
                             std::string{"0OIl"}, "0x" + std::string(66, '1')}) {
        const auto parsed = parse_identifier(text, "shard");
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, "identifier_malformed");
        EXPECT_EQ(parsed.error().exit, ExitCode::kUsage);
    }
}

}  // namespace
}  // namespace redoubt::wallet
