// Simulated evidence: what is read has one size, and whatever becomes of it, nothing is verified but what the
// tests' key signed for the kept inputs.
#include <attestation/digest.hpp>
#include <attestation/sim/evidence.hpp>
#include <attestation/sim/verifier.hpp>
#include <tests/support/sim_evidence.hpp>

#include <set>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

namespace {

/// What the kept inputs sign; filled from the verified ones.
std::set<Hash256>& signed_parts() {
    static std::set<Hash256> out;
    return out;
}

constexpr std::size_t kKept = 2;

}  // namespace

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
        signed_parts().insert(sha2_256({parsed.value().signed_bytes}));
        REDOUBT_ASSERT(signed_parts().size() <= kKept);
    }
    return 0;
}
