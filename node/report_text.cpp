#include <node/report_text.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

namespace redoubt::node {

std::string time_text(std::time_t time) {
    std::tm broken{};
    gmtime_r(&time, &broken);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", broken);
}

std::string size_text(std::uint64_t bytes) {
    constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
        return fmt::format("{} bytes", bytes);
    }
    auto value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit) {
        value /= 1024;
    }
    return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace redoubt::node
