/// Sizes and times as the commands that look at a data directory print them.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace redoubt::node {

/// `1.5 MiB`; below 1 KiB `17 bytes`.
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// UTC: `2026-01-31T23:59:59Z`. @param time seconds since 1970
[[nodiscard]] std::string time_text(std::time_t time);

}  // namespace redoubt::node
