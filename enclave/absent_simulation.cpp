#include <enclave/simulation.hpp>

namespace redoubt::enclave {

Result<Hash256> simulation_measurement(ByteView) {
    return SimulationError::kNotBuiltIn;
}

Result<Simulation> open_simulation(crypto::SecretBytes<32>,
                                   const Hash256&,
                                   attestation::produce::TeeSystem&,
                                   std::uint64_t) {
    return SimulationError::kNotBuiltIn;
}

}  // namespace redoubt::enclave
