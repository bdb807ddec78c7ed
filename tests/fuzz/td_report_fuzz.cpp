// A TD's own reports: the two hashes cover what is read, so that a changed bit of it is refused.
#include <attestation/tdx/td_report.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto report = tdx::parse_td_report(input);
    if (!report) {
        REDOUBT_ASSERT(report.error() == Reason::kMalformed ||
                       report.error() == Reason::kTdxTdreportHashMismatch);
        return 0;
    }
    constexpr std::size_t kInfo = 512;
    auto changed = to_bytes(input);
    changed[kInfo] ^= 1;
    REDOUBT_ASSERT(!tdx::parse_td_report(changed));
    return 0;
}
