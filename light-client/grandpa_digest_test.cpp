#include <light-client/grandpa_digest.hpp>

#include <gtest/gtest.h>

#include <tests/support/grandpa_voters.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::light_client {
namespace {

AuthorityList one_authority(std::uint8_t key) {
    return {{AuthorityId{{key}}, 1}};
}

TEST(AuthorityChange, takes_the_first_scheduled_change) {
    substrate::Header header;
    tests::add_change(header, ScheduledChange{one_authority(1), 5});
    tests::add_change(header, ScheduledChange{one_authority(2), 6});
    const auto change = authority_change(header);
    ASSERT_OK(change);
    ASSERT_TRUE(change.value().has_value());
    EXPECT_EQ(*change.value(), AuthorityChange(ScheduledChange{one_authority(1), 5}));
}

TEST(AuthorityChange, prefers_a_forced_change_wherever_it_stands) {
    for (const bool forced_first : {true, false}) {
        substrate::Header header;
        if (forced_first) {
            tests::add_change(header, ForcedChange{1, one_authority(1), 5});
        }
        tests::add_change(header, ScheduledChange{one_authority(2), 6});
        if (!forced_first) {
            tests::add_change(header, ForcedChange{1, one_authority(1), 5});
        }
        const auto change = authority_change(header);
        ASSERT_OK(change);
        EXPECT_EQ(*change.value(), AuthorityChange(ForcedChange{1, one_authority(1), 5}));
    }
}

// Other engines and other kinds of items are not GRANDPA's, whatever their bytes are.
TEST(AuthorityChange, ignores_items_of_others) {
    substrate::Header header;
    const auto data = scale::encode_all(std::uint8_t{1}, ScheduledChange{one_authority(1), 0});
    header.digest.push_back(
        {.kind = substrate::DigestKind::kConsensus, .engine = substrate::kBabeEngine, .data = data});
    header.digest.push_back(
        {.kind = substrate::DigestKind::kPreRuntime, .engine = substrate::kGrandpaEngine, .data = data});
    header.digest.push_back(
        {.kind = substrate::DigestKind::kSeal, .engine = substrate::kGrandpaEngine, .data = data});
    header.digest.push_back({.kind = substrate::DigestKind::kOther, .engine = {}, .data = data});
    const auto change = authority_change(header);
    ASSERT_OK(change);
    EXPECT_FALSE(change.value().has_value());
}

TEST(AuthorityChange, finds_none_in_logs_that_change_no_set) {
    substrate::Header header;
    for (const auto& data : {scale::encode_all(std::uint8_t{3}, std::uint64_t{1}),
                             scale::encode_all(std::uint8_t{4}, std::uint32_t{1}),
                             scale::encode_all(std::uint8_t{5}, std::uint32_t{1})}) {
        header.digest.push_back(
            {.kind = substrate::DigestKind::kConsensus, .engine = substrate::kGrandpaEngine, .data = data});
    }
    const auto change = authority_change(header);
    ASSERT_OK(change);
    EXPECT_FALSE(change.value().has_value());
}

// A bad item is refused even behind a good one, which alone would count.
TEST(AuthorityChange, rejects_a_header_with_any_item_that_cannot_be_read) {
    const auto good = scale::encode_all(std::uint8_t{1}, ScheduledChange{one_authority(1), 0});
    auto surplus = good;
    surplus.push_back(0);
    const Bytes truncated(good.begin(), good.end() - 1);
    const Bytes huge_count{1, 0xfe, 0xff, 0xff, 0xff};
    for (const auto& bad : {surplus, truncated, huge_count, Bytes{}, Bytes{0}, Bytes{6}}) {
        EXPECT_ERROR(decode_grandpa_log(bad), FinalityError::kBadDigest);
        substrate::Header header;
        for (const auto& data : {good, bad}) {
            header.digest.push_back({.kind = substrate::DigestKind::kConsensus,
                                     .engine = substrate::kGrandpaEngine,
                                     .data = data});
        }
        EXPECT_ERROR(authority_change(header), FinalityError::kBadDigest);
    }
}

}  // namespace
}  // namespace redoubt::light_client
