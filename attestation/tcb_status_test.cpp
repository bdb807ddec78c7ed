#include <attestation/tcb_status.hpp>

#include <gtest/gtest.h>

#include <array>

namespace redoubt::attestation {
namespace {

using enum TcbStatus;

TEST(TcbStatus, merges_as_the_table_says) {
    // status, after an OutOfDate module or quoting enclave. Source: attestation.md, section 7.4.
    constexpr std::array<std::array<TcbStatus, 2>, 6> kTable{{
        {kUpToDate, kOutOfDate},
        {kSwHardeningNeeded, kOutOfDate},
        {kConfigurationNeeded, kOutOfDateConfigurationNeeded},
        {kConfigurationAndSwHardeningNeeded, kOutOfDateConfigurationNeeded},
        {kOutOfDate, kOutOfDate},
        {kOutOfDateConfigurationNeeded, kOutOfDateConfigurationNeeded},
    }};
    for (const auto& [status, merged] : kTable) {
        EXPECT_EQ(converge(status, kUpToDate), status);
        EXPECT_EQ(converge(status, kOutOfDate), merged);
        EXPECT_EQ(converge(status, kRevoked), kRevoked);
    }
    EXPECT_EQ(converge(kRevoked, kUpToDate), kRevoked);
    EXPECT_EQ(converge(kRevoked, kOutOfDate), kRevoked);
}

TEST(TcbStatus, is_read_from_its_exact_text_only) {
    EXPECT_EQ(status_of_text("SWHardeningNeeded"), kSwHardeningNeeded);
    EXPECT_EQ(status_of_text("TDRelaunchAdvisedConfigurationNeeded"), kTdRelaunchAdvisedConfigurationNeeded);
    EXPECT_EQ(status_of_text("uptodate"), std::nullopt);
    EXPECT_EQ(status_of_text(""), std::nullopt);
}

}  // namespace
}  // namespace redoubt::attestation
