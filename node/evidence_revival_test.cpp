#include <gtest/gtest.h>
#include <node/evidence_revival.hpp>

#include <csignal>

namespace redoubt::node {
namespace {

using namespace std::chrono_literals;
using Clock = EvidenceRevival::Clock;

TEST(EvidenceRevival, is_at_once_and_then_less_and_less_often) {
    EvidenceRevival revival;
    auto now = Clock::time_point{} + 1'000h;
    EXPECT_EQ(revival.record_end(now), 0s);
    for (const auto pause : {30s, 60s, 120s, 240s, 480s, 960s, 1800s, 1800s}) {
        EXPECT_EQ(revival.record_end(now += 1s), pause);
    }
}

TEST(EvidenceRevival, is_at_once_again_after_a_quiet_time) {
    EvidenceRevival revival;
    auto now = Clock::time_point{} + 1'000h;
    EXPECT_EQ(revival.record_end(now), 0s);
    EXPECT_EQ(revival.record_end(now += EvidenceRevival::kQuiet), 30s);
    EXPECT_EQ(revival.record_end(now += EvidenceRevival::kQuiet + 1s), 0s);
    EXPECT_EQ(revival.record_end(now += 1s), 30s);
}

TEST(EvidenceRevival, stays_at_the_longest_pause_while_each_enclave_loses_it_at_once) {
    EvidenceRevival revival;
    auto now = Clock::time_point{} + 1'000h;
    auto pause = revival.record_end(now);
    for (int i = 0; i < 20; ++i) {
        const auto next = revival.record_end(now += pause + 1s);
        EXPECT_GE(next, pause);
        pause = next;
    }
    EXPECT_EQ(pause, EvidenceRevival::kPauseMax);
}

TEST(EvidenceRevival, describes_an_end) {
    EXPECT_EQ(describe_end(boundary::ProcessEnd{.by_signal = true, .code = SIGKILL}), "signal 9 (Killed)");
    EXPECT_EQ(describe_end(boundary::ProcessEnd{.by_signal = false, .code = 1}), "exit code 1");
    EXPECT_EQ(describe_end(std::nullopt), "nobody knows how");
}

}  // namespace
}  // namespace redoubt::node
