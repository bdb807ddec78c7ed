#include <node/evidence_revival.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace redoubt::node {

std::chrono::seconds EvidenceRevival::record_end(Clock::time_point now) {
    while (!ends_.empty() && now - ends_.front() > kWindow) {
        ends_.pop_front();
    }
    ends_.push_back(now);
    if (ends_.size() == 1) {
        return std::chrono::seconds{0};
    }
    auto pause = kPauseMin;
    for (std::size_t i = 2; i < ends_.size() && pause < kPauseMax; ++i) {
        pause *= 2;
    }
    return std::min(pause, kPauseMax);
}

std::string describe_end(const std::optional<boundary::ProcessEnd>& end) {
    if (!end) {
        return "nobody knows how";
    }
    return end->by_signal ? fmt::format("signal {} ({})", end->code, strsignal(end->code))
                          : fmt::format("exit code {}", end->code);
}

}  // namespace redoubt::node
