/// The log of redoubt-devchain, on standard error.
#pragma once

#include <string>

namespace redoubt::devchain {

/// @param level    a name of spdlog's levels, or "off"
/// @param as_json  one JSON object a line
void start_log(const std::string& level, bool as_json);

}  // namespace redoubt::devchain
