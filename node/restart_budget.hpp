/// How often, and after what pause, the enclave may be started again. It keeps times only.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace redoubt::node {

class RestartBudget {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kWindow{60};
    static constexpr std::chrono::milliseconds kPauseMin{100};
    static constexpr std::chrono::milliseconds kPauseMax{5000};

    /// @param failures_max so many ends within kWindow are one too many
    explicit RestartBudget(std::uint32_t failures_max) : failures_max_(failures_max) {}

    /// Records an end of the enclave. Gives the pause before the next start, doubled for each end within the
    /// window, or nullopt when the budget is used up.
    [[nodiscard]] std::optional<std::chrono::milliseconds> record_failure(Clock::time_point now);

    /// Records that the enclave did not answer about `block` in time, however long ago the last end was.
    /// False when it was this block for the failures_max-th time in succession.
    [[nodiscard]] bool record_timeout(std::uint32_t block);

  private:
    std::uint32_t failures_max_;
    std::optional<std::uint32_t> slow_block_;
    std::uint32_t timeouts_ = 0;  ///< in succession, all at slow_block_
    std::deque<Clock::time_point> failures_;
};

}  // namespace redoubt::node
