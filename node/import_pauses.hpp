/// Pauses between attempts that the enclave or the disk did not take: longer each time, until one succeeds.
#pragma once

#include <node/signal.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace redoubt::node {

class ImportPauses {
  public:
    /// @param on_idle  told before each pause: nothing is under way
    explicit ImportPauses(std::function<void()> on_idle) : on_idle_(std::move(on_idle)) {}

    /// The pauses must outlive the wait.
    [[nodiscard]] Task<void> wait() {
        constexpr std::chrono::milliseconds kPauseMin{1'000};
        constexpr std::chrono::milliseconds kPauseMax{30'000};
        pause_ = std::clamp(pause_ * 2, kPauseMin, kPauseMax);
        on_idle_();
        co_await pause_for(pause_);
    }
    void reset() { pause_ = std::chrono::milliseconds{0}; }

  private:
    std::function<void()> on_idle_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace redoubt::node
