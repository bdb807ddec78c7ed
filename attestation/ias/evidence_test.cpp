#include <attestation/ias/evidence.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

#include <algorithm>

namespace redoubt::attestation::ias {
namespace {

std::string kept(const std::string& name) {
    return tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ias_verify" / name);
}

TEST(IasEvidence, is_read_from_its_joined_parts) {
    const auto evidence = read_joined(bytes_of("{}|AAEC|/w==")).value();
    EXPECT_EQ(evidence.report, to_bytes(bytes_of("{}")));
    EXPECT_EQ(evidence.signature, (Bytes{0, 1, 2}));
    EXPECT_EQ(evidence.certificate, Bytes{0xff});
}

TEST(IasEvidence, rejects_other_than_three_parts_and_other_than_base64) {
    EXPECT_ERROR(read_joined({}), Reason::kIasReportMalformed);
    EXPECT_ERROR(read_joined(bytes_of("{}")), Reason::kIasReportMalformed);
    EXPECT_ERROR(read_joined(bytes_of("{}|AAEC")), Reason::kIasReportMalformed);
    EXPECT_ERROR(read_joined(bytes_of("{}|AAE|/w==")), Reason::kIasSignatureInvalid);
    EXPECT_ERROR(read_joined(bytes_of("{}|AAEC|/w=")), Reason::kIasChainInvalid);
    EXPECT_ERROR(read_joined(bytes_of("{}|AAEC|/w==|AAEC")), Reason::kIasChainInvalid);
    EXPECT_ERROR(read_joined(bytes_of("{}|AAEC|/w==\n")), Reason::kIasChainInvalid);
    EXPECT_ERROR(read_joined(bytes_of(std::string(kEvidenceBytesMax + 1, '|'))), Reason::kLimitExceeded);
}

TEST(RaCertificate, holds_the_same_parts_in_its_comment) {
    const auto joined = read_joined(bytes_of(kept("ok"))).value();
    const auto inside = read_ra_certificate(bytes_of(kept("ra_certificate"))).value();
    EXPECT_EQ(inside.report, joined.report);
    EXPECT_EQ(inside.signature, joined.signature);
    EXPECT_EQ(inside.certificate, joined.certificate);
}

TEST(RaCertificate, is_exactly_one_certificate_with_a_comment) {
    auto der = to_bytes(bytes_of(kept("ra_certificate")));
    for (std::size_t size = 0; size < der.size(); size += 7) {
        EXPECT_ERROR(read_ra_certificate(ByteView{der}.first(size)), Reason::kIasReportMalformed);
    }
    const auto oid = Bytes{0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x0d};
    const auto at = std::search(der.begin(), der.end(), oid.begin(), oid.end());
    ASSERT_NE(at, der.end());
    at[8] = 0x0c;  // another Netscape extension
    EXPECT_ERROR(read_ra_certificate(der), Reason::kIasReportMalformed);
    at[8] = 0x0d;
    der.push_back(0);
    EXPECT_ERROR(read_ra_certificate(der), Reason::kIasReportMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::ias
