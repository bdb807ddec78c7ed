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

TEST(AeadSealer, makes_boxes_that_open_like_any_other) {
    const auto key = SecretBytes<32>::random();
    AeadSealer sealer{key};
    Bytes boxes;
    std::vector<std::size_t> begins;
    for (const std::string_view text : {"", "first", "second", "second"}) {
        begins.push_back(boxes.size());
        sealer.append_box(boxes, bytes_of("context"), bytes_of(text));
        const auto box = ByteView{boxes}.subspan(begins.back());
        EXPECT_EQ(box.size(), text.size() + kAeadOverheadBytes);
        const auto opened = aead_open(key, bytes_of("context"), box);
        ASSERT_OK(opened);
        EXPECT_EQ(text_of(opened.value().expose()), text);
        EXPECT_ERROR(aead_open(key, bytes_of("another"), box), AeadError::kNotAuthentic);
    }
    const auto third = ByteView{boxes}.subspan(begins[2], begins[3] - begins[2]);
    EXPECT_FALSE(equal(third, ByteView{boxes}.subspan(begins[3]))) << "each nonce is used once";
}

TEST(AeadSealer, begins_with_other_random_bytes_each_time) {
    const auto key = SecretBytes<32>::random();
    std::array<Bytes, 2> boxes;
    for (auto& box : boxes) {
        AeadSealer{key}.append_box(box, {}, bytes_of("x"));
    }
    EXPECT_FALSE(equal(ByteView{boxes[0]}.first(16), ByteView{boxes[1]}.first(16)));
}

}  // namespace
}  // namespace redoubt::crypto
