/// Whether simulated evidence is looked at, and whose. Simulation needs all of it: permission, keys, and a
/// development chain. There is no default key.
///
/// @source attestation.md, section 15.2
#pragma once

#include <primitives/bytes.hpp>

#include <vector>

namespace redoubt::attestation {

struct SimulationAllowance {
    bool is_allowed = false;
    /// The chain that the evidence is for is marked as one for development.
    bool is_development_chain = false;
    /// Ed25519 keys that may sign simulated evidence.
    std::vector<FixedBytes<32>> trusted_keys{};
};

}  // namespace redoubt::attestation
