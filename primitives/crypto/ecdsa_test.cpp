#include <primitives/crypto/ecdsa.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_error.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto::ecdsa {
namespace {

const Hash256 kDigest = blake2b_256(bytes_of("message"));

SecretKey some_key() {
    SecretBytes<32> seed;
    seed.expose_mut()[31] = 7;
    return std::move(SecretKey::from_seed(seed)).value();
}

/// The other signature for the same message: n - s, and the other recovery id.
EcdsaSignature with_high_s(EcdsaSignature signature) {
    const auto order =
        parse_hex_fixed<FixedBytes<32>>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
            .value();
    int borrow = 0;
    for (std::size_t i = 32; i > 0; --i) {
        int digit = int{order.bytes[i - 1]} - int{signature.bytes[32 + i - 1]} - borrow;
        borrow = digit < 0 ? 1 : 0;
        signature.bytes[32 + i - 1] = static_cast<std::uint8_t>(digit + 256 * borrow);
    }
    signature.bytes[64] ^= 1;
    return signature;
}

TEST(Ecdsa, recovers_the_key_that_signed) {
    const auto key = some_key();
    const auto recovered = recover(kDigest, key.sign_digest(kDigest), Rules::kStrict);
    ASSERT_OK(recovered);
    EXPECT_EQ(recovered.value(), key.public_key());
}

TEST(Ecdsa, rejects_seeds_outside_the_group) {
    EXPECT_ERROR(SecretKey::from_seed(SecretBytes<32>{}), KeyError::kBadSecretKey);
    SecretBytes<32> large;
    std::ranges::fill(large.expose_mut(), std::uint8_t{0xff});
    EXPECT_ERROR(SecretKey::from_seed(large), KeyError::kBadSecretKey);
}

TEST(Ecdsa, takes_27_and_28_only_like_the_chain) {
    const auto key = some_key();
    auto signature = key.sign_digest(kDigest);
    signature.bytes[64] = static_cast<std::uint8_t>(signature.bytes[64] + 27);
    EXPECT_ERROR(recover(kDigest, signature, Rules::kStrict), KeyError::kBadSignature);
    const auto recovered = recover(kDigest, signature, Rules::kLikeChain);
    ASSERT_OK(recovered);
    EXPECT_EQ(recovered.value(), key.public_key());
    signature.bytes[64] = 26;
    EXPECT_ERROR(recover(kDigest, signature, Rules::kLikeChain), KeyError::kBadSignature);
    signature.bytes[64] = 31;
    EXPECT_ERROR(recover(kDigest, signature, Rules::kLikeChain), KeyError::kBadSignature);
    signature.bytes[64] = 4;
    EXPECT_ERROR(recover(kDigest, signature, Rules::kStrict), KeyError::kBadSignature);
}

TEST(Ecdsa, takes_high_s_only_like_the_chain) {
    const auto key = some_key();
    const auto signature = with_high_s(key.sign_digest(kDigest));
    EXPECT_ERROR(recover(kDigest, signature, Rules::kStrict), KeyError::kBadSignature);
    const auto recovered = recover(kDigest, signature, Rules::kLikeChain);
    ASSERT_OK(recovered);
    EXPECT_EQ(recovered.value(), key.public_key());
}

TEST(Ecdsa, rejects_public_keys_off_the_curve) {
    PublicKey bad;
    EXPECT_ERROR(uncompressed(bad), KeyError::kBadPublicKey);
    bad.bytes.fill(0xff);
    bad.bytes[0] = 2;
    EXPECT_ERROR(ethereum_address(bad), KeyError::kBadPublicKey);
}

}  // namespace
}  // namespace redoubt::crypto::ecdsa
