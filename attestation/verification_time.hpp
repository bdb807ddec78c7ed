/// The one time of a verification, and the times that documents carry. There is no clock here: the caller
/// says when a verification takes place, from a source that its host cannot wind back.
///
/// @source attestation.md, section 6.5
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt::attestation {

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
struct VerificationTime {
    std::int64_t unix_seconds = 0;

    // NOLINTNEXTLINE(modernize-use-nullptr): there is no pointer
    auto operator<=>(const VerificationTime&) const = default;
};

/// A span of time; both ends belong to it.
struct Validity {
    VerificationTime not_before;
    VerificationTime not_after;

    [[nodiscard]] bool contains(VerificationTime time) const {
        return not_before <= time && time <= not_after;
    }
};

/// A civil date and time of day in UTC, years 1 to 9999.
struct CivilTime {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
};

/// @return nullopt for a date that does not exist, or a second 60
[[nodiscard]] std::optional<VerificationTime> to_time(const CivilTime& civil);
/// Reads exactly `YYYY-MM-DDThh:mm:ssZ`.
[[nodiscard]] std::optional<VerificationTime> parse_utc(std::string_view text);
/// `time` as `YYYY-MM-DDThh:mm:ssZ`; times outside of the years 1 to 9999 as the nearest inside.
[[nodiscard]] std::string to_utc(VerificationTime time);
/// The number that `count` decimal digits of `text` from `at` on give. @return nullopt for other characters
[[nodiscard]] std::optional<unsigned> decimal_at(std::string_view text, std::size_t at, std::size_t count);

}  // namespace redoubt::attestation
