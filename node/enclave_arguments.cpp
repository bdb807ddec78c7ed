#include <node/enclave_arguments.hpp>

#include <fmt/format.h>

namespace redoubt::node {

Outcome<> check_tee(TeeChoice tee, bool simulates) {
    if (tee != TeeChoice::kSimulation || simulates) {
        return success();
    }
    return Problem{
        ExitCode::kUsage, "this is a production build, which simulates no TEE (--tee sim)",
        "Name the TEE that is there with --tee gramine-sgx or --tee tsm. Development chains take a "
        "build with REDOUBT_SIMULATED_EVIDENCE."};
}

EnclaveLaunch enclave_launch(const Config& config, const std::filesystem::path& sim_platform) {
    const auto program = config.enclave.empty() ? enclave_beside_this_program() : config.enclave;
    if (config.tee == TeeChoice::kGramineSgx) {
        return {.program = config.gramine,
                .arguments = {program.string()},
                .channel = EnclaveLaunch::Channel::kStandard};
    }
    EnclaveLaunch out{.program = program,
                      .arguments = {"--channel-fd", "3"},
                      .channel = EnclaveLaunch::Channel::kDescriptor};
    const auto add = [&out](std::string name, std::string value) {
        out.arguments.push_back(std::move(name));
        out.arguments.push_back(std::move(value));
    };
    if (config.tee == TeeChoice::kSimulation) {
        add("--tee", "sim");
        add("--sim-platform", sim_platform.string());
    } else {
        add("--tee", "tsm");
    }
    if (!config.provided_key.empty()) {
        add("--provided-key", config.provided_key.string());
    }
    add("--memory-max-mib", fmt::format("{}", config.enclave_memory_max));
    add("--state-cache-mib", fmt::format("{}", config.state_cache));
    add("--pages-after-changes", fmt::format("{}", config.pages_after));
    return out;
}

}  // namespace redoubt::node
