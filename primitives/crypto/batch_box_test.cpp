#include <primitives/crypto/batch_box.hpp>

#include <primitives/hex.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

TEST(BatchSealer, makes_boxes_that_open_one_by_one) {
    const auto key = SecretBytes<32>::random();
    BatchSealer sealer{key};
    Bytes boxes;
    std::vector<std::size_t> begins;
    for (const std::string_view text : {"", "first", "second", "second"}) {
        begins.push_back(boxes.size());
        sealer.append_box(boxes, bytes_of("context"), bytes_of(text));
        const auto box = ByteView{boxes}.subspan(begins.back());
        EXPECT_EQ(box.size(), text.size() + kBatchBoxOverheadBytes);
        const auto opened = open_batch_box(key, bytes_of("context"), box);
        ASSERT_OK(opened);
        EXPECT_EQ(text_of(opened.value().expose()), text);
        EXPECT_ERROR(open_batch_box(key, bytes_of("another"), box), AeadError::kNotAuthentic);
    }
    const auto third = ByteView{boxes}.subspan(begins[2], begins[3] - begins[2]);
    EXPECT_FALSE(equal(third, ByteView{boxes}.subspan(begins[3]))) << "each nonce is used once";
}

TEST(BatchSealer, begins_with_other_random_bytes_each_time) {
    const auto key = SecretBytes<32>::random();
    std::array<Bytes, 2> boxes;
    for (auto& box : boxes) {
        BatchSealer{key}.append_box(box, {}, bytes_of("x"));
    }
    EXPECT_FALSE(equal(ByteView{boxes[0]}.first(16), ByteView{boxes[1]}.first(16)));
}

TEST(BatchSealer, rejects_another_key_every_changed_byte_and_every_cut) {
    const auto key = SecretBytes<32>::random();
    Bytes box;
    BatchSealer{key}.append_box(box, bytes_of("context"), bytes_of("text"));
    EXPECT_ERROR(open_batch_box(SecretBytes<32>::random(), bytes_of("context"), box),
                 AeadError::kNotAuthentic);
    for (std::size_t i = 0; i < box.size(); ++i) {
        auto changed = box;
        changed[i] ^= 1;
        EXPECT_ERROR(open_batch_box(key, bytes_of("context"), changed), AeadError::kNotAuthentic) << i;
        const auto cut = ByteView{box}.first(i);
        EXPECT_ERROR(open_batch_box(key, bytes_of("context"), cut),
                     i < kBatchBoxOverheadBytes ? AeadError::kTooShort : AeadError::kNotAuthentic);
    }
}

// Made with Python: hashlib.blake2b(key=..., salt=..., person=b"redoubt/batch/v1", digest_size=32) and AESGCM
// of the package cryptography, nonce = number u64 LE ++ four zeros.
TEST(BatchBox, opens_a_box_of_another_implementation) {
    SecretBytes<32> key;
    std::ranges::fill(key.expose_mut(), std::uint8_t{0x11});
    const auto box = parse_hex(
        "000102030405060708090a0b0c0d0e0f070000000000000099ee5e12f8ca752bc4cdbdd680c4dea38511c70bb87d");
    ASSERT_OK(box);
    const auto opened = open_batch_box(key, bytes_of("context"), box.value());
    ASSERT_OK(opened);
    EXPECT_EQ(text_of(opened.value().expose()), "a page");
}

}  // namespace
}  // namespace redoubt::crypto
