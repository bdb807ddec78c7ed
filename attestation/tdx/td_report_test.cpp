#include <attestation/tdx/td_report.hpp>

#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::tdx {
namespace {

/// A report with its hashes right: the bytes of its parts count up.
Bytes made() {
    Bytes out(kTdReportBytes);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(i * 7);
    }
    out[0] = 0x81;
    out[2] = 0;
    out[3] = 0;
    const ByteView view{out};
    const auto info_hash = sha2_384(view.subspan(256, 239));
    const auto td_hash = sha2_384(view.subspan(512));
    std::ranges::copy(info_hash, out.begin() + 32);
    std::ranges::copy(td_hash, out.begin() + 80);
    return out;
}

TEST(TdReport, is_read_when_its_hashes_are_right) {
    const auto bytes = made();
    const auto report = parse_td_report(bytes);
    ASSERT_OK(report);
    EXPECT_FALSE(report.value().claims.service);
    EXPECT_TRUE(equal(report.value().claims.mr_td.view(), ByteView{bytes}.subspan(528, 48)));
    EXPECT_TRUE(equal(report.value().claims.mr_seam.view(), ByteView{bytes}.subspan(280, 48)));
    EXPECT_TRUE(equal(report.value().claims.rtmr[3].view(), ByteView{bytes}.subspan(864, 48)));
    EXPECT_TRUE(equal(report.value().claims.report_data.view(), ByteView{bytes}.subspan(128, 64)));
}

TEST(TdReport, has_service_fields_from_version_one_on) {
    auto bytes = made();
    bytes[2] = 1;
    const auto report = parse_td_report(bytes);
    ASSERT_OK(report);
    ASSERT_TRUE(report.value().claims.service);
    EXPECT_TRUE(equal(report.value().claims.service->mr_service_td.view(), ByteView{bytes}.subspan(912, 48)));
    EXPECT_TRUE(equal(report.value().claims.service->tee_tcb_svn2.view(), ByteView{bytes}.subspan(384, 16)));
}

TEST(TdReport, rejects_a_change_of_any_hashed_byte) {
    for (std::size_t i = 0; i < kTdReportBytes; ++i) {
        auto bytes = made();
        bytes[i] ^= 1;
        const bool is_hashed = (i >= 32 && i < 128) || (i >= 256 && i < 495) || i >= 512;
        if (is_hashed) {
            EXPECT_ERROR(parse_td_report(bytes), Reason::kTdxTdreportHashMismatch) << i;
        }
    }
}

TEST(TdReport, rejects_other_sizes_and_types) {
    auto bytes = made();
    bytes.pop_back();
    EXPECT_ERROR(parse_td_report(bytes), Reason::kMalformed);
    bytes = made();
    bytes[0] = 0;
    EXPECT_ERROR(parse_td_report(bytes), Reason::kMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::tdx
