/// The version that the daemon prints and reports.
#pragma once

namespace redoubt::node {

/// The project's version, as the build sets it.
inline constexpr const char* kVersion = REDOUBT_VERSION;

}  // namespace redoubt::node
