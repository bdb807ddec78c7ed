#include <enclave/simulation.hpp>

#include <gtest/gtest.h>

#include <enclave/linux_tee_system.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

// What a production build answers to `--tee sim`.
TEST(AbsentSimulation, refuses_whatever_is_asked) {
    LinuxTeeSystem system;
    EXPECT_ERROR(simulation_measurement(bytes_of("program")), SimulationError::kNotBuiltIn);
    EXPECT_ERROR(open_simulation(crypto::SecretBytes<32>{}, Hash256{}, system, 0),
                 SimulationError::kNotBuiltIn);
}

}  // namespace
}  // namespace redoubt::enclave
