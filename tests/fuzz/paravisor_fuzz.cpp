// Composite evidence: whatever becomes of it, nothing is verified but the claims that the hardware keys below
// the test roots signed. Those keys exist no more.
#include <attestation/digest.hpp>
#include <tests/support/tpm_evidence.hpp>

#include <set>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

namespace {

/// The claims of the kept inputs, which have the same.
std::set<Hash256>& verified_claims() {
    static std::set<Hash256> out;
    return out;
}

}  // namespace

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
    verified_claims().insert(sha2_256({bytes_of(claims.runtime_claims)}));
    REDOUBT_ASSERT(verified_claims().size() == 1);
    return 0;
}
