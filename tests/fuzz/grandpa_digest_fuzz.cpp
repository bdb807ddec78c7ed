// GRANDPA's consensus logs: what decodes encodes to the same bytes, and a header that carries it agrees.
#include <light-client/grandpa_digest.hpp>
#include <primitives/scale.hpp>

using namespace redoubt;                // NOLINT: a fuzz target is one function
using namespace redoubt::light_client;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto log = decode_grandpa_log(input);
    substrate::Header header;
    header.digest.push_back({.kind = substrate::DigestKind::kConsensus,
                             .engine = substrate::kGrandpaEngine,
                             .data = to_bytes(input)});
    const auto change = authority_change(header);
    REDOUBT_ASSERT(change.has_value() == log.has_value());
    if (!log) {
        return 0;
    }
    const auto bytes = std::visit(
        [&](const auto& one) {
            return scale::encode_all(static_cast<std::uint8_t>(log.value().index() + 1), one);
        },
        log.value());
    REDOUBT_ASSERT(equal(bytes, input));
    REDOUBT_ASSERT(change.value().has_value() == (log.value().index() < 2));
    if (const auto* scheduled = std::get_if<ScheduledChange>(&log.value())) {
        if (const auto voters = VoterSet::from(scheduled->next)) {
            REDOUBT_ASSERT(voters.value().threshold() > voters.value().total_weight() / 3 * 2);
        }
    }
    return 0;
}
