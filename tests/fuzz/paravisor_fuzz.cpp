// Composite evidence: whatever becomes of it, nothing is verified but the claims that the hardware keys below
// the test roots signed. Those keys exist no more.
#include <tests/support/kept_signatures.hpp>
#include <tests/support/tpm_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = tests::split_paravisor_evidence({data, size});
    const auto evidence = input ? paravisor::read_evidence(input->evidence)
                                : Result<paravisor::Evidence>{Reason::kHclMalformed};
    if (!evidence) {
        return 0;
    }
    const auto verdict = paravisor::verify_composite(
        evidence.value(), input->endorsements(),
        {.time = tests::kParavisorTestTime, .roots = tests::paravisor_test_roots()});
    REDOUBT_ASSERT(verdict.checks.size() >= paravisor::kChecks.size());
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.nonce && !verdict.collateral && verdict.claims.index() == 0);
        return 0;
    }
    const auto& claims = std::get<ParavisorClaims>(verdict.claims);
    // The kept inputs have the same claims.
    static tests::KeptSignatures kept{1};
    kept.verified(bytes_of(claims.runtime_claims));
    return 0;
}
