#include <node/evidence_revival.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace redoubt::node {

std::chrono::seconds EvidenceRevival::record_end(Clock::time_point now) {
    const bool is_first = !last_end_ || now - *last_end_ > kQuiet;
    pause_ = is_first ? std::chrono::seconds{0} : std::clamp(2 * pause_, kPauseMin, kPauseMax);
    last_end_ = now;
    return pause_;
}

std::string describe_end(const std::optional<boundary::ProcessEnd>& end) {
    if (!end) {
        return "nobody knows how";
    }
    return end->by_signal ? fmt::format("signal {} ({})", end->code, strsignal(end->code))
                          : fmt::format("exit code {}", end->code);
}

}  // namespace redoubt::node
