// Event logs: what decodes replays, and gives its events to nobody whose registers differ.
#include <attestation/tdx/event_log.hpp>

using namespace redoubt;                    // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;       // NOLINT
using namespace redoubt::attestation::tdx;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    for (const auto& log : {EventLog::parse_ccel(input), EventLog::parse_json(text_of(input))}) {
        if (!log) {
            continue;
        }
        TdxClaims claims;
        for (auto& rtmr : claims.rtmr) {
            rtmr.bytes.fill(0x5a);  // no hash that anybody has found
        }
        REDOUBT_ASSERT(!log.value().verify(claims));
        if (const auto events = log.value().verify(TdxClaims{})) {
            for (const auto& event : events.value()) {
                REDOUBT_ASSERT(!event.rtmr);
            }
        }
    }
    return 0;
}
