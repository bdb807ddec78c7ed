#include <primitives/crypto/bip39.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

constexpr std::string_view kPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

// SHA-256 of english.txt in github.com/bitcoin/bips, bip-0039.
TEST(Bip39, has_the_published_word_list) {
    EXPECT_EQ(to_hex(sha2_256(bytes_of(bip39_word_list())).view()),
              "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
}

TEST(Bip39, reads_the_phrases_it_makes) {
    for (const unsigned words : {12U, 15U, 18U, 21U, 24U}) {
        for (int i = 0; i < 20; ++i) {
            const auto entropy = mnemonic_to_entropy(generate_mnemonic(words));
            ASSERT_OK(entropy);
            EXPECT_EQ(entropy.value().size(), words / 3 * 4);
        }
    }
    EXPECT_NE(generate_mnemonic(12), generate_mnemonic(12));
}

TEST(Bip39, takes_more_than_one_space_between_words) {
    const auto spaced = "  bottom drive obey lake   curtain smoke basket hold race lonely fit walk ";
    const auto entropy = mnemonic_to_entropy(spaced);
    ASSERT_OK(entropy);
    EXPECT_TRUE(equal(entropy.value().expose(), mnemonic_to_entropy(kPhrase).value().expose()));
}

TEST(Bip39, rejects_phrases_that_are_none) {
    EXPECT_ERROR(mnemonic_to_entropy(""), MnemonicError::kBadWordCount);
    EXPECT_ERROR(mnemonic_to_entropy("bottom"), MnemonicError::kBadWordCount);
    std::string twenty_five = "abandon";
    for (int i = 0; i < 24; ++i) {
        twenty_five += " abandon";
    }
    EXPECT_ERROR(mnemonic_to_entropy(twenty_five), MnemonicError::kBadWordCount);
    EXPECT_ERROR(mnemonic_to_entropy("Bottom drive obey lake curtain smoke basket hold race lonely fit walk"),
                 MnemonicError::kUnknownWord);
    EXPECT_ERROR(mnemonic_to_entropy("drive bottom obey lake curtain smoke basket hold race lonely fit walk"),
                 MnemonicError::kBadChecksum);
}

TEST(Bip39, password_changes_the_seed) {
    EXPECT_FALSE(equal(mnemonic_to_mini_secret(kPhrase, "").value().expose(),
                       mnemonic_to_mini_secret(kPhrase, "x").value().expose()));
}

}  // namespace
}  // namespace redoubt::crypto
