#include <light-client/authority_set.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <tests/support/result_matchers.hpp>

namespace redoubt::light_client {
namespace {

AuthorityId id_of(std::uint8_t byte) {
    AuthorityId id;
    id.bytes.fill(byte);
    return id;
}

AuthorityList equal_weights(std::size_t count) {
    AuthorityList list;
    for (std::size_t i = 0; i < count; ++i) {
        AuthorityId id;
        id.bytes[0] = static_cast<std::uint8_t>(i);
        id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
        list.push_back({id, 1});
    }
    return list;
}

TEST(VoterSet, asks_for_more_than_two_thirds) {
    const std::vector<std::pair<std::size_t, std::uint64_t>> expected{
        {1, 1}, {2, 2}, {3, 3}, {4, 3}, {7, 5}, {10, 7}, {68, 46}, {297, 199}, {1000, 667}};
    for (const auto& [count, threshold] : expected) {
        EXPECT_EQ(VoterSet::from(equal_weights(count)).value().threshold(), threshold) << count;
    }
}

TEST(VoterSet, adds_up_weights_of_a_repeated_key_and_ignores_zero_weights) {
    const auto set = VoterSet::from({{id_of(1), 2}, {id_of(2), 0}, {id_of(1), 3}}).value();
    EXPECT_EQ(set.weight_of(id_of(1)), 5U);
    EXPECT_EQ(set.weight_of(id_of(2)), std::nullopt);
    EXPECT_EQ(set.total_weight(), 5U);
}

TEST(VoterSet, rejects_sets_without_weight_or_with_too_much) {
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    EXPECT_ERROR(VoterSet::from({}), FinalityError::kUnusableAuthoritySet);
    EXPECT_ERROR(VoterSet::from({{id_of(1), 0}}), FinalityError::kUnusableAuthoritySet);
    EXPECT_OK(VoterSet::from({{id_of(1), kMax - 1}, {id_of(2), 1}}));
    EXPECT_ERROR(VoterSet::from({{id_of(1), kMax}, {id_of(2), 1}}), FinalityError::kUnusableAuthoritySet);
}

}  // namespace
}  // namespace redoubt::light_client
