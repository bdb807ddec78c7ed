#include <primitives/crypto/kdf.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>

namespace redoubt::crypto {
namespace {

// RFC 5869, appendix A.3: no salt, no info; the first 32 bytes of its output.
TEST(Hkdf, returns_the_answer_of_the_rfc) {
    const auto key = hkdf_sha256(Bytes(22, 0x0b), {});
    EXPECT_EQ(to_hex(key.expose()), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(Hkdf, returns_another_key_for_another_purpose) {
    const auto secret = SecretBytes<32>::random();
    EXPECT_FALSE(equal(hkdf_sha256(secret.expose(), bytes_of("a")).expose(),
                       hkdf_sha256(secret.expose(), bytes_of("b")).expose()));
}

}  // namespace
}  // namespace redoubt::crypto
