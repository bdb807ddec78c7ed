#include <attestation/binding/fingerprint.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>

namespace redoubt::attestation {
namespace {

TEST(Fingerprint, of_an_enclave_is_its_measurement) {
    const Bytes measurement(32, 7);
    EXPECT_TRUE(equal(fingerprint(EvidenceType::kSgxDcap, measurement)->view(), measurement));
    EXPECT_FALSE(fingerprint(EvidenceType::kSgxDcap, Bytes(31)));
    EXPECT_FALSE(fingerprint(EvidenceType::kSgxDcap, Bytes(48)));
    EXPECT_FALSE(fingerprint(EvidenceType::kSimulation, {}));
}

// Computed with Python: sha256(b"redoubt/tee-measurement/v1\0" + b"\x02\x00" + b"\x07" * 48)
TEST(Fingerprint, of_an_image_depends_on_kind_and_measurement) {
    const Bytes measurement(48, 7);
    EXPECT_EQ(to_hex(fingerprint(EvidenceType::kTdxDcap, measurement)->view()),
              "262ffca267eedccd572510364c2e8c60a4eaecf6f05160ff8343e8e99c900c06");
    EXPECT_NE(fingerprint(EvidenceType::kTdxDcap, measurement), fingerprint(EvidenceType::kSnp, measurement));
    EXPECT_NE(fingerprint(EvidenceType::kSnp, measurement), fingerprint(EvidenceType::kSnp, Bytes(48, 8)));
    EXPECT_FALSE(fingerprint(EvidenceType::kSnp, {}));
}

}  // namespace
}  // namespace redoubt::attestation
