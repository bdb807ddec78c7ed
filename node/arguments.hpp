/// The command line of `redoubtd`.
#pragma once

#include <node/config.hpp>

#include <filesystem>
#include <optional>
#include <variant>

namespace redoubt::node {

enum class Command { kRun, kVersion, kConfigShow };

struct Arguments {
    Command command = Command::kRun;
    std::optional<std::filesystem::path> config_file;
    FlagValues flags;
};

/// Reads the command line. Help texts and errors are printed here.
/// @return the arguments, or the exit code with which to end at once: 0 after help, 2 after an error
[[nodiscard]] std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace redoubt::node
