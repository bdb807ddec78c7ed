#include <attestation/tpm/signature.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::tpm {
namespace {

Result<Signature> parse(std::string_view hex) {
    return parse_signature(parse_hex(hex).value());
}

TEST(TpmSignature, is_rsassa_or_ecdsa_with_sha_2) {
    const auto rsa = parse("0014000b0002abcd").value();
    EXPECT_EQ(rsa.scheme, SignatureScheme::kRsaPkcs1Sha256);
    EXPECT_EQ(rsa.number, (Bytes{0xab, 0xcd}));
    EXPECT_EQ(parse("0014000c0000").value().scheme, SignatureScheme::kRsaPkcs1Sha384);
    EXPECT_EQ(parse("0014000d0000").value().scheme, SignatureScheme::kRsaPkcs1Sha512);
    const auto ecdsa = parse("0018000b0001aa0002bbcc").value();
    EXPECT_EQ(ecdsa.scheme, SignatureScheme::kEcdsaSha256);
    EXPECT_EQ(ecdsa.number, Bytes{0xaa});
    EXPECT_EQ(ecdsa.s, (Bytes{0xbb, 0xcc}));
    EXPECT_EQ(parse("0018000c00000000").value().scheme, SignatureScheme::kEcdsaSha384);
    EXPECT_EQ(parse("0018000d00000000").value().scheme, SignatureScheme::kEcdsaSha512);
}

TEST(TpmSignature, rejects_other_algorithms_and_lengths) {
    for (const auto* hex :
         {"", "00", "0014", "0014000b", "0014000b00", "0014000b0002ab", "0014000b0001abcd", "001400040000",
          "0016000b0000", "0005000b0000", "0018000b0001aa", "0018000b0001aa0001bbcc"}) {
        EXPECT_ERROR(parse(hex), Reason::kTpmMalformed) << hex;
    }
    EXPECT_OK(parse_signature(concat(parse_hex("0014000b0200").value(), Bytes(512))));
    EXPECT_ERROR(parse_signature(concat(parse_hex("0014000b0201").value(), Bytes(513))),
                 Reason::kTpmMalformed);
    EXPECT_ERROR(parse_signature(concat(parse_hex("0018000b0043").value(), Bytes(67), Bytes(2))),
                 Reason::kTpmMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::tpm
