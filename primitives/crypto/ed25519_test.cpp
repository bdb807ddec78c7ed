#include <primitives/crypto/ed25519.hpp>

#include <gtest/gtest.h>
#include <sodium.h>

#include <primitives/hex.hpp>

namespace redoubt::crypto::ed25519 {
namespace {

TEST(Ed25519, verifies_what_it_signed_and_nothing_else) {
    const auto key = SecretKey::from_seed(SecretBytes<32>::random());
    const auto message = bytes_of("message");
    auto signature = key.sign(message);
    EXPECT_TRUE(verify(key.public_key().view(), message, signature.view()));
    EXPECT_FALSE(verify(key.public_key().view(), bytes_of("messagf"), signature.view()));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        signature.bytes[i] ^= 4;
        EXPECT_FALSE(verify(key.public_key().view(), message, signature.view())) << i;
        signature.bytes[i] ^= 4;
    }
}

TEST(Ed25519, rejects_wrong_lengths) {
    const auto key = SecretKey::from_seed(SecretBytes<32>::random());
    const auto signature = key.sign({});
    EXPECT_TRUE(verify(key.public_key().view(), {}, signature.view()));
    EXPECT_FALSE(verify(key.public_key().view().first(31), {}, signature.view()));
    EXPECT_FALSE(verify(key.public_key().view(), {}, signature.view().first(63)));
    EXPECT_FALSE(verify({}, {}, {}));
}

// s + l solves the same equation; accepting it would make signatures malleable.
TEST(Ed25519, rejects_s_that_is_not_below_the_group_order) {
    const auto key = SecretKey::from_seed(SecretBytes<32>::random());
    auto signature = key.sign({});
    const auto order =
        parse_hex_fixed<FixedBytes<32>>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
            .value();
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += signature.bytes[32 + i] + unsigned{order.bytes[i]};
        signature.bytes[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    EXPECT_FALSE(verify(key.public_key().view(), {}, signature.view()));
}

// ZIP 215 lists the eight points of small order and six non-canonical encodings of them. With s = 0 every
// pair of them is a valid signature of any message.
TEST(Ed25519, accepts_every_small_order_pair_that_zip_215_lists) {
    const std::array<std::string_view, 14> encodings{
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    for (const auto public_key : encodings) {
        for (const auto commitment : encodings) {
            auto signature = parse_hex(commitment).value();
            signature.resize(64);
            EXPECT_TRUE(verify(parse_hex(public_key).value(), bytes_of("Zcash"), signature));
        }
    }
}

// libsodium is stricter: whatever it takes has to pass here.
TEST(Ed25519, accepts_what_libsodium_signs) {
    for (int i = 0; i < 50; ++i) {
        std::array<std::uint8_t, 32> public_key{};
        std::array<std::uint8_t, 64> secret_key{};
        std::array<std::uint8_t, 64> signature{};
        crypto_sign_keypair(public_key.data(), secret_key.data());
        const Bytes message(static_cast<std::size_t>(i), 1);
        crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_key.data());
        EXPECT_TRUE(verify(public_key, message, signature));
    }
}

}  // namespace
}  // namespace redoubt::crypto::ed25519
