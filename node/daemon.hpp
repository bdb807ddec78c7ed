/// `redoubtd run`: puts the parts together, handles signals, and takes everything down in order.
#pragma once

#include <node/config.hpp>
#include <node/problem.hpp>

namespace redoubt::node {

/// Runs the daemon until it is stopped. Blocks.
[[nodiscard]] Outcome<> run_daemon(const Config& config);

}  // namespace redoubt::node
