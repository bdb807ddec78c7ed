// TPM quotes: whatever becomes of evidence, nothing is verified that the test keys, which exist no more, did
// not sign.
#include <attestation/tpm/verifier.hpp>
#include <tests/support/kept_signatures.hpp>
#include <tests/support/tpm_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto evidence = tpm::read_evidence({data, size});
    if (!evidence) {
        REDOUBT_ASSERT(evidence.error() == Reason::kTpmMalformed);
        return 0;
    }
    for (const auto key : {tests::kTpmTestRsaKey, tests::kTpmTestEcKey}) {
        const auto verdict = tpm::verify_quote(evidence.value(), tests::tpm_test_key(key), {1});
        REDOUBT_ASSERT(verdict.checks.size() == tpm::kChecks.size());
        if (!verdict.is_verified()) {
            REDOUBT_ASSERT(!verdict.nonce && verdict.claims.index() == 0);
            continue;
        }
        // One of each key; the first is kept with both forms of signatures.
        static tests::KeptSignatures kept{2};
        kept.verified(evidence.value().attest);
    }
    return 0;
}
