/// When the enclave is started again because nothing makes evidence beside it any more: at once, then after
/// pauses that grow while it keeps happening, since everything else goes on meanwhile. It keeps times only.
///
/// @source docs/adr/0029-evidence-is-made-beside-the-enclave.md
#pragma once

#include <boundary/messages.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace redoubt::node {

class EvidenceRevival {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::hours kQuiet{1};
    static constexpr std::chrono::seconds kPauseMin{30};
    static constexpr std::chrono::seconds kPauseMax{1800};

    /// Records that evidence is gone. Gives the pause before the enclave is started again: none after kQuiet
    /// without such an end, else kPauseMin, doubled for each further one up to kPauseMax.
    [[nodiscard]] std::chrono::seconds record_end(Clock::time_point now);

  private:
    std::optional<Clock::time_point> last_end_;
    std::chrono::seconds pause_{0};
};

/// "signal 9 (Killed)" or "exit code 1"; "nobody knows how" for nothing.
[[nodiscard]] std::string describe_end(const std::optional<boundary::ProcessEnd>& end);

}  // namespace redoubt::node
