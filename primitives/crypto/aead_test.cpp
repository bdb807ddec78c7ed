#include <primitives/crypto/aead.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

TEST(Aead, opens_what_it_sealed) {
    const auto key = SecretBytes<32>::random();
    for (const std::string_view text :
         {"", "x", "a longer text that takes more than one block of the cipher, 64 bytes"}) {
        const auto sealed = aead_seal(key, bytes_of("context"), bytes_of(text));
        EXPECT_EQ(sealed.size(), text.size() + kAeadOverheadBytes);
        const auto opened = aead_open(key, bytes_of("context"), sealed);
        ASSERT_OK(opened);
        EXPECT_EQ(text_of(opened.value().expose()), text);
    }
}

TEST(Aead, never_seals_twice_the_same_way) {
    const auto key = SecretBytes<32>::random();
    EXPECT_NE(aead_seal(key, {}, bytes_of("x")), aead_seal(key, {}, bytes_of("x")));
}

TEST(Aead, rejects_another_context_or_key) {
    const auto key = SecretBytes<32>::random();
    const auto sealed = aead_seal(key, bytes_of("context"), bytes_of("text"));
    EXPECT_ERROR(aead_open(key, bytes_of("contexT"), sealed), AeadError::kNotAuthentic);
    EXPECT_ERROR(aead_open(SecretBytes<32>::random(), bytes_of("context"), sealed), AeadError::kNotAuthentic);
}

TEST(Aead, rejects_every_changed_byte_and_every_cut) {
    const auto key = SecretBytes<32>::random();
    const auto sealed = aead_seal(key, {}, bytes_of("text"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] ^= 1;
        EXPECT_ERROR(aead_open(key, {}, changed), AeadError::kNotAuthentic);
        const auto cut = ByteView{sealed}.first(i);
        EXPECT_ERROR(aead_open(key, {}, cut),
                     i < kAeadOverheadBytes ? AeadError::kTooShort : AeadError::kNotAuthentic);
    }
}

}  // namespace
}  // namespace redoubt::crypto
