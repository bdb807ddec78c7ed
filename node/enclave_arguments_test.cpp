#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <node/enclave_arguments.hpp>

namespace redoubt::node {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

Config config_for(TeeChoice tee) {
    Config out;
    out.tee = tee;
    out.enclave = "/opt/redoubt/redoubt-enclave";
    return out;
}

TEST(Tee, is_simulated_in_builds_for_development_alone) {
    for (const auto tee : {TeeChoice::kSimulation, TeeChoice::kGramineSgx, TeeChoice::kTsm}) {
        EXPECT_TRUE(check_tee(tee, true).has_value());
        EXPECT_EQ(check_tee(tee, false).has_value(), tee != TeeChoice::kSimulation);
    }
    EXPECT_EQ(check_tee(TeeChoice::kSimulation, false).error().exit_code, ExitCode::kUsage);
}

TEST(EnclaveLaunch, of_the_simulation_names_its_platform) {
    const auto launch = enclave_launch(config_for(TeeChoice::kSimulation), "/data/sim-platform");
    EXPECT_EQ(launch.program, "/opt/redoubt/redoubt-enclave");
    EXPECT_EQ(launch.channel, EnclaveLaunch::Channel::kDescriptor);
    EXPECT_THAT(launch.arguments, ElementsAre("--channel-fd", "3", "--tee", "sim", "--sim-platform",
                                              "/data/sim-platform", "--memory-max-mib", "8192",
                                              "--state-cache-mib", "256", "--pages-after-changes", "8192"));
}

TEST(EnclaveLaunch, in_a_virtual_machine_names_no_platform_but_the_key_that_was_released) {
    auto config = config_for(TeeChoice::kTsm);
    const auto launch = enclave_launch(config, "/data/sim-platform");
    EXPECT_THAT(launch.arguments, Contains("tsm"));
    EXPECT_THAT(launch.arguments, Not(Contains("--sim-platform")));
    EXPECT_THAT(launch.arguments, Not(Contains("--provided-key")));
    config.provided_key = "/run/key";
    EXPECT_THAT(enclave_launch(config, {}).arguments, Contains("/run/key"));
}

// Gramine measures the arguments in the manifest; those of a command line would be the host's.
TEST(EnclaveLaunch, inside_gramine_passes_the_name_of_the_program_alone) {
    const auto launch = enclave_launch(config_for(TeeChoice::kGramineSgx), "/data/sim-platform");
    EXPECT_EQ(launch.program, "/usr/bin/gramine-sgx");
    EXPECT_THAT(launch.arguments, ElementsAre("/opt/redoubt/redoubt-enclave"));
    EXPECT_EQ(launch.channel, EnclaveLaunch::Channel::kStandard);
}

}  // namespace
}  // namespace redoubt::node
