/// The command line of the enclave's process.
#pragma once

#include <node/config.hpp>
#include <node/enclave_process.hpp>

#include <filesystem>

namespace redoubt::node {

/// Whether this program's enclave can be what the operator wants: a production build simulates no TEE.
/// @param simulates  this is a build for development (has_test_roots())
/// @errors kUsage
[[nodiscard]] Outcome<> check_tee(TeeChoice tee, bool simulates);

/// How the enclave's process is started: the program of the configuration, or the one beside this program,
/// by itself or inside Gramine. There its arguments are part of what is measured, and stand in the manifest.
/// @param sim_platform  the file with the simulated TEE's secret
[[nodiscard]] EnclaveLaunch enclave_launch(const Config& config, const std::filesystem::path& sim_platform);

}  // namespace redoubt::node
