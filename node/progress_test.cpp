#include <node/progress.hpp>

#include <gtest/gtest.h>

namespace redoubt::node {
namespace {

TEST(Progress, draws_how_far_it_is) {
    EXPECT_EQ(progress_line("copying", 0, 2048), "copying [                              ]   0%  0 bytes");
    EXPECT_EQ(progress_line("copying", 1024, 2048), "copying [###############               ]  50%  1.0 KiB");
}

TEST(Progress, is_never_over_before_it_is) {
    EXPECT_EQ(progress_line("copying", 4096, 2048), "copying [############################# ]  99%  4.0 KiB");
}

TEST(Progress, has_no_bar_without_a_total) {
    EXPECT_EQ(progress_line("copying", 17, 0), "copying  17 bytes");
}

TEST(Progress, is_silent_where_there_is_no_terminal) {
    ::testing::internal::CaptureStderr();
    { Progress{"copying", 2}.add(1); }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace redoubt::node
