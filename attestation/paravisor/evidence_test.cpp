#include <attestation/paravisor/evidence.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/tpm_evidence.hpp>

namespace redoubt::attestation::paravisor {
namespace {

Bytes kept(const std::string& name) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/paravisor" / name);
    return tests::split_paravisor_evidence(bytes_of(file)).value().evidence;
}

TEST(ParavisorEvidence, has_a_quote_of_the_td_or_none) {
    EXPECT_TRUE(read_evidence(kept("snp")).value().td_quote.empty());
    EXPECT_FALSE(read_evidence(kept("tdx")).value().td_quote.empty());
    EXPECT_FALSE(read_evidence(kept("snp")).value().tpm.pcrs.empty());
}

TEST(ParavisorEvidence, rejects_every_truncation_and_what_lacks_a_part) {
    const auto whole = kept("snp");
    for (std::size_t size = 0; size < whole.size(); size += 31) {
        EXPECT_ERROR(read_evidence(ByteView{whole}.first(size)), Reason::kHclMalformed);
    }
    EXPECT_ERROR(read_evidence(Bytes{0xa0}), Reason::kHclMalformed);
    auto renamed = whole;
    renamed[2] ^= 1;  // the first letter of the first member's name
    EXPECT_ERROR(read_evidence(renamed), Reason::kHclMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::paravisor
