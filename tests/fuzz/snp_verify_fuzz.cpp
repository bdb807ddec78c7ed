// Verification of SEV-SNP reports with their certificates: whatever becomes of evidence, nothing is verified
// that the keys below the test roots, which exist no more, did not sign.
#include <attestation/snp/report.hpp>
#include <tests/support/kept_signatures.hpp>
#include <tests/support/snp_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto evidence = tests::split_snp_evidence({data, size});
    if (!evidence) {
        return 0;
    }
    const auto verdict = snp::verify_report(evidence->report, evidence->certificates,
                                            {.time = tests::kSnpTestTime, .roots = tests::snp_test_roots()});
    REDOUBT_ASSERT(verdict.checks.size() == snp::kChecks.size());
    if (!verdict.is_verified()) {
        REDOUBT_ASSERT(!verdict.collateral && verdict.claims.index() == 0);
        return 0;
    }
    // The reports of Genoa are the same, under three keys.
    static tests::KeptSignatures kept{6};
    kept.verified(ByteView{evidence->report}.first(kSnpSignedBytes));
    return 0;
}
