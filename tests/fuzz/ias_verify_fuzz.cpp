// Verification of reports of the attestation service: whatever becomes of evidence, nothing is verified that
// the key below the test CA, which exists no more, did not sign.
#include <attestation/ias/verifier.hpp>
#include <tests/support/ias_evidence.hpp>
#include <tests/support/kept_signatures.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    auto evidence = ias::read_ra_certificate(input);
    if (!evidence) {
        evidence = ias::read_joined(input);
    }
    if (!evidence) {
        return 0;
    }
    const auto verdict = ias::verify_report(
        evidence.value(),
        {.time = tests::kIasTestTime, .roots = tests::ias_test_roots(), .certificate_time = {}});
    REDOUBT_ASSERT(verdict.checks.size() == ias::kChecks.size());
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.collateral && verdict.claims.index() == 0);
        return 0;
    }
    // The report in a certificate is one of them as well.
    static tests::KeptSignatures kept{4};
    kept.verified(evidence.value().report);
    return 0;
}
