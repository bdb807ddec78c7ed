#include <primitives/crypto/rsa.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

/// One key for all tests: making it takes a second.
const RsaKeyPair& key() {
    static const RsaKeyPair made = std::move(RsaKeyPair::generate()).value();
    return made;
}

TEST(RsaKeyPair, opens_texts_of_every_number_of_blocks) {
    for (const std::size_t size : {0U, 1U, 318U, 319U, 636U, 637U}) {
        const Bytes text(size, 7);
        const auto sealed = key().public_key().encrypt_oaep(text);
        ASSERT_OK(sealed);
        const std::size_t blocks = size <= 318 ? 1 : size <= 636 ? 2 : 3;
        EXPECT_EQ(sealed.value().size(), blocks * kRsaModulusBytes);
        const auto opened = key().decrypt_oaep(sealed.value(), blocks);
        ASSERT_OK(opened);
        EXPECT_TRUE(equal(opened.value().expose(), text));
        EXPECT_ERROR(key().decrypt_oaep(sealed.value(), blocks - 1), RsaError::kTooManyBlocks);
    }
}

TEST(RsaKeyPair, rejects_ciphertexts_of_other_lengths) {
    EXPECT_ERROR(key().decrypt_oaep({}, 1), RsaError::kBadLength);
    EXPECT_ERROR(key().decrypt_oaep(Bytes(385), 2), RsaError::kBadLength);
    EXPECT_ERROR(key().decrypt_oaep(Bytes(767), 2), RsaError::kBadLength);
}

TEST(RsaKeyPair, rejects_ciphertexts_it_cannot_open) {
    EXPECT_ERROR(key().decrypt_oaep(Bytes(383), 1), RsaError::kNotDecryptable);
    EXPECT_ERROR(key().decrypt_oaep(Bytes(384, 0xff), 1), RsaError::kNotDecryptable);
    auto sealed = key().public_key().encrypt_oaep(bytes_of("text")).value();
    sealed[100] ^= 1;
    EXPECT_ERROR(key().decrypt_oaep(sealed, 1), RsaError::kNotDecryptable);
}

TEST(RsaKeyPair, reads_the_der_it_writes) {
    const auto der = key().private_der();
    ASSERT_OK(der);
    const auto again = RsaKeyPair::from_private_der(der.value().expose());
    ASSERT_OK(again);
    EXPECT_EQ(again.value().public_key().to_json(), key().public_key().to_json());
    const auto sealed = key().public_key().encrypt_oaep(bytes_of("text"));
    EXPECT_OK(again.value().decrypt_oaep(sealed.value(), 1));
}

TEST(RsaKeyPair, rejects_der_that_is_cut_or_followed_by_more) {
    auto der = to_bytes(key().private_der().value().expose());
    EXPECT_ERROR(RsaKeyPair::from_private_der({}), RsaError::kBadKey);
    EXPECT_ERROR(RsaKeyPair::from_private_der(ByteView{der}.first(der.size() - 1)), RsaError::kBadKey);
    der.push_back(0);
    EXPECT_ERROR(RsaKeyPair::from_private_der(der), RsaError::kBadKey);
}

TEST(RsaPublicKey, reads_the_json_it_writes) {
    const auto text = key().public_key().to_json();
    EXPECT_TRUE(text.starts_with("{\"n\":["));
    EXPECT_TRUE(text.ends_with("],\"e\":[1,0,1,0]}"));
    const auto parsed = RsaPublicKey::from_json(text);
    ASSERT_OK(parsed);
    EXPECT_EQ(parsed.value().modulus_le(), key().public_key().modulus_le());
    EXPECT_EQ(parsed.value().exponent_le(), (Bytes{1, 0, 1, 0}));
    EXPECT_OK(RsaPublicKey::from_json(" " + text + "\n"));
}

TEST(RsaPublicKey, writes_a_subject_public_key_info) {
    const auto public_key = key().public_key();
    const auto spki = public_key.spki_der();
    ASSERT_OK(spki);
    // SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { modulus, 65537 } } }
    const auto head = parse_hex("308201a2300d06092a864886f70d01010105000382018f003082018a0282018100").value();
    const auto tail = parse_hex("0203010001").value();
    auto modulus = public_key.modulus_le();
    std::ranges::reverse(modulus);
    EXPECT_EQ(spki.value(), concat(head, modulus, tail));
}

TEST(RsaPublicKey, rejects_json_of_another_shape) {
    const auto text = key().public_key().to_json();
    const auto changed = [&](std::string_view from, std::string_view to) {
        auto out = text;
        out.replace(out.find(from), from.size(), to);
        return RsaPublicKey::from_json(out);
    };
    EXPECT_ERROR(RsaPublicKey::from_json(""), RsaError::kBadJson);
    EXPECT_ERROR(RsaPublicKey::from_json("{}"), RsaError::kBadJson);
    EXPECT_ERROR(RsaPublicKey::from_json(text + "x"), RsaError::kBadJson);
    EXPECT_ERROR(changed("\"n\"", "\"m\""), RsaError::kBadJson);
    EXPECT_ERROR(changed("[1,0,1,0]", "[1,0,1]"), RsaError::kBadJson);
    EXPECT_ERROR(changed("[1,0,1,0]", "[1,0,1,0,0]"), RsaError::kBadJson);
    EXPECT_ERROR(changed("[1,0,1,0]", "[256,0,1,0]"), RsaError::kBadJson);
    EXPECT_ERROR(changed("[1,0,1,0]", "[-1,0,1,0]"), RsaError::kBadJson);
    EXPECT_ERROR(changed("[1,0,1,0]", "[2,0,1,0]"), RsaError::kBadKey);
}

TEST(RsaPublicKey, rejects_numbers_that_are_no_shielding_key) {
    auto modulus = key().public_key().modulus_le();
    const Bytes exponent{1, 0, 1};
    EXPECT_OK(RsaPublicKey::from_le(modulus, exponent));
    EXPECT_ERROR(RsaPublicKey::from_le(modulus, Bytes{}), RsaError::kBadKey);
    EXPECT_ERROR(RsaPublicKey::from_le(modulus, Bytes{1}), RsaError::kBadKey);
    EXPECT_ERROR(RsaPublicKey::from_le(modulus, Bytes{1, 0, 1, 0, 0}), RsaError::kBadKey);
    EXPECT_ERROR(RsaPublicKey::from_le(ByteView{modulus}.first(383), exponent), RsaError::kBadKey);
    modulus[0] &= 0xfe;
    EXPECT_ERROR(RsaPublicKey::from_le(modulus, exponent), RsaError::kBadKey);
    modulus[0] |= 1;
    modulus[383] &= 0x7f;
    EXPECT_ERROR(RsaPublicKey::from_le(modulus, exponent), RsaError::kBadKey);
}

}  // namespace
}  // namespace redoubt::crypto
