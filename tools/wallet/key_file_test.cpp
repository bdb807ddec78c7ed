#include <tools/wallet/key_file.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/key_pair.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::wallet {
namespace {

constexpr crypto::PasswordCost kCheap{.passes = 1, .memory_kib = 8};
constexpr std::string_view kUri = "//Alice//stash";

Bytes sample(crypto::Scheme scheme = crypto::Scheme::kSr25519) {
    KeyFileHeader header;
    header.scheme = scheme;
    header.cost = kCheap;
    header.public_key = crypto::KeyPair::from_secret_uri(kUri, scheme).value().public_key();
    return seal_key_file(header, bytes_of(kUri), bytes_of("secret")).value();
}

TEST(KeyFile, opens_with_its_password_for_every_scheme) {
    for (const auto scheme : {crypto::Scheme::kEd25519, crypto::Scheme::kSr25519, crypto::Scheme::kEcdsa}) {
        const auto opened = open_key_file(sample(scheme), bytes_of("secret"));
        ASSERT_OK(opened);
        EXPECT_EQ(text_of(opened.value().expose()), kUri);
    }
}

TEST(KeyFile, tells_the_public_part_without_the_password) {
    const auto header = read_key_file_header(sample());
    ASSERT_OK(header);
    EXPECT_EQ(header.value().scheme, crypto::Scheme::kSr25519);
    EXPECT_TRUE(header.value().has_password);
    EXPECT_EQ(header.value().cost.memory_kib, 8U);
    EXPECT_EQ(header.value().public_key.size(), 32U);
}

TEST(KeyFile, the_same_secret_is_sealed_differently_each_time) {
    EXPECT_NE(sample(), sample());
}

TEST(KeyFile, the_secret_is_not_in_the_file) {
    const auto file = sample();
    EXPECT_EQ(text_of(file).find("Alice"), std::string_view::npos);
}

TEST(KeyFile, rejects_a_wrong_password) {
    EXPECT_ERROR(open_key_file(sample(), bytes_of("Secret")), KeyFileError::kWrongPassword);
    EXPECT_ERROR(open_key_file(sample(), {}), KeyFileError::kWrongPassword);
}

// Whatever byte is changed, the file does not open: header and box are authenticated.
TEST(KeyFile, rejects_a_change_of_any_byte) {
    const auto file = sample();
    for (std::size_t i = 0; i < file.size(); ++i) {
        if (i >= 10 && i < 18) {
            continue;  // the cost: a changed value is slow to try, and covered by its own test
        }
        auto changed = file;
        changed[i] ^= 1;
        EXPECT_FALSE(open_key_file(changed, bytes_of("secret")).has_value()) << "byte " << i;
    }
}

TEST(KeyFile, rejects_every_shorter_file) {
    const auto file = sample();
    for (std::size_t size = 0; size < file.size(); ++size) {
        EXPECT_FALSE(open_key_file(ByteView{file}.first(size), bytes_of("secret")).has_value()) << size;
    }
}

TEST(KeyFile, rejects_a_cost_that_would_exhaust_the_machine) {
    auto file = sample();
    file[17] = 0xff;  // memory_kib, highest byte
    EXPECT_ERROR(open_key_file(file, bytes_of("secret")), KeyFileError::kCostTooHigh);
}

TEST(KeyFile, rejects_other_files_and_later_versions) {
    EXPECT_ERROR(read_key_file_header(bytes_of("{\"encoded\":\"…\"}")), KeyFileError::kNotAKeyFile);
    auto file = sample();
    file[7] = 2;
    EXPECT_ERROR(read_key_file_header(file), KeyFileError::kUnknownVersion);
}

TEST(KeyFile, rejects_a_secret_of_another_account) {
    KeyFileHeader header;
    header.cost = kCheap;
    header.public_key =
        crypto::KeyPair::from_secret_uri("//Bob", crypto::Scheme::kSr25519).value().public_key();
    const auto file = seal_key_file(header, bytes_of(kUri), bytes_of("secret"));
    ASSERT_OK(file);
    EXPECT_ERROR(open_key_file(file.value(), bytes_of("secret")), KeyFileError::kKeyDoesNotMatch);
}

}  // namespace
}  // namespace redoubt::wallet
