#include <light-client/grandpa_digest.hpp>

namespace redoubt::light_client {
namespace {

template <class Log>
Result<GrandpaLog> decode_as(ByteView payload) {
    auto log = scale::decode<Log>(payload);
    if (!log) {
        return FinalityError::kBadDigest;
    }
    return GrandpaLog{std::move(log).value()};
}

}  // namespace

Result<GrandpaLog> decode_grandpa_log(ByteView data) {
    if (data.empty()) {
        return FinalityError::kBadDigest;
    }
    const auto payload = data.subspan(1);
    switch (data.front()) {
        case 1:
            return decode_as<ScheduledChange>(payload);
        case 2:
            return decode_as<ForcedChange>(payload);
        case 3:
            return decode_as<OnDisabled>(payload);
        case 4:
            return decode_as<Pause>(payload);
        case 5:
            return decode_as<Resume>(payload);
        default:
            return FinalityError::kBadDigest;
    }
}

Result<std::optional<AuthorityChange>> authority_change(const substrate::Header& header) {
    std::optional<AuthorityChange> change;
    for (const auto& item : header.digest) {
        if (item.kind != substrate::DigestKind::kConsensus || item.engine != substrate::kGrandpaEngine) {
            continue;
        }
        BOOST_OUTCOME_TRY(auto log, decode_grandpa_log(item.data));
        if (auto* forced = std::get_if<ForcedChange>(&log)) {
            if (!change || std::holds_alternative<ScheduledChange>(*change)) {
                change = std::move(*forced);
            }
        } else if (auto* scheduled = std::get_if<ScheduledChange>(&log)) {
            if (!change) {
                change = std::move(*scheduled);
            }
        }
    }
    return change;
}

}  // namespace redoubt::light_client
