#include <attestation/verification_time.hpp>

#include <gtest/gtest.h>

namespace redoubt::attestation {
namespace {

TEST(VerificationTime, reads_and_writes_the_same_text) {
    struct Known {
        const char* text;
        std::int64_t unix_seconds;
    };
    // Seconds as `date -u -d TEXT +%s` gives them.
    for (const auto& [text, unix_seconds] :
         {Known{"1970-01-01T00:00:00Z", 0}, Known{"2000-02-29T12:30:45Z", 951827445},
          Known{"2025-07-19T09:01:18Z", 1752915678}, Known{"1969-12-31T23:59:59Z", -1},
          Known{"2049-12-31T23:59:59Z", 2524607999}, Known{"2100-03-01T00:00:00Z", 4107542400}}) {
        const auto time = parse_utc(text);
        ASSERT_TRUE(time.has_value()) << text;
        EXPECT_EQ(time->unix_seconds, unix_seconds) << text;
        EXPECT_EQ(to_utc({unix_seconds}), text);
    }
}

TEST(VerificationTime, counts_every_day_of_eight_centuries) {
    std::int64_t expected = parse_utc("1600-01-01T00:00:00Z")->unix_seconds;
    for (unsigned year = 1600; year < 2400; ++year) {
        for (unsigned month = 1; month <= 12; ++month) {
            for (unsigned day = 1; day <= 31; ++day) {
                const auto time = to_time({year, month, day, 0, 0, 0});
                if (!time) {
                    continue;
                }
                ASSERT_EQ(time->unix_seconds, expected);
                expected += 86'400;
            }
        }
    }
    EXPECT_EQ(expected, parse_utc("2400-01-01T00:00:00Z")->unix_seconds);
}

TEST(VerificationTime, rejects_dates_that_do_not_exist_and_other_forms) {
    for (const auto* text :
         {"2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z",
          "2025-01-01T24:00:00Z", "2025-01-01T00:00:60Z", "2025-01-01 00:00:00Z", "2025-01-01T00:00:00",
          "2025-01-01T00:00:00.0Z", "2025-01-01T00:00:00+00:00", "", "0000-01-01T00:00:00Z",
          "-025-01-01T00:00:00Z"}) {
        EXPECT_EQ(parse_utc(text), std::nullopt) << text;
    }
}

TEST(VerificationTime, writes_any_number_of_seconds) {
    EXPECT_EQ(to_utc({INT64_MAX}), "9999-12-31T23:59:59Z");
    EXPECT_EQ(to_utc({INT64_MIN}), "0001-01-01T00:00:00Z");
}

TEST(Validity, has_both_of_its_ends) {
    const Validity validity{{10}, {20}};
    EXPECT_FALSE(validity.contains({9}));
    EXPECT_TRUE(validity.contains({10}));
    EXPECT_TRUE(validity.contains({20}));
    EXPECT_FALSE(validity.contains({21}));
}

}  // namespace
}  // namespace redoubt::attestation
