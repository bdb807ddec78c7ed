#include <attestation/sim/verifier.hpp>

namespace redoubt::attestation::sim {

bool is_built_in() {
    return false;
}

Verdict verify_evidence(ByteView /*evidence*/,
                        VerificationTime time,
                        const SimulationAllowance& /*allowance*/) {
    CheckLog log{kChecks};
    const auto refused = log.note("simulation_allowed", Result<void>{Reason::kSimNotAllowed});
    return refuse(EvidenceType::kSimulation, time, std::move(log),
                  {reason_of(refused.error()), "this is a production build"});
}

}  // namespace redoubt::attestation::sim
