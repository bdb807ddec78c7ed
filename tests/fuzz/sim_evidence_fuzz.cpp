// Simulated evidence: what is read has one size, and whatever becomes of it, nothing is verified but what the
// tests' key signed for the kept inputs.
#include <attestation/sim/evidence.hpp>
#include <attestation/sim/verifier.hpp>
#include <tests/support/kept_signatures.hpp>
#include <tests/support/sim_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto parsed = sim::parse_evidence(input);
    REDOUBT_ASSERT(!parsed || size == kSimEvidenceBytes);
    const SimulationAllowance allowance{
        .is_allowed = true, .is_development_chain = true, .trusted_keys = {tests::sim_test_key()}};
    const auto verdict = sim::verify_evidence(input, {1'800'000'000}, allowance);
    REDOUBT_ASSERT(!verdict.is_hardware && verdict.checks.size() == sim::kChecks.size());
    REDOUBT_ASSERT(!sim::verify_evidence(input, {1'800'000'000}, {}).is_verified());
    if (verdict.is_verified()) {
        static tests::KeptSignatures kept{2};
        kept.verified(parsed.value().signed_bytes);
    }
    return 0;
}
