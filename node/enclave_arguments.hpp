/// The command line of the enclave's process.
#pragma once

#include <node/config.hpp>
#include <node/enclave_process.hpp>

#include <filesystem>

namespace redoubt::node {

/// How the enclave's process is started: the program of the configuration, or the one beside this program,
/// by itself or inside Gramine. There its arguments are part of what is measured, and stand in the manifest.
/// @param sim_platform  the file with the simulated TEE's secret
[[nodiscard]] EnclaveLaunch enclave_launch(const Config& config, const std::filesystem::path& sim_platform);

}  // namespace redoubt::node
