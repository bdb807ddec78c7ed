#include <primitives/crypto/secret_uri.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/bip39.hpp>
#include <primitives/crypto/key_error.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

constexpr std::string_view kSeedHex = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";

TEST(SecretUri, splits_phrase_path_and_password) {
    const auto uri = parse_secret_uri("some words//Alice/1///pass/word");
    ASSERT_OK(uri);
    EXPECT_EQ(uri.value().phrase, "some words");
    EXPECT_EQ(uri.value().password, "pass/word");
    const std::vector<Junction> path{{.hard = true, .chain_code = junction_chain_code("Alice")},
                                     {.hard = false, .chain_code = junction_chain_code("1")}};
    EXPECT_EQ(uri.value().path, path);
}

TEST(SecretUri, means_the_development_phrase_when_it_has_none) {
    EXPECT_EQ(parse_secret_uri("//Alice").value().phrase, kDevelopmentPhrase);
    EXPECT_EQ(parse_secret_uri("").value().phrase, kDevelopmentPhrase);
    EXPECT_EQ(parse_secret_uri("///").value().password, "");
    EXPECT_TRUE(parse_secret_uri("////").value().path.empty());
}

TEST(SecretUri, rejects_empty_junctions) {
    EXPECT_ERROR(parse_secret_uri("/"), SecretUriError::kEmptyJunction);
    EXPECT_ERROR(parse_secret_uri("//"), SecretUriError::kEmptyJunction);
    EXPECT_ERROR(parse_secret_uri("//Alice/"), SecretUriError::kEmptyJunction);
}

TEST(SecretUri, rejects_too_much) {
    EXPECT_OK(parse_secret_uri(std::string(kSecretUriBytesMax, 'x')));
    EXPECT_ERROR(parse_secret_uri(std::string(kSecretUriBytesMax + 1, 'x')), SecretUriError::kTooLong);
    std::string path;
    for (std::size_t i = 0; i < kJunctionsMax; ++i) {
        path += "/x";
    }
    EXPECT_OK(parse_secret_uri(path));
    EXPECT_ERROR(parse_secret_uri(path + "//x"), SecretUriError::kTooManyJunctions);
    EXPECT_ERROR(parse_secret_uri("\xff//Alice"), SecretUriError::kBadUtf8);
}

TEST(SecretUri, reads_numbers_as_rust_does) {
    EXPECT_EQ(junction_chain_code("+1"), junction_chain_code("1"));
    EXPECT_EQ(junction_chain_code("01"), junction_chain_code("1"));
    EXPECT_NE(junction_chain_code("18446744073709551616"), junction_chain_code("0"));
    EXPECT_EQ(to_hex(junction_chain_code("+").view()).substr(0, 4), "042b");
}

TEST(SecretUri, takes_a_seed_in_hex_and_ignores_its_password) {
    const auto seed = root_seed(parse_secret_uri(std::string{kSeedHex} + "///x").value());
    ASSERT_OK(seed);
    EXPECT_EQ(to_hex_0x(seed.value().expose()), kSeedHex);
    EXPECT_ERROR(root_seed(parse_secret_uri("0x00").value()), SecretUriError::kBadSeed);
    EXPECT_ERROR(root_seed(parse_secret_uri("0x" + std::string(64, 'g')).value()), SecretUriError::kBadSeed);
}

TEST(KeyPair, from_secret_uri_and_from_its_seed_are_the_same) {
    const auto named = KeyPair::from_secret_uri("//Alice", Scheme::kSr25519);
    const auto seeded = KeyPair::from_secret_uri(kSeedHex, Scheme::kSr25519);
    ASSERT_OK(named);
    ASSERT_OK(seeded);
    EXPECT_EQ(named.value().public_key(), seeded.value().public_key());
}

TEST(KeyPair, signs_with_every_scheme_for_its_account) {
    for (const auto scheme : {Scheme::kEd25519, Scheme::kSr25519, Scheme::kEcdsa}) {
        const auto key = KeyPair::from_secret_uri("//Alice", scheme);
        const auto other = KeyPair::from_secret_uri("//Bob", scheme);
        ASSERT_OK(key);
        ASSERT_OK(other);
        const auto signature = key.value().sign(bytes_of("message"));
        EXPECT_EQ(signature.scheme(), scheme);
        EXPECT_TRUE(verify(signature, key.value().account_id(), bytes_of("message")));
        EXPECT_FALSE(verify(signature, key.value().account_id(), bytes_of("massage")));
        EXPECT_FALSE(verify(signature, other.value().account_id(), bytes_of("message")));
    }
}

TEST(KeyPair, rejects_soft_junctions_without_sr25519) {
    EXPECT_OK(KeyPair::from_secret_uri("/soft", Scheme::kSr25519));
    EXPECT_ERROR(KeyPair::from_secret_uri("/soft", Scheme::kEd25519), KeyError::kSoftNotSupported);
    EXPECT_ERROR(KeyPair::from_secret_uri("//hard/soft", Scheme::kEcdsa), KeyError::kSoftNotSupported);
    EXPECT_ERROR(KeyPair::from_secret_uri("word", Scheme::kEcdsa), MnemonicError::kBadWordCount);
    EXPECT_ERROR(KeyPair::from_seed(Scheme::kEcdsa, SecretBytes<32>{}), KeyError::kBadSecretKey);
}

}  // namespace
}  // namespace redoubt::crypto
