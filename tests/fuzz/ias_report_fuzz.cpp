// Bodies of reports of the attestation service: read or refused, within the limits, and each time the same.
#include <attestation/ias/report.hpp>
#include <attestation/limits.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_of({data, size});
    const auto claims = ias::parse_report(text);
    if (!claims) {
        REDOUBT_ASSERT(claims.error() == Reason::kIasReportMalformed);
        return 0;
    }
    REDOUBT_ASSERT(size <= kIasReportBytesMax && claims.value().advisories.size() <= kAdvisoriesMax);
    REDOUBT_ASSERT(!claims.value().nonce || claims.value().nonce->size() <= kIasNonceBytesMax);
    REDOUBT_ASSERT(ias_quote_status_of(claims.value().status_text) == claims.value().status);
    return 0;
}
