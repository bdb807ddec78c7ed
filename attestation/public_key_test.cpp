#include <attestation/public_key.hpp>

#include <gtest/gtest.h>

#include <attestation/reason.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

// RFC 6979, appendix A.2.5: P-256, SHA-256, message "sample".
const auto kPoint = parse_hex(
                        "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")
                        .value();
const auto kSignature = parse_hex(
                            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")
                            .value();
// The order of P-256, and the signature's s subtracted from it.
const auto kOrder = parse_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();

Bytes with_s(ByteView s) {
    Bytes out{kSignature.begin(), kSignature.begin() + 32};
    append(out, s);
    return out;
}

TEST(PublicKey, verifies_a_raw_signature) {
    const auto key = PublicKey::from_point(Curve::kP256, kPoint);
    ASSERT_OK(key);
    EXPECT_TRUE(key.value().verify_ecdsa_raw(HashAlgorithm::kSha256, bytes_of("sample"), kSignature));
    EXPECT_FALSE(key.value().verify_ecdsa_raw(HashAlgorithm::kSha256, bytes_of("sampled"), kSignature));
}

TEST(PublicKey, rejects_r_and_s_outside_of_the_group) {
    const auto key = PublicKey::from_point(Curve::kP256, kPoint).value();
    const auto verify = [&](ByteView signature) {
        return key.verify_ecdsa_raw(HashAlgorithm::kSha256, bytes_of("sample"), signature);
    };
    EXPECT_FALSE(verify(Bytes(64)));
    EXPECT_FALSE(verify(with_s(Bytes(32))));
    EXPECT_FALSE(verify(with_s(kOrder)));
    EXPECT_FALSE(verify(with_s(Bytes(32, 0xff))));
    EXPECT_FALSE(verify(ByteView{kSignature}.first(63)));
}

TEST(PublicKey, rejects_points_that_are_not_on_the_curve) {
    auto moved = kPoint;
    moved.back() ^= 1;
    EXPECT_ERROR(PublicKey::from_point(Curve::kP256, moved), Reason::kAttKeyInvalid);
    EXPECT_ERROR(PublicKey::from_point(Curve::kP256, Bytes(64)), Reason::kAttKeyInvalid);
    EXPECT_ERROR(PublicKey::from_point(Curve::kP256, Bytes(64, 0xff)), Reason::kAttKeyInvalid);
    EXPECT_ERROR(PublicKey::from_point(Curve::kP384, kPoint), Reason::kAttKeyInvalid);
}

TEST(PublicKey, rejects_rsa_keys_of_the_wrong_size) {
    const Bytes exponent{1, 0, 1};
    EXPECT_ERROR(PublicKey::from_rsa(Bytes(128, 0xff), exponent), Reason::kMalformed);
    EXPECT_ERROR(PublicKey::from_rsa(Bytes(1024, 0xff), exponent), Reason::kMalformed);
    EXPECT_ERROR(PublicKey::from_rsa(Bytes(256, 0xff), Bytes{1}), Reason::kMalformed);
    EXPECT_ERROR(PublicKey::from_rsa(Bytes(256, 0xff), Bytes{}), Reason::kMalformed);
    EXPECT_ERROR(PublicKey::from_rsa(Bytes{}, exponent), Reason::kMalformed);
    EXPECT_OK(PublicKey::from_rsa(Bytes(256, 0xff), exponent));
}

TEST(PublicKey, takes_no_scheme_of_another_kind_of_key) {
    const auto key = PublicKey::from_point(Curve::kP256, kPoint).value();
    EXPECT_FALSE(key.verify(SignatureScheme::kRsaPkcs1Sha256, bytes_of("sample"), kSignature));
    EXPECT_FALSE(key.verify(SignatureScheme::kEcdsaSha256, bytes_of("sample"), kSignature)) << "not DER";
}

}  // namespace
}  // namespace redoubt::attestation
