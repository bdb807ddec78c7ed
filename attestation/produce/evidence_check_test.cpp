#include <attestation/produce/evidence_check.hpp>

#include <gtest/gtest.h>

#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

constexpr std::array<std::uint8_t, 64> kAsked = {1, 2, 3};
constexpr std::array<std::uint8_t, 64> kOther = {1, 2, 4};

struct Kind {
    EvidenceType type;
    Bytes (*make)(ByteView);
    std::size_t debug_at;
    std::uint8_t debug_bit;  ///< 0: it is no single bit
};
const std::array kKinds = {
    Kind{EvidenceType::kSgxDcap, tests::sgx_quote_over, 48 + 48, 2},
    Kind{EvidenceType::kTdxDcap, tests::tdx_quote_over, 48 + 120, 1},
    Kind{EvidenceType::kSnp, tests::snp_report_over, 8 + 2, 8},
    Kind{EvidenceType::kCca, tests::cca_token_over, 0, 0},
};

TEST(EvidenceCheck, takes_what_was_asked_for) {
    for (const auto& kind : kKinds) {
        const auto claims = check_evidence(kind.type, kind.make(kAsked), kAsked);
        ASSERT_OK(claims) << evidence_name(kind.type);
        EXPECT_FALSE(measurement(claims.value()).empty());
    }
}

TEST(EvidenceCheck, rejects_other_report_data_debug_and_what_is_cut) {
    for (const auto& kind : kKinds) {
        auto evidence = kind.make(kAsked);
        EXPECT_ERROR(check_evidence(kind.type, evidence, kOther), ProduceError::kReportDataDiffers);
        EXPECT_ERROR(check_evidence(kind.type, ByteView{evidence}.first(evidence.size() - 1), kAsked),
                     ProduceError::kEvidenceMalformed);
        EXPECT_ERROR(check_evidence(kind.type, {}, kAsked), ProduceError::kEvidenceMalformed);
        if (kind.debug_bit != 0) {
            evidence[kind.debug_at] |= kind.debug_bit;
            EXPECT_ERROR(check_evidence(kind.type, evidence, kAsked), ProduceError::kDebug);
        }
    }
}

TEST(EvidenceCheck, cuts_padding_of_quotes_and_nothing_else) {
    for (const auto& kind : kKinds) {
        const auto evidence = kind.make(kAsked);
        EXPECT_EQ(without_padding(kind.type, evidence), evidence) << evidence_name(kind.type);
        const auto padded = tests::padded(evidence);
        const bool is_quote = kind.type == EvidenceType::kSgxDcap || kind.type == EvidenceType::kTdxDcap;
        EXPECT_EQ(without_padding(kind.type, padded), is_quote ? evidence : padded)
            << evidence_name(kind.type);
        auto dirty = padded;
        dirty.back() = 1;
        EXPECT_EQ(without_padding(kind.type, dirty), dirty) << evidence_name(kind.type);
        EXPECT_ERROR(check_evidence(kind.type, dirty, kAsked), ProduceError::kEvidenceMalformed);
    }
}

TEST(EvidenceCheck, rejects_a_platform_of_arm_that_is_debugged) {
    const auto token = tests::kept_evidence("cca_verify", "es512_debug");
    const auto claims = read_evidence(EvidenceType::kCca, token);
    ASSERT_OK(claims);
    const auto challenge = report_data(claims.value()).first<64>();
    EXPECT_ERROR(check_evidence(EvidenceType::kCca, token, challenge), ProduceError::kDebug);
}

TEST(EvidenceCheck, rejects_evidence_of_another_type) {
    for (const auto& kind : kKinds) {
        for (const auto& other : kKinds) {
            if (kind.type != other.type) {
                EXPECT_ERROR(check_evidence(other.type, kind.make(kAsked), kAsked),
                             ProduceError::kEvidenceMalformed);
            }
        }
        EXPECT_ERROR(check_evidence(EvidenceType::kSimulation, kind.make(kAsked), kAsked),
                     ProduceError::kEvidenceMalformed);
    }
}

}  // namespace
}  // namespace redoubt::attestation::produce
