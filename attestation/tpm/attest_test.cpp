#include <attestation/tpm/attest.hpp>

#include <gtest/gtest.h>

#include <attestation/tpm/evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::tpm {
namespace {

Bytes kept(const std::string& name) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/tpm_quote" / name);
    return read_evidence(bytes_of(file)).value().attest;
}

TEST(TpmAttest, gives_what_the_tpm_signs) {
    const auto claims = parse_attest(kept("ecdsa_two_banks")).value();
    EXPECT_EQ(claims.extra_data, to_bytes(bytes_of("challenge")));
    EXPECT_EQ(claims.clock_ms, 123456789U);
    EXPECT_EQ(claims.reset_count, 7U);
    EXPECT_EQ(claims.restart_count, 3U);
    EXPECT_TRUE(claims.is_clock_safe);
    EXPECT_EQ(claims.firmware_version, 0x2019102300163636U);
    const std::vector<PcrSelection> selection{{kTpmSha384, 0x91}, {kTpmSha256, 0x4000}};
    EXPECT_EQ(claims.selection, selection);
    EXPECT_EQ(claims.pcr_digest.size(), 48U);
    EXPECT_EQ(claims.qualified_signer.size(), 34U);
}

TEST(TpmAttest, rejects_every_truncation_and_every_byte_more) {
    auto whole = kept("rsassa");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_ERROR(parse_attest(ByteView{whole}.first(size)), Reason::kTpmMalformed);
    }
    whole.push_back(0);
    EXPECT_ERROR(parse_attest(whole), Reason::kTpmMalformed);
}

TEST(TpmAttest, rejects_other_structures) {
    EXPECT_ERROR(parse_attest(kept("refused_no_quote")), Reason::kTpmNotAQuote);
    EXPECT_ERROR(parse_attest(kept("refused_not_of_a_tpm")), Reason::kTpmNotAQuote);
}

TEST(TpmAttest, bounds_names_data_and_selections) {
    const auto whole = kept("rsassa");
    const auto with_byte = [&](std::size_t at, std::uint8_t value) {
        auto out = whole;
        out[at] = value;
        return out;
    };
    constexpr std::size_t kSignerSize = 7;
    constexpr std::size_t kDataSize = 6 + 2 + 34 + 1;
    constexpr std::size_t kSafe = kDataSize + 1 + 9 + 8 + 4 + 4;
    constexpr std::size_t kSelections = kSafe + 1 + 8 + 3;
    ASSERT_EQ(whole[kDataSize], 9);
    ASSERT_EQ(whole[kSafe], 1);
    ASSERT_EQ(whole[kSelections], 1);
    EXPECT_ERROR(parse_attest(with_byte(kSignerSize, 69)), Reason::kTpmMalformed);
    EXPECT_ERROR(parse_attest(with_byte(kDataSize, 67)), Reason::kTpmMalformed);
    EXPECT_ERROR(parse_attest(with_byte(kSafe, 2)), Reason::kTpmMalformed);
    EXPECT_OK(parse_attest(with_byte(kSafe, 0)));
    EXPECT_ERROR(parse_attest(with_byte(kSelections, kBanksMax + 1)), Reason::kTpmMalformed);
    EXPECT_ERROR(parse_attest(with_byte(kSelections - 3, 0xff)), Reason::kTpmMalformed);
    EXPECT_ERROR(parse_attest(with_byte(kSelections + 3, 5)), Reason::kTpmMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::tpm
