#include <enclave/simulation.hpp>

namespace redoubt::enclave {

std::string_view error_domain(SimulationError) {
    return "simulation";
}

std::string_view error_message(SimulationError error) {
    switch (error) {
        case SimulationError::kNotBuiltIn:
            return "this is a production build, which simulates no TEE: name the TEE that is there (--tee "
                   "gramine-sgx or tsm), or use a build for development (REDOUBT_SIMULATED_EVIDENCE)";
    }
    return "unknown error of the simulation";
}

}  // namespace redoubt::enclave
