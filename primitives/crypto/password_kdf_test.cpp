#include <primitives/crypto/password_kdf.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

constexpr PasswordCost kCheap{.passes = 1, .memory_kib = 8};

PasswordSalt salt_of(std::uint8_t byte) {
    PasswordSalt salt;
    salt.bytes.fill(byte);
    return salt;
}

std::string key_hex(ByteView password, const PasswordSalt& salt, PasswordCost cost) {
    const auto key = derive_password_key(password, salt, cost);
    return key ? to_hex(key.value().expose()) : "";
}

// Known answer from the independent @noble/hashes (argon2id, t 2, m 64, p 1, version 0x13).
TEST(PasswordKdf, agrees_with_an_independent_implementation) {
    EXPECT_EQ(key_hex(bytes_of("password"), salt_of(7), PasswordCost{.passes = 2, .memory_kib = 64}),
              "c50f5cb67203ddcd68db2e8a2a25e4a19159cbcc92365683a933d5881136e6ce");
}

TEST(PasswordKdf, every_input_changes_the_key) {
    const auto base = key_hex(bytes_of("a"), salt_of(1), kCheap);
    EXPECT_EQ(base.size(), 64U);
    EXPECT_NE(base, key_hex(bytes_of("b"), salt_of(1), kCheap));
    EXPECT_NE(base, key_hex(bytes_of("a"), salt_of(2), kCheap));
    EXPECT_NE(base, key_hex(bytes_of("a"), salt_of(1), PasswordCost{.passes = 2, .memory_kib = 8}));
    EXPECT_NE(base, key_hex(bytes_of("a"), salt_of(1), PasswordCost{.passes = 1, .memory_kib = 16}));
}

TEST(PasswordKdf, takes_an_empty_password) {
    EXPECT_EQ(key_hex({}, salt_of(1), kCheap).size(), 64U);
}

TEST(PasswordKdf, rejects_costs_outside_the_limits) {
    for (const auto cost :
         {PasswordCost{.passes = 0, .memory_kib = 8}, PasswordCost{.passes = 33, .memory_kib = 8},
          PasswordCost{.passes = 1, .memory_kib = 7},
          PasswordCost{.passes = 1, .memory_kib = PasswordCost::kMemoryKibMax + 1}}) {
        EXPECT_ERROR(derive_password_key({}, salt_of(1), cost), PasswordKdfError::kCostOutOfRange);
    }
}

}  // namespace
}  // namespace redoubt::crypto
