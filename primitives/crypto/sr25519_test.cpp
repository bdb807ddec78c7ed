#include <primitives/crypto/sr25519.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/key_error.hpp>
#include <primitives/crypto/sr25519_vrf.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto::sr25519 {
namespace {

SecretKey random_key() {
    return SecretKey::from_mini_secret(SecretBytes<32>::random());
}

TEST(Sr25519, verifies_what_it_signed_and_nothing_else) {
    const auto key = random_key();
    const auto message = bytes_of("message");
    auto signature = key.sign(message);
    EXPECT_TRUE(verify(key.public_key().view(), message, signature.view()));
    EXPECT_FALSE(verify(key.public_key().view(), bytes_of("messagf"), signature.view()));
    EXPECT_FALSE(verify(key.public_key().view(), message, signature.view(), "other context"));
    EXPECT_FALSE(verify(random_key().public_key().view(), message, signature.view()));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        signature.bytes[i] ^= 0x80;
        EXPECT_FALSE(verify(key.public_key().view(), message, signature.view())) << i;
        signature.bytes[i] ^= 0x80;
    }
}

TEST(Sr25519, rejects_wrong_lengths_and_the_identity_as_key) {
    const auto key = random_key();
    const auto signature = key.sign({});
    EXPECT_FALSE(verify(key.public_key().view().first(31), {}, signature.view()));
    EXPECT_FALSE(verify(key.public_key().view(), {}, signature.view().first(63)));
    EXPECT_FALSE(verify(key.public_key().view(), {}, {}));
    EXPECT_FALSE(is_valid_public_key(PublicKey{}.view()));
    EXPECT_TRUE(is_valid_public_key(key.public_key().view()));
    // R and s of zero satisfy the equation for the identity.
    Sr25519Signature zero{};
    zero.bytes[63] = 0x80;
    EXPECT_FALSE(verify(PublicKey{}.view(), {}, zero.view()));
}

TEST(Sr25519, signs_differently_every_time) {
    const auto key = random_key();
    EXPECT_NE(key.sign(bytes_of("m")), key.sign(bytes_of("m")));
}

TEST(Sr25519, reads_its_storage_form) {
    const auto key = random_key();
    const auto again = SecretKey::from_storage_form(key.storage_form().expose());
    ASSERT_OK(again);
    EXPECT_EQ(again.value().public_key(), key.public_key());
    EXPECT_EQ(key.clone().public_key(), key.public_key());
}

TEST(Sr25519, rejects_storage_forms_that_hold_no_scalar) {
    EXPECT_ERROR(SecretKey::from_storage_form(Bytes(64)), KeyError::kBadSecretKey);
    EXPECT_ERROR(SecretKey::from_storage_form(Bytes(63, 8)), KeyError::kBadSecretKey);
    EXPECT_ERROR(SecretKey::from_storage_form(Bytes(64, 0xf8)), KeyError::kBadSecretKey);
    Bytes low_bits(64, 8);
    low_bits[0] = 9;
    EXPECT_ERROR(SecretKey::from_storage_form(low_bits), KeyError::kBadSecretKey);
}

TEST(Sr25519, derives_softly_the_same_from_both_halves) {
    const auto key = random_key();
    FixedBytes<32> chain_code;
    chain_code.bytes[0] = 1;
    const auto secret_child = key.derive_soft(chain_code);
    const auto public_child = derive_soft(key.public_key(), chain_code);
    ASSERT_OK(public_child);
    EXPECT_EQ(public_child.value(), secret_child.public_key());
    EXPECT_TRUE(verify(public_child.value().view(), {}, secret_child.sign({}).view()));
    EXPECT_ERROR(derive_soft(PublicKey{}, chain_code), KeyError::kBadPublicKey);
}

TEST(Sr25519Vrf, verifies_what_it_evaluated) {
    const auto key = random_key();
    const auto input = babe_vrf_input(7, 1, Hash256{});
    const auto claim = vrf_sign(key, input, vrf_proof_transcript());
    EXPECT_TRUE(vrf_verify(key.public_key(), input, claim, vrf_proof_transcript()));
    EXPECT_FALSE(
        vrf_verify(key.public_key(), babe_vrf_input(8, 1, Hash256{}), claim, vrf_proof_transcript()));
    EXPECT_FALSE(vrf_verify(random_key().public_key(), input, claim, vrf_proof_transcript()));
}

TEST(Sr25519Vrf, has_one_output_for_an_input) {
    const auto key = random_key();
    const auto input = babe_vrf_input(7, 1, Hash256{});
    const auto first = vrf_sign(key, input, vrf_proof_transcript());
    const auto second = vrf_sign(key, input, vrf_proof_transcript());
    EXPECT_EQ(first.output, second.output);
    EXPECT_NE(first.proof, second.proof);
    EXPECT_EQ(babe_vrf_value(key.public_key(), input, first.output),
              babe_vrf_value(key.public_key(), input, second.output));
}

TEST(Sr25519Vrf, rejects_changed_claims) {
    const auto key = random_key();
    const auto input = babe_vrf_input(7, 1, Hash256{});
    const auto claim = vrf_sign(key, input, vrf_proof_transcript());
    for (std::size_t i = 0; i < claim.proof.size(); ++i) {
        auto changed = claim;
        changed.proof.bytes[i] ^= 0x20;
        EXPECT_FALSE(vrf_verify(key.public_key(), input, changed, vrf_proof_transcript())) << i;
    }
    auto changed = claim;
    changed.output = key.public_key();
    EXPECT_FALSE(vrf_verify(key.public_key(), input, changed, vrf_proof_transcript()));
}

}  // namespace
}  // namespace redoubt::crypto::sr25519
