#include <enclave/simulation.hpp>

#include <gtest/gtest.h>

#include <enclave/linux_tee_system.hpp>
#include <enclave/sim_tee.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sanitizers.hpp>

namespace redoubt::enclave {
namespace {

TEST(Simulation, has_the_key_of_its_platform_and_makes_evidence) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    static LinuxTeeSystem system;
    const auto measurement = simulation_measurement(bytes_of("program"));
    ASSERT_OK(measurement);
    EXPECT_EQ(measurement.value(), sim_measurement(bytes_of("program")));
    auto simulation = open_simulation(crypto::SecretBytes<32>{}, measurement.value(), system, 0);
    ASSERT_OK(simulation);
    const SimTee same{crypto::SecretBytes<32>{}, measurement.value()};
    EXPECT_EQ(simulation.value().tee->kind(), TeeKind::kSimulation);
    EXPECT_TRUE(equal(simulation.value().tee->sealing_key().expose(), same.sealing_key().expose()));
    simulation.value().producer->begin(std::array<std::uint8_t, 64>{1});
    for (;;) {
        if (const auto made = simulation.value().producer->poll()) {
            ASSERT_OK(*made);
            EXPECT_EQ(made->value().type, attestation::EvidenceType::kSimulation);
            return;
        }
    }
}

}  // namespace
}  // namespace redoubt::enclave
