#include <node/restart_budget.hpp>

#include <algorithm>

namespace redoubt::node {

std::optional<std::chrono::milliseconds> RestartBudget::record_failure(Clock::time_point now) {
    while (!failures_.empty() && now - failures_.front() > kWindow) {
        failures_.pop_front();
    }
    failures_.push_back(now);
    if (failures_.size() >= failures_max_) {
        return std::nullopt;
    }
    auto pause = kPauseMin;
    for (std::size_t i = 1; i < failures_.size() && pause < kPauseMax; ++i) {
        pause *= 2;
    }
    return std::min(pause, kPauseMax);
}

bool RestartBudget::record_timeout(std::uint32_t block) {
    timeouts_ = slow_block_ == block ? timeouts_ + 1 : 1;
    slow_block_ = block;
    return timeouts_ < failures_max_;
}

}  // namespace redoubt::node
