#include <attestation/reason.hpp>

#include <gtest/gtest.h>

#include <primitives/byte_cursor.hpp>

#include <set>

namespace redoubt::attestation {
namespace {

TEST(Reason, has_a_code_a_cause_and_a_remedy_each) {
    std::set<std::string_view> codes;
    for (const auto reason : all_reasons()) {
        EXPECT_TRUE(codes.insert(reason_code(reason)).second) << reason_code(reason);
        EXPECT_FALSE(error_message(reason).empty()) << reason_code(reason);
        EXPECT_FALSE(remedy(reason).empty()) << reason_code(reason);
        EXPECT_EQ(reason_of_code(reason_code(reason)), reason);
    }
}

TEST(Reason, is_found_by_its_code_only) {
    EXPECT_EQ(reason_of_code("QUOTE_TRUNCATED"), Reason::kQuoteTruncated);
    EXPECT_EQ(reason_of_code("quote_truncated"), std::nullopt);
    EXPECT_EQ(reason_of_code(""), std::nullopt);
}

TEST(Reason, calls_errors_of_other_domains_malformed) {
    EXPECT_EQ(reason_of(make_error_code(Reason::kCrlMissing)), Reason::kCrlMissing);
    EXPECT_EQ(reason_of(make_error_code(DecodeError::kUnexpectedEnd)), Reason::kMalformed);
}

}  // namespace
}  // namespace redoubt::attestation
