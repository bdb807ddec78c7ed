/// The command line of the enclave's process.
#pragma once

#include <node/config.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace redoubt::node {

/// The program: that of the configuration, or the one beside this program.
[[nodiscard]] std::filesystem::path enclave_program(const Config& config);

/// What it is started with.
/// @param sim_platform  the file with the simulated TEE's secret
[[nodiscard]] std::vector<std::string> enclave_arguments(const Config& config,
                                                         const std::filesystem::path& sim_platform);

}  // namespace redoubt::node
