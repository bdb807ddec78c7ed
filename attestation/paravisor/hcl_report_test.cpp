#include <attestation/paravisor/hcl_report.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <attestation/tdx/td_report.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::paravisor {
namespace {

constexpr std::size_t kSize = 8;
constexpr std::size_t kRuntime = 32 + kSnpReportBytes;
constexpr std::size_t kClaims = kRuntime + 20;

Bytes kept(const std::string& name) {
    return to_bytes(
        bytes_of(tests::read_file(tests::source_folder() / "tests/fuzz/corpus/hcl_report" / name)));
}

TEST(HclReport, holds_the_hardwares_report_and_the_claims) {
    const auto blob = kept("snp");
    const auto report = parse_hcl_report(blob).value();
    EXPECT_EQ(report.hardware, Hardware::kSnp);
    EXPECT_EQ(report.hardware_report.size(), kSnpReportBytes);
    EXPECT_EQ(report.hash, HashAlgorithm::kSha256);
    EXPECT_TRUE(report.claims.starts_with("{\"keys\":") && report.claims.ends_with("}"));
    const auto td_blob = kept("tdx");
    const auto td_report = parse_hcl_report(td_blob).value();
    EXPECT_EQ(td_report.hardware, Hardware::kTdx);
    EXPECT_EQ(td_report.hardware_report.size(), tdx::kTdReportBytes);
    EXPECT_EQ(report.report_data(), td_report.report_data());
}

TEST(HclReport, is_bound_with_each_hash_function) {
    auto blob = kept("snp");
    for (const auto& [number, size] : {std::pair<std::uint8_t, std::size_t>{1, 32}, {2, 48}, {3, 64}}) {
        blob[kRuntime + 12] = number;
        const auto report = parse_hcl_report(blob);
        ASSERT_OK(report);
        const auto made = digest(report.value().hash, {bytes_of(report.value().claims)});
        ASSERT_EQ(made.view().size(), size);
        EXPECT_TRUE(equal(report.value().report_data().view().first(size), made.view()));
    }
    for (const auto number : {std::uint8_t{0}, std::uint8_t{4}}) {
        blob[kRuntime + 12] = number;
        EXPECT_ERROR(parse_hcl_report(blob), Reason::kHclMalformed);
    }
}

TEST(HclReport, rejects_what_does_not_add_up) {
    const auto whole = kept("snp");
    const auto rejects = [&](std::size_t at, std::uint8_t bits) {
        auto changed = whole;
        changed[at] ^= bits;
        EXPECT_ERROR(parse_hcl_report(changed), Reason::kHclMalformed) << at;
    };
    rejects(0, 1);              // the name
    rejects(4, 4);              // a version that nobody knows
    rejects(kSize, 1);          // the size in the header
    rejects(kRuntime, 1);       // the size of the runtime data
    rejects(kRuntime + 4, 2);   // its version
    rejects(kRuntime + 8, 1);   // a kind of hardware that is none
    rejects(kRuntime + 16, 1);  // the length of the claims
    rejects(kRuntime + 19, 0x80);
    rejects(whole.size() - 1, 1);
    for (std::size_t size = 0; size < kClaims + 100; size += 13) {
        EXPECT_ERROR(parse_hcl_report(ByteView{whole}.first(size)), Reason::kHclMalformed);
    }
    auto longer = whole;
    longer.resize(kHclReportBytesMax);
    EXPECT_OK(parse_hcl_report(longer));
    longer.push_back(0);
    EXPECT_ERROR(parse_hcl_report(longer), Reason::kHclMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::paravisor
