#include <attestation/x509/pem.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <attestation/trust_roots.hpp>
#include <tests/support/result_matchers.hpp>

#include <string>

namespace redoubt::attestation::x509 {
namespace {

std::string root_block() {
    return "-----BEGIN CERTIFICATE-----\n" + encode_base64(TrustRoots::built_in().intel_sgx.bytes()) +
           "\n-----END CERTIFICATE-----\n";
}

// RFC 4648, section 10.
TEST(Base64, encodes_what_it_decodes) {
    const std::pair<std::string_view, std::string_view> known[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xff\xef\xbe", "/+++"}};
    for (const auto& [bytes, text] : known) {
        EXPECT_EQ(encode_base64(bytes_of(bytes)), text);
        EXPECT_EQ(decode_base64(text).value(), to_bytes(bytes_of(bytes)));
    }
}

TEST(Base64, decodes_its_canonical_form_only) {
    EXPECT_EQ(decode_base64("Zm9vYg==").value(), to_bytes(bytes_of("foob")));
    EXPECT_EQ(decode_base64("Zm9vYmE=").value(), to_bytes(bytes_of("fooba")));
    EXPECT_EQ(decode_base64("").value(), Bytes{});
    for (const auto* text :
         {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm9v=mFy", "Zm 9", "Zm9v\n", "Zm-_"}) {
        EXPECT_ERROR(decode_base64(text), Reason::kMalformed) << text;
    }
}

TEST(PemChain, reads_its_certificates_past_text_and_trailing_zeros) {
    const auto chain =
        read_pem_chain("subject=x\n" + root_block() + "between\r\n" + root_block() + std::string(3, '\0'));
    ASSERT_OK(chain);
    EXPECT_EQ(chain.value().size(), 2U);
}

TEST(PemChain, takes_four_certificates_and_not_five) {
    std::string text;
    for (std::size_t i = 0; i < kChainCertificatesMax; ++i) {
        text += root_block();
    }
    EXPECT_OK(read_pem_chain(text));
    EXPECT_ERROR(read_pem_chain(text + root_block()), Reason::kMalformed);
}

TEST(PemChain, rejects_what_is_no_chain) {
    EXPECT_ERROR(read_pem_chain(""), Reason::kMalformed);
    EXPECT_ERROR(read_pem_chain("-----BEGIN CERTIFICATE-----\nAAAA"), Reason::kMalformed);
    EXPECT_ERROR(read_pem_chain("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
                 Reason::kMalformed);
    EXPECT_ERROR(read_pem_chain(root_block() + "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----"),
                 Reason::kMalformed);
    EXPECT_ERROR(read_pem_chain(std::string(kPemBytesMax + 1, ' ')), Reason::kLimitExceeded);
}

}  // namespace
}  // namespace redoubt::attestation::x509
