/// `redoubtd run`: supervises the shards (carried_shard.hpp), handles signals, and takes everything down in
/// order.
#pragma once

#include <node/config.hpp>
#include <node/problem.hpp>

namespace redoubt::node {

/// Runs the daemon until it is stopped or none of its shards is left. Blocks. What ended a shard is logged.
/// @return the exit code
/// @errors what is wrong before anything runs
[[nodiscard]] Outcome<ExitCode> run_daemon(const Config& config);

}  // namespace redoubt::node
