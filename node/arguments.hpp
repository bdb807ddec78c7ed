/// The command line of `redoubtd`.
#pragma once

#include <node/config.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace redoubt::node {

enum class Command {
    kRun,
    kVersion,
    kConfigShow,
    kShardList,
    kShardShow,
    kStateInspect,
    kStateBackup,
    kStateRestore,
    kStateCompact,
    kStateVerify,
};

struct Arguments {
    Command command = Command::kRun;
    std::optional<std::filesystem::path> config_file;
    FlagValues flags;
    /// Of kShardShow and the commands of the state, as it was written; empty: the only one.
    std::string shard;
    std::filesystem::path backup;  ///< of kStateBackup and kStateRestore
    bool json = false;             ///< of the commands that look at shards and their state
};

/// Reads the command line. Help texts and errors are printed here.
/// @return the arguments, or the exit code with which to end at once: 0 after help, 2 after an error
[[nodiscard]] std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace redoubt::node
