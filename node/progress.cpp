#include <node/progress.hpp>

#include <fmt/format.h>
#include <unistd.h>
#include <node/report_text.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace redoubt::node {

std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t total) {
    if (total == 0) {
        return fmt::format("{}  {}", what, size_text(done));
    }
    constexpr std::uint64_t kWidth = 30;
    const auto percent = std::min<std::uint64_t>(
        99, static_cast<std::uint64_t>(100 * static_cast<double>(done) / static_cast<double>(total)));
    const auto filled = percent * kWidth / 100;
    return fmt::format("{} [{:#<{}}{: <{}}] {:>3}%  {}", what, "", filled, "", kWidth - filled, percent,
                       size_text(done));
}

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), is_terminal_(::isatty(STDERR_FILENO) == 1) {
    add(0);
}

Progress::~Progress() {
    if (is_terminal_) {
        fmt::print(stderr, "\r{: <{}}\r", "", drawn_.size());
        std::fflush(stderr);
    }
}

void Progress::add(std::uint64_t bytes) {
    constexpr std::uint64_t kStep = std::uint64_t{1} << 18;
    const auto before = std::exchange(done_, done_ + bytes);
    if (!is_terminal_ || (!drawn_.empty() && before / kStep == done_ / kStep)) {
        return;
    }
    const auto width = drawn_.size();
    drawn_ = progress_line(what_, done_, total_);
    fmt::print(stderr, "\r{: <{}}", drawn_, width);
    std::fflush(stderr);
}

}  // namespace redoubt::node
