/// The command line: global options, the tree of commands, and what the chosen one does.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <tools/wallet/context.hpp>
#include <vector>

namespace CLI {
class App;
}

namespace redoubt::wallet {

/// What the user chose to do. The context outlives the task.
using CommandTask = std::function<Task<Fallible<Report>>(Context&)>;

/// What a parsed command line asks for.
struct Invocation {
    Settings settings;
    CommandTask run;
};

/// Parses the arguments (without the program's name).
/// @return nullopt when help was asked for and printed to `out`
/// @errors usage
[[nodiscard]] Fallible<std::optional<Invocation>> parse_command_line(std::vector<std::string> arguments,
                                                                     std::ostream& out);

// Each file of commands adds its own to the tree; a chosen command sets `chosen`.
void add_account_commands(CLI::App& app, CommandTask& chosen);
void add_chain_commands(CLI::App& app, CommandTask& chosen);
void add_evidence_commands(CLI::App& app, CommandTask& chosen);
void add_funds_commands(CLI::App& app, CommandTask& chosen);
void add_registry_commands(CLI::App& app, CommandTask& chosen);
void add_trusted_commands(CLI::App& app, CommandTask& chosen);
void add_worker_commands(CLI::App& app, CommandTask& chosen);

/// Runs the program: parses, carries out, prints. @return the exit status
[[nodiscard]] int run_program(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace redoubt::wallet
