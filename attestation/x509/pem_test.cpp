#include <attestation/x509/pem.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <attestation/trust_roots.hpp>
#include <tests/support/result_matchers.hpp>

#include <string>

namespace redoubt::attestation::x509 {
namespace {

std::string encode_base64(ByteView bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto at = [&](std::size_t k) {
            return i + k < bytes.size() ? std::uint32_t{bytes[i + k]} : 0U;
        };
        const auto bits = (at(0) << 16U) | (at(1) << 8U) | at(2);
        for (std::size_t k = 0; k < 4; ++k) {
            out.push_back(i + k > bytes.size() ? '=' : kDigits[(bits >> (18 - 6 * k)) & 0x3fU]);
        }
    }
    return out;
}

std::string root_block() {
    return "-----BEGIN CERTIFICATE-----\n" + encode_base64(TrustRoots::built_in().intel_sgx.bytes()) +
           "\n-----END CERTIFICATE-----\n";
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
