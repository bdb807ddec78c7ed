#include <gtest/gtest.h>
#include <node/log.hpp>
#include <node/storage_trouble.hpp>

#include <string>

namespace redoubt::node {
namespace {

using namespace std::chrono_literals;

/// What is announced, in text mode, and logged meanwhile.
class Trouble : public ::testing::Test {
  protected:
    void failed(StorageFault fault, std::chrono::seconds at) {
        const Problem problem{ExitCode::kDataDirectory, "the disk is away", "Bring it back."};
        trouble_.failed(7, fault, problem, StorageTrouble::Clock::time_point{at});
    }
    /// How often `text` was printed since the last question.
    int printed(std::string_view text) {
        said_ += ::testing::internal::GetCapturedStdout();
        ::testing::internal::CaptureStdout();
        int count = 0;
        for (auto at = said_.find(text); at != std::string::npos; at = said_.find(text, at + 1)) {
            ++count;
        }
        said_.clear();
        return count;
    }
    void SetUp() override { ::testing::internal::CaptureStdout(); }
    void TearDown() override { ::testing::internal::GetCapturedStdout(); }

    StorageTrouble trouble_;
    std::string said_;
};

TEST_F(Trouble, is_said_once_for_each_reason_and_rarely_while_it_lasts) {
    failed(StorageFault::kIoError, 1s);
    EXPECT_EQ(printed("the disk is away"), 2) << "a log line and an event";
    failed(StorageFault::kIoError, 30s);
    failed(StorageFault::kIoError, 599s);
    EXPECT_EQ(printed("the disk is away"), 0);
    failed(StorageFault::kIoError, 601s);
    EXPECT_EQ(printed("for 600 s now: the disk is away. Bring it back."), 1);
    failed(StorageFault::kReadOnly, 602s);
    EXPECT_EQ(printed("reason=read_only"), 1);
    EXPECT_EQ(trouble_.fault(), StorageFault::kReadOnly);
}

TEST_F(Trouble, is_over_with_the_time_that_it_took) {
    trouble_.over(6, StorageTrouble::Clock::time_point{0s});
    EXPECT_EQ(printed("storage_recovered"), 0) << "there was none";
    failed(StorageFault::kIoError, 1s);
    failed(StorageFault::kNoSpace, 20s);
    trouble_.over(7, StorageTrouble::Clock::time_point{41s});
    EXPECT_EQ(printed("storage_recovered block=7 reason=no_space seconds=40"), 1);
    EXPECT_EQ(trouble_.fault(), std::nullopt);
    trouble_.over(8, StorageTrouble::Clock::time_point{42s});
    EXPECT_EQ(printed("storage_recovered"), 0);
}

}  // namespace
}  // namespace redoubt::node
