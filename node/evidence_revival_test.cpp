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

TEST(EvidenceRevival, forgets_what_is_older_than_its_window) {
    EvidenceRevival revival;
    const auto first = Clock::time_point{} + 1'000h;
    EXPECT_EQ(revival.record_end(first), 0s);
    EXPECT_EQ(revival.record_end(first + EvidenceRevival::kWindow), 30s);
    EXPECT_EQ(revival.record_end(first + EvidenceRevival::kWindow + 1s), 30s) << "the first is forgotten";
    EXPECT_EQ(revival.record_end(first + 3 * EvidenceRevival::kWindow), 0s);
}

TEST(EvidenceRevival, describes_an_end) {
    EXPECT_EQ(describe_end(boundary::ProcessEnd{.by_signal = true, .code = SIGKILL}), "signal 9 (Killed)");
    EXPECT_EQ(describe_end(boundary::ProcessEnd{.by_signal = false, .code = 1}), "exit code 1");
    EXPECT_EQ(describe_end(std::nullopt), "nobody knows how");
}

}  // namespace
}  // namespace redoubt::node
