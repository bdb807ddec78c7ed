#include <primitives/crypto/secret.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/constant_time.hpp>
#include <type_traits>

namespace redoubt::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes<32>> && !std::is_copy_assignable_v<SecretBytes<32>>);
static_assert(!std::is_copy_constructible_v<SecretBuffer> && !std::is_copy_assignable_v<SecretBuffer>);

TEST(SecretBytes, leaves_zeros_behind_when_moved) {
    auto first = SecretBytes<32>::random();
    const auto copy = first.clone();
    const SecretBytes<32> second = std::move(first);
    EXPECT_TRUE(equal(second.expose(), copy.expose()));
    EXPECT_TRUE(equal(first.expose(), SecretBytes<32>{}.expose()));
}

TEST(SecretBytes, are_random) {
    EXPECT_FALSE(equal(SecretBytes<32>::random().expose(), SecretBytes<32>::random().expose()));
}

TEST(SecretBuffer, keeps_the_front_when_truncated) {
    auto buffer = SecretBuffer::copy_of(bytes_of("secret text"));
    buffer.truncate(20);
    EXPECT_EQ(buffer.size(), 11U);
    buffer.truncate(6);
    EXPECT_EQ(text_of(buffer.expose()), "secret");
    const auto moved = std::move(buffer);
    EXPECT_EQ(buffer.size(), 0U);
    EXPECT_EQ(moved.size(), 6U);
}

TEST(ConstantTimeEqual, compares_length_and_bytes) {
    EXPECT_TRUE(constant_time_equal({}, {}));
    EXPECT_TRUE(constant_time_equal(bytes_of("abc"), bytes_of("abc")));
    EXPECT_FALSE(constant_time_equal(bytes_of("abc"), bytes_of("abd")));
    EXPECT_FALSE(constant_time_equal(bytes_of("abc"), bytes_of("abcd")));
}

}  // namespace
}  // namespace redoubt::crypto
