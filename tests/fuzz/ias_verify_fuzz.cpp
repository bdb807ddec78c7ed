// Verification of reports of the attestation service: whatever becomes of evidence, nothing is verified that
// the key below the test CA, which exists no more, did not sign.
#include <attestation/digest.hpp>
#include <attestation/ias/verifier.hpp>
#include <tests/support/ias_evidence.hpp>

#include <set>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

namespace {

/// The reports of the kept inputs; filled from the first verified bytes of each.
std::set<Hash256>& signed_reports() {
    static std::set<Hash256> out;
    return out;
}

/// The report in a certificate is one of them as well.
constexpr std::size_t kKeptReports = 4;

}  // namespace

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
    signed_reports().insert(sha2_256({evidence.value().report}));
    REDOUBT_ASSERT(signed_reports().size() <= kKeptReports);
    return 0;
}
