#include <attestation/verification_time.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace redoubt::attestation {
namespace {

bool is_leap_year(unsigned year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

unsigned days_in_month(unsigned year, unsigned month) {
    constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

/// Days from 0000-03-01 to the first of March of `year`: years that begin in March end with the leap day.
constexpr std::int64_t days_before_march(std::int64_t year) {
    return 365 * year + year / 4 - year / 100 + year / 400;
}

/// Days from 1970-01-01.
std::int64_t day_number(unsigned year, unsigned month, unsigned day) {
    const std::int64_t march_year = month > 2 ? year : static_cast<std::int64_t>(year) - 1;
    const std::int64_t march_month = month > 2 ? month - 3 : month + 9;
    const std::int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    constexpr std::int64_t kDaysToEpoch = days_before_march(1969) + 306;  // 306 days from March to January
    return days_before_march(march_year) + day_of_year - kDaysToEpoch;
}

}  // namespace

std::optional<VerificationTime> to_time(const CivilTime& civil) {
    if (civil.year < 1 || civil.year > 9999 || civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        civil.day > days_in_month(civil.year, civil.month) || civil.hour > 23 || civil.minute > 59 ||
        civil.second > 59) {
        return std::nullopt;
    }
    const std::int64_t seconds = civil.hour * 3600 + civil.minute * 60 + civil.second;
    return VerificationTime{day_number(civil.year, civil.month, civil.day) * 86'400 + seconds};
}

std::optional<unsigned> decimal_at(std::string_view text, std::size_t at, std::size_t count) {
    if (at > text.size() || count > text.size() - at) {
        return std::nullopt;
    }
    unsigned out = 0;
    for (const char digit : text.substr(at, count)) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        out = out * 10 + static_cast<unsigned>(digit - '0');
    }
    return out;
}

std::optional<VerificationTime> parse_utc(std::string_view text) {
    constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
    if (text.size() != kShape.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        if (kShape[i] != '0' && text[i] != kShape[i]) {
            return std::nullopt;
        }
    }
    const auto year = decimal_at(text, 0, 4);
    const auto month = decimal_at(text, 5, 2);
    const auto day = decimal_at(text, 8, 2);
    const auto hour = decimal_at(text, 11, 2);
    const auto minute = decimal_at(text, 14, 2);
    const auto second = decimal_at(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) {
        return std::nullopt;
    }
    return to_time({*year, *month, *day, *hour, *minute, *second});
}

std::string to_utc(VerificationTime time) {
    const auto first = to_time({1, 1, 1, 0, 0, 0});
    const auto last = to_time({9999, 12, 31, 23, 59, 59});
    time = std::clamp(time, *first, *last);
    std::int64_t days = time.unix_seconds / 86'400;
    std::int64_t rest = time.unix_seconds % 86'400;
    if (rest < 0) {
        rest += 86'400;
        --days;
    }
    // The year that contains the day: an estimate that is never too late, then a few steps.
    std::int64_t year = 1970 + (days >= 0 ? days / 366 : days / 365 - 1);
    while (day_number(static_cast<unsigned>(year + 1), 1, 1) <= days) {
        ++year;
    }
    auto day_of_year = static_cast<unsigned>(days - day_number(static_cast<unsigned>(year), 1, 1));
    unsigned month = 1;
    while (day_of_year >= days_in_month(static_cast<unsigned>(year), month)) {
        day_of_year -= days_in_month(static_cast<unsigned>(year), month);
        ++month;
    }
    std::array<char, 40> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04lld-%02u-%02uT%02lld:%02lld:%02lldZ",
                                   static_cast<long long>(year), month, day_of_year + 1,
                                   static_cast<long long>(rest / 3600),
                                   static_cast<long long>(rest / 60 % 60), static_cast<long long>(rest % 60));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace redoubt::attestation
