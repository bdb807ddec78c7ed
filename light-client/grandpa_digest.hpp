/// What a header's digest says about GRANDPA's authorities.
///
/// @source light-client.md, section 11.3
#pragma once

#include <light-client/authority_set.hpp>
#include <substrate/header.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace redoubt::light_client {

/// The next authority set, in charge `delay` blocks after the block that says so.
struct ScheduledChange {
    AuthorityList next;
    std::uint32_t delay = 0;
    static constexpr auto kScaleFields = std::tuple{&ScheduledChange::next, &ScheduledChange::delay};
    bool operator==(const ScheduledChange&) const = default;
};

/// A change that does not wait for finality; it cannot be verified from finality evidence.
struct ForcedChange {
    std::uint32_t median_last_finalized = 0;
    AuthorityList next;
    std::uint32_t delay = 0;
    static constexpr auto kScaleFields =
        std::tuple{&ForcedChange::median_last_finalized, &ForcedChange::next, &ForcedChange::delay};
    bool operator==(const ForcedChange&) const = default;
};

struct OnDisabled {
    std::uint64_t authority_index = 0;
    static constexpr auto kScaleFields = std::tuple{&OnDisabled::authority_index};
    bool operator==(const OnDisabled&) const = default;
};

struct Pause {
    std::uint32_t delay = 0;
    static constexpr auto kScaleFields = std::tuple{&Pause::delay};
    bool operator==(const Pause&) const = default;
};

struct Resume {
    std::uint32_t delay = 0;
    static constexpr auto kScaleFields = std::tuple{&Resume::delay};
    bool operator==(const Resume&) const = default;
};

/// One consensus log. The tags on the wire are 1 to 5, in this order.
using GrandpaLog = std::variant<ScheduledChange, ForcedChange, OnDisabled, Pause, Resume>;

/// @errors kBadDigest for an unknown tag, truncated or surplus bytes
[[nodiscard]] Result<GrandpaLog> decode_grandpa_log(ByteView data);

/// The change of authorities that a header signals: a forced one wins, else the first scheduled one.
using AuthorityChange = std::variant<ScheduledChange, ForcedChange>;
/// @errors kBadDigest when any GRANDPA item of the header cannot be read
[[nodiscard]] Result<std::optional<AuthorityChange>> authority_change(const substrate::Header& header);

}  // namespace redoubt::light_client
