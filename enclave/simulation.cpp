#include <enclave/sim_tee.hpp>
#include <enclave/simulation.hpp>

namespace redoubt::enclave {

Result<Hash256> simulation_measurement(ByteView program) {
    return sim_measurement(program);
}

Result<Simulation> open_simulation(crypto::SecretBytes<32> platform_secret,
                                   const Hash256& measurement,
                                   attestation::produce::TeeSystem& system,
                                   std::uint64_t evidence_ms) {
    using attestation::produce::Provider;
    // The key of the simulation's evidence follows from the secret.
    const auto open = [&]() -> Result<std::unique_ptr<Provider>> {
        return std::unique_ptr<Provider>{
            std::make_unique<SimProvider>(SimTee{platform_secret.clone(), measurement}, system, evidence_ms)};
    };
    Simulation out;
    BOOST_OUTCOME_TRY(out.producer, EvidenceProcess::start(open, ProducerNeeds::kNothing));
    out.tee = std::make_unique<SimTee>(std::move(platform_secret), measurement);
    return out;
}

}  // namespace redoubt::enclave
