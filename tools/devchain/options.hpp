/// The command line of redoubt-devchain.
#pragma once

#include <cstdint>
#include <string>
#include <tools/devchain/chain/chain.hpp>
#include <tools/devchain/chain_spec.hpp>
#include <tools/devchain/faults/fault_table.hpp>
#include <variant>
#include <vector>

namespace redoubt::devchain {

enum class Command : std::uint8_t { kRun, kExportSpec, kFaults, kVersion };

struct Options {
    Command command = Command::kRun;
    std::string address = "127.0.0.1";
    std::uint16_t port = 9944;
    std::string log_level = "info";
    bool log_json = false;
    ChainOptions chain;
    std::uint32_t synthetic_accounts = 0;
    std::vector<faults::FaultRequest> faults;
    bool as_json = false;  ///< of the command faults
};

/// What the command line says, or the exit code when everything has been said on the terminal already: help,
/// or a mistake of the user.
[[nodiscard]] std::variant<Options, int> parse_options(int argc, const char* const* argv);

/// "250ms", "6s" or "2m" in milliseconds.
[[nodiscard]] Checked<std::uint64_t> parse_duration_ms(std::string_view text);

}  // namespace redoubt::devchain
