/// What `--tee sim` stands on, where the build has it. A program is linked with one of two libraries that
/// define these functions: one simulates a TEE, the other refuses, so that a production build can neither
/// open what a simulation has sealed nor seal anything that way.
///
/// @source attestation.md, section 15.2;
/// docs/adr/0028-production-builds-have-no-verifier-of-simulated-evidence.md
#pragma once

#include <attestation/produce/tee_system.hpp>
#include <enclave/evidence_process.hpp>
#include <enclave/tee.hpp>
#include <primitives/crypto/secret.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace redoubt::enclave {

enum class SimulationError : int {
    kNotBuiltIn = 1,  ///< this program has no simulated TEE
};
[[nodiscard]] std::string_view error_domain(SimulationError);
/// Cause and remedy.
[[nodiscard]] std::string_view error_message(SimulationError);
REDOUBT_ERROR_DOMAIN(SimulationError)

/// A simulated TEE, and the process beside this one that makes its evidence.
struct Simulation {
    std::unique_ptr<Tee> tee;
    std::unique_ptr<EvidenceProcess> producer;
};

/// The measurement of a program in the simulation.
/// @errors kNotBuiltIn
[[nodiscard]] Result<Hash256> simulation_measurement(ByteView program);

/// Forks the process that makes evidence, which has to know the platform's secret.
/// @param system       outlives this process; what the other one tells the time by
/// @param evidence_ms  how long each piece of evidence takes
/// @errors kNotBuiltIn; those of EvidenceProcess::start
[[nodiscard]] Result<Simulation> open_simulation(crypto::SecretBytes<32> platform_secret,
                                                 const Hash256& measurement,
                                                 attestation::produce::TeeSystem& system,
                                                 std::uint64_t evidence_ms);

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::SimulationError> : std::true_type {};
