#include <attestation/sim/evidence.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>
#include <tests/support/sim_evidence.hpp>

namespace redoubt::attestation::sim {
namespace {

TEST(SimEvidence, holds_what_it_says) {
    SimClaims claims = tests::sim_claims();
    claims.flags = kSimDebug;
    const auto bytes = tests::make_sim_evidence(claims);
    const auto parsed = parse_evidence(bytes);
    ASSERT_OK(parsed);
    const auto& read = parsed.value().claims;
    EXPECT_TRUE(read.is_debug());
    EXPECT_EQ(read.mr_enclave, claims.mr_enclave);
    EXPECT_EQ(read.mr_signer, claims.mr_signer);
    EXPECT_EQ(read.isv_prod_id, claims.isv_prod_id);
    EXPECT_EQ(read.isv_svn, claims.isv_svn);
    EXPECT_EQ(read.report_data, claims.report_data);
    EXPECT_EQ(read.made_at_s, claims.made_at_s);
    EXPECT_EQ(read.key, tests::sim_test_key());
    EXPECT_EQ(parsed.value().signed_bytes.size(), kSimSignedBytes);
    EXPECT_EQ(parsed.value().signature.size(), 64U);
}

TEST(SimEvidence, has_one_size_and_fixed_bytes) {
    auto bytes = tests::make_sim_evidence(tests::sim_claims());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_ERROR(parse_evidence(ByteView{bytes}.first(size)), Reason::kSimMalformed);
    }
    // Magic, type, all flags but debug, and what is reserved.
    for (const auto at : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 11U, 80U, 81U, 82U, 83U}) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            bytes[at] ^= static_cast<std::uint8_t>(1U << bit);
            EXPECT_ERROR(parse_evidence(bytes), Reason::kSimMalformed) << at << " " << bit;
            bytes[at] ^= static_cast<std::uint8_t>(1U << bit);
        }
    }
    for (unsigned bit = 0; bit < 8; ++bit) {
        bytes[10] ^= static_cast<std::uint8_t>(1U << bit);
        EXPECT_EQ(parse_evidence(bytes).has_value(), bit == 0) << bit;
        bytes[10] ^= static_cast<std::uint8_t>(1U << bit);
    }
    EXPECT_OK(parse_evidence(bytes));
    bytes.push_back(0);
    EXPECT_ERROR(parse_evidence(bytes), Reason::kSimMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::sim
