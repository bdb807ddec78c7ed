/// The command line of `redoubtd`.
#pragma once

#include <node/config.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace redoubt::node {

enum class Command { kRun, kVersion, kConfigShow, kShardList, kShardShow };

struct Arguments {
    Command command = Command::kRun;
    std::optional<std::filesystem::path> config_file;
    FlagValues flags;
    std::string shard;  ///< of kShardShow, as it was written
    bool json = false;  ///< of kShardList and kShardShow
};

/// Reads the command line. Help texts and errors are printed here.
/// @return the arguments, or the exit code with which to end at once: 0 after help, 2 after an error
[[nodiscard]] std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace redoubt::node
