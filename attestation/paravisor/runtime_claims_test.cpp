#include <attestation/paravisor/runtime_claims.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::paravisor {
namespace {

/// A modulus of 2048 bits in base64url: its first and last bits are set.
std::string modulus() {
    return "_" + std::string(339, 'A') + "_w";
}

std::string key(const std::string& kid, const std::string& kty = "RSA", const std::string& n = modulus()) {
    return R"({"kid":")" + kid + R"(","key_ops":["sign"],"kty":")" + kty + R"(","e":"AQAB","n":")" + n +
           "\"}";
}

Result<PublicKey> read(const std::string& keys) {
    return read_attestation_key(R"({"keys":[)" + keys + R"(],"user-data":"00"})");
}

TEST(RuntimeClaims, hold_the_attestation_key_once) {
    EXPECT_OK(read(key("HCLAkPub")));
    EXPECT_OK(read(key("HCLEkPub") + "," + key("HCLAkPub")));
    EXPECT_TRUE(read(key("HCLAkPub")).value().is_rsa());
    EXPECT_ERROR(read(""), Reason::kHclMalformed);
    EXPECT_ERROR(read(key("HCLEkPub")), Reason::kHclMalformed);
    EXPECT_ERROR(read(key("HCLAkPub") + "," + key("HCLAkPub")), Reason::kHclMalformed);
    EXPECT_ERROR(read_attestation_key("{}"), Reason::kHclMalformed);
    EXPECT_ERROR(read_attestation_key(""), Reason::kHclMalformed);
}

TEST(RuntimeClaims, reject_keys_that_are_none) {
    EXPECT_ERROR(read(key("HCLAkPub", "EC")), Reason::kHclMalformed);
    EXPECT_ERROR(read(key("HCLAkPub", "RSA", "")), Reason::kHclMalformed);
    EXPECT_ERROR(read(key("HCLAkPub", "RSA", "/" + modulus().substr(1))), Reason::kHclMalformed);
    EXPECT_ERROR(read(key("HCLAkPub", "RSA", modulus() + "==")), Reason::kHclMalformed);
    EXPECT_ERROR(read(key("HCLAkPub", "RSA", modulus().substr(4))), Reason::kHclMalformed);
}

TEST(RuntimeClaims, are_strict_json_of_bounded_size) {
    const auto claims = R"({"keys":[)" + key("HCLAkPub") + "]}";
    EXPECT_OK(read_attestation_key(claims));
    EXPECT_ERROR(read_attestation_key(claims + "x"), Reason::kHclMalformed);
    EXPECT_ERROR(read_attestation_key(R"({"keys":[],"keys":[)" + key("HCLAkPub") + "]}"),
                 Reason::kHclMalformed);
    EXPECT_OK(read_attestation_key(claims + std::string(kJsonBytesMax - claims.size(), ' ')));
    EXPECT_ERROR(read_attestation_key(claims + std::string(kJsonBytesMax + 1 - claims.size(), ' ')),
                 Reason::kHclMalformed);
    std::string many = key("HCLAkPub");
    for (int i = 0; i < 15; ++i) {
        many += "," + key("other");
    }
    EXPECT_OK(read(many));
    EXPECT_ERROR(read(many + "," + key("other")), Reason::kHclMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::paravisor
