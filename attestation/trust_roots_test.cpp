#include <attestation/trust_roots.hpp>

#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <attestation/initialise.hpp>
#include <attestation/x509/name.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

TEST(TrustRoots, holds_intels_root_with_its_published_fingerprints) {
    const auto& root = TrustRoots::built_in().intel_sgx;
    EXPECT_EQ(to_hex(sha2_256({root.bytes()}).view()),
              "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3");
    EXPECT_EQ(to_hex(sha2_256({root.public_key_info()}).view()),
              "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e");
    EXPECT_EQ(to_hex(sha2_256({root.public_key_info().last(65)}).view()),
              "a512ddae5b8a05fd0738d708f29ddccaca53aad8b3698e77194cb05cc0723e89");
    EXPECT_EQ(to_hex(root.serial()), "22650cd65a9d3489f383b49552bf501b392706ac");
    EXPECT_EQ(x509::common_name(root.subject()), "Intel SGX Root CA");
    EXPECT_EQ(to_utc(root.validity().not_before), "2018-05-21T10:45:10Z");
    EXPECT_EQ(to_utc(root.validity().not_after), "2049-12-31T23:59:59Z");
    EXPECT_TRUE(root.is_ca());
    EXPECT_EQ(root.path_length(), 1U);
    EXPECT_TRUE(root.has_key_usage(x509::kKeyCertSign | x509::kCrlSign));
    EXPECT_FALSE(root.has_key_usage(x509::kDigitalSignature));
    EXPECT_FALSE(root.has_unknown_critical_extension());
}

TEST(TrustRoots, holds_the_attestation_services_ca_with_its_published_fingerprints) {
    const auto& ca = TrustRoots::built_in().ias_ca;
    EXPECT_EQ(to_hex(sha2_256({ca.bytes()}).view()),
              "7b42e41ec43b91db834a065de4f98a13c44d695570e839cfa8921e584e40735d");
    EXPECT_EQ(to_hex(sha2_256({ca.public_key_info()}).view()),
              "a9beeb83bb1222c108b436bdd82334e5cf380d61039dae11db95272343850394");
    EXPECT_EQ(x509::common_name(ca.subject()), "Intel SGX Attestation Report Signing CA");
    EXPECT_EQ(to_utc(ca.validity().not_after), "2049-12-31T23:59:59Z");
    EXPECT_TRUE(ca.is_ca() && ca.has_key_usage(x509::kKeyCertSign));
}

TEST(TrustRoots, holds_roots_that_signed_themselves) {
    initialise();
    for (const auto* root : {&TrustRoots::built_in().intel_sgx, &TrustRoots::built_in().ias_ca}) {
        EXPECT_TRUE(root->is_signed_by(root->public_key().value()));
    }
}

TEST(Certificate, rejects_every_truncation_and_every_byte_more) {
    const auto whole = to_bytes(TrustRoots::built_in().intel_sgx.bytes());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_ERROR(
            x509::Certificate::decode({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}),
            Reason::kMalformed);
    }
    auto longer = whole;
    longer.push_back(0);
    EXPECT_ERROR(x509::Certificate::decode(longer), Reason::kMalformed);
}

TEST(Certificate, changed_anywhere_is_another_certificate_or_none) {
    const auto& root = TrustRoots::built_in().intel_sgx;
    const auto key = root.public_key().value();
    const auto whole = to_bytes(root.bytes());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto changed = whole;
        changed[i] ^= 1;
        const auto decoded = x509::Certificate::decode(std::move(changed));
        EXPECT_FALSE(decoded && decoded.value().is_signed_by(key)) << "byte " << i;
    }
}

}  // namespace
}  // namespace redoubt::attestation
