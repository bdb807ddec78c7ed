#include <node/enclave_arguments.hpp>

#include <fmt/format.h>
#include <node/enclave_process.hpp>

namespace redoubt::node {

std::filesystem::path enclave_program(const Config& config) {
    return config.enclave.empty() ? enclave_beside_this_program() : config.enclave;
}

std::vector<std::string> enclave_arguments(const Config& config, const std::filesystem::path& sim_platform) {
    return {"--channel-fd",          "3",
            "--sim-platform",        sim_platform.string(),
            "--memory-max-mib",      fmt::format("{}", config.enclave_memory_max),
            "--state-cache-mib",     fmt::format("{}", config.state_cache),
            "--pages-after-changes", fmt::format("{}", config.pages_after)};
}

}  // namespace redoubt::node
