/// How far a long command is: a bar on standard error, when that is a terminal.
#pragma once

#include <cstdint>
#include <string>

namespace redoubt::node {

/// `what [#####     ]  50%  1.0 MiB`; at most 99%, because the total may be an estimate.
/// Without a total there is no bar.
[[nodiscard]] std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t total);

/// Draws the line again every 256 KiB, and takes it away in the end. Elsewhere than on a
/// terminal it is silent.
class Progress {
  public:
    /// @param total  in bytes; may be an estimate
    Progress(std::string what, std::uint64_t total);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// So many more bytes are done.
    void add(std::uint64_t bytes);

  private:
    std::string what_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    bool is_terminal_;
    std::string drawn_;
};

}  // namespace redoubt::node
