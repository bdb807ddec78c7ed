#include <gtest/gtest.h>
#include <node/restart_budget.hpp>

namespace redoubt::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RestartBudget, doubles_the_pause_up_to_its_limit) {
    RestartBudget budget{100};
    const RestartBudget::Clock::time_point now{};
    EXPECT_EQ(budget.record_failure(now), milliseconds{100});
    EXPECT_EQ(budget.record_failure(now), milliseconds{200});
    EXPECT_EQ(budget.record_failure(now), milliseconds{400});
    for (int i = 0; i < 10; ++i) {
        EXPECT_LE(budget.record_failure(now), RestartBudget::kPauseMax);
    }
    EXPECT_EQ(budget.record_failure(now), RestartBudget::kPauseMax);
}

TEST(RestartBudget, is_used_up_by_too_many_ends_within_the_window) {
    RestartBudget budget{3};
    const RestartBudget::Clock::time_point now{};
    EXPECT_TRUE(budget.record_failure(now).has_value());
    EXPECT_TRUE(budget.record_failure(now + seconds{1}).has_value());
    EXPECT_FALSE(budget.record_failure(now + seconds{60}).has_value());
}

TEST(RestartBudget, forgets_ends_before_the_window) {
    RestartBudget budget{2};
    const RestartBudget::Clock::time_point now{};
    EXPECT_TRUE(budget.record_failure(now).has_value());
    EXPECT_EQ(budget.record_failure(now + RestartBudget::kWindow + milliseconds{1}),
              RestartBudget::kPauseMin);
}

TEST(RestartBudget, is_used_up_by_timeouts_in_succession_at_one_block) {
    RestartBudget budget{3};
    EXPECT_TRUE(budget.record_timeout(7));
    EXPECT_TRUE(budget.record_timeout(7));
    EXPECT_TRUE(budget.record_timeout(8));
    EXPECT_TRUE(budget.record_timeout(8));
    EXPECT_FALSE(budget.record_timeout(8));
}

}  // namespace
}  // namespace redoubt::node
