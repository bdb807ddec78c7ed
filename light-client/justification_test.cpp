#include <light-client/justification.hpp>

#include <gtest/gtest.h>

#include <tests/support/grandpa_voters.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::light_client {
namespace {

constexpr std::uint64_t kRound = 5;
constexpr std::uint64_t kSetId = 9;

using tests::child_of;
using tests::ref_to;

/// Voters who vote in one round of one set.
class Voters {
  public:
    explicit Voters(std::size_t count) : voters_(count) {}
    [[nodiscard]] VoterSet set() const { return voters_.set(); }
    [[nodiscard]] Precommit vote(std::size_t voter, const BlockRef& target) const {
        return voters_.vote(voter, target, kRound, kSetId);
    }

  private:
    tests::GrandpaVoters voters_;
};

const BlockRef kTarget{.hash = Hash256{{1, 2, 3}}, .number = 10};

Justification with_votes(std::vector<Precommit> precommits) {
    return {.round = kRound, .target = kTarget, .precommits = std::move(precommits), .votes_ancestries = {}};
}

// Three equal voters: more than two thirds is all of them.
TEST(Justification, rejects_two_of_three_equal_voters) {
    const Voters voters{3};
    const auto two = with_votes({voters.vote(0, kTarget), voters.vote(1, kTarget)});
    EXPECT_ERROR(verify_justification(two, kSetId, voters.set(), kTarget),
                 FinalityError::kWeightBelowThreshold);
    const auto three =
        with_votes({voters.vote(0, kTarget), voters.vote(1, kTarget), voters.vote(2, kTarget)});
    EXPECT_OK(verify_justification(three, kSetId, voters.set(), kTarget));
}

TEST(Justification, rejects_votes_of_another_set_id) {
    const Voters voters{1};
    const auto votes = with_votes({voters.vote(0, kTarget)});
    EXPECT_OK(verify_justification(votes, kSetId, voters.set(), kTarget));
    EXPECT_ERROR(verify_justification(votes, kSetId + 1, voters.set(), kTarget),
                 FinalityError::kBadSignature);
}

TEST(Justification, accepts_votes_for_descendants_only_with_their_headers) {
    const Voters voters{4};
    const auto child = child_of(kTarget, 1);
    auto votes =
        with_votes({voters.vote(0, kTarget), voters.vote(1, kTarget), voters.vote(2, ref_to(child))});
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget), FinalityError::kBrokenAncestry);
    votes.votes_ancestries = {child};
    EXPECT_OK(verify_justification(votes, kSetId, voters.set(), kTarget));
    votes.votes_ancestries = {child, child_of(kTarget, 2)};
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget), FinalityError::kUnusedAncestry);
    votes.votes_ancestries = {child, child};
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget),
                 FinalityError::kDuplicateAncestry);
}

TEST(Justification, counts_an_equivocator_once) {
    const Voters voters{4};
    const BlockRef other{.hash = Hash256{{9}}, .number = 10};
    const auto votes =
        with_votes({voters.vote(0, kTarget), voters.vote(1, kTarget), voters.vote(1, kTarget)});
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget),
                 FinalityError::kWeightBelowThreshold);
    const auto foreign =
        with_votes({voters.vote(0, kTarget), voters.vote(1, kTarget), voters.vote(1, other)});
    EXPECT_ERROR(verify_justification(foreign, kSetId, voters.set(), kTarget),
                 FinalityError::kBrokenAncestry);
}

// An equivocator of weight 1 stands behind every block, once: with two more votes that is three of four.
TEST(Justification, lets_an_equivocator_count_for_the_target) {
    const Voters voters{4};
    const auto child = child_of(kTarget, 1);
    auto votes = with_votes({voters.vote(0, kTarget), voters.vote(1, kTarget), voters.vote(2, kTarget),
                             voters.vote(2, ref_to(child))});
    votes.votes_ancestries = {child};
    EXPECT_OK(verify_justification(votes, kSetId, voters.set(), kTarget));
    // The first vote decides which voter's further votes exist; three of them add nothing.
    votes.precommits = {voters.vote(0, kTarget), voters.vote(2, kTarget), voters.vote(2, ref_to(child)),
                        voters.vote(2, ref_to(child))};
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget),
                 FinalityError::kWeightBelowThreshold);
}

TEST(Justification, rejects_a_target_above_which_enough_weight_stands) {
    const Voters voters{4};
    const auto child = child_of(kTarget, 1);
    auto votes = with_votes({voters.vote(0, kTarget), voters.vote(1, ref_to(child)),
                             voters.vote(2, ref_to(child)), voters.vote(3, ref_to(child))});
    votes.votes_ancestries = {child};
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget),
                 FinalityError::kTargetIsNotGhost);
}

TEST(Justification, rejects_one_bad_signature_among_enough_good_ones) {
    const Voters voters{4};
    auto votes = with_votes(
        {voters.vote(0, kTarget), voters.vote(1, kTarget), voters.vote(2, kTarget), voters.vote(3, kTarget)});
    EXPECT_OK(verify_justification(votes, kSetId, voters.set(), kTarget));
    for (auto& precommit : votes.precommits) {
        precommit.signature.bytes[20] ^= 1;
        EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget),
                     FinalityError::kBadSignature);
        precommit.signature.bytes[20] ^= 1;
    }
}

TEST(Justification, checks_the_signatures_of_strangers_and_gives_them_no_weight) {
    const Voters everybody{4};
    const auto three = tests::GrandpaVoters{3}.set();
    auto votes = with_votes({everybody.vote(0, kTarget), everybody.vote(1, kTarget),
                             everybody.vote(2, kTarget), everybody.vote(3, kTarget)});
    EXPECT_OK(verify_justification(votes, kSetId, three, kTarget));
    votes.precommits[3].signature.bytes[20] ^= 1;
    EXPECT_ERROR(verify_justification(votes, kSetId, three, kTarget), FinalityError::kBadSignature);
    votes = with_votes({everybody.vote(0, kTarget), everybody.vote(1, kTarget), everybody.vote(3, kTarget)});
    EXPECT_ERROR(verify_justification(votes, kSetId, three, kTarget), FinalityError::kWeightBelowThreshold);
    votes = with_votes({everybody.vote(3, kTarget)});
    EXPECT_ERROR(verify_justification(votes, kSetId, three, kTarget), FinalityError::kNoKnownVoter);
}

TEST(Justification, rejects_more_precommits_than_twice_the_voters_and_16) {
    const Voters voters{1};
    auto votes = with_votes(std::vector(18, voters.vote(0, kTarget)));
    EXPECT_OK(verify_justification(votes, kSetId, voters.set(), kTarget));
    votes.precommits.push_back(votes.precommits.front());
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget), FinalityError::kTooLarge);
}

TEST(Justification, rejects_numbers_that_are_not_the_headers) {
    const Voters voters{1};
    auto votes = with_votes({voters.vote(0, kTarget)});
    const BlockRef higher{kTarget.hash, kTarget.number + 1};
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), higher), FinalityError::kWrongTarget);
    votes.target = higher;
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), higher), FinalityError::kTargetIsNotGhost);

    const Voters four{4};
    const auto child = child_of(kTarget, 1);
    auto wrong = ref_to(child);
    ++wrong.number;
    auto with_child = with_votes({four.vote(0, kTarget), four.vote(1, kTarget), four.vote(2, wrong)});
    with_child.votes_ancestries = {child};
    EXPECT_ERROR(verify_justification(with_child, kSetId, four.set(), kTarget), FinalityError::kWrongNumber);
}

// Every voter votes for two children of one block: either would be final. Only signed votes say so.
TEST(Justification, takes_contradicting_votes_for_evidence_only_when_they_are_signed) {
    const Voters voters{4};
    const auto one = child_of(kTarget, 1);
    const auto other = child_of(kTarget, 2);
    auto votes = with_votes({});
    votes.votes_ancestries = {one, other};
    for (std::size_t i = 0; i < 4; ++i) {
        const bool one_first = i % 2 == 0;
        votes.precommits.push_back(voters.vote(i, ref_to(one_first ? one : other)));
        votes.precommits.push_back(voters.vote(i, ref_to(one_first ? other : one)));
    }
    votes.precommits.push_back(voters.vote(0, kTarget));
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget),
                 FinalityError::kConflictingFinality);
    votes.precommits[3].signature.bytes[0] ^= 1;
    EXPECT_ERROR(verify_justification(votes, kSetId, voters.set(), kTarget), FinalityError::kBadSignature);
}

TEST(Justification, rejects_counts_that_its_bytes_cannot_hold) {
    auto bytes = encode(with_votes({}));
    bytes.resize(bytes.size() - 2);
    append(bytes, scale::encode(scale::Compact{1U << 29}));
    EXPECT_TRUE(decode_justification(bytes).has_error());
    auto headers = encode(with_votes({}));
    headers.pop_back();
    append(headers, scale::encode(scale::Compact{static_cast<std::uint32_t>(kAncestryHeadersMax + 1)}));
    EXPECT_ERROR(decode_justification(headers), FinalityError::kTooLarge);
    auto surplus = encode(with_votes({}));
    surplus.push_back(0);
    EXPECT_TRUE(decode_justification(surplus).has_error());
    EXPECT_ERROR(decode_justification(Bytes(kJustificationBytesMax + 1)), FinalityError::kTooLarge);
}

TEST(Justification, round_trips_through_its_encoding) {
    const Voters voters{1};
    auto votes = with_votes({voters.vote(0, kTarget)});
    votes.votes_ancestries = {child_of(kTarget, 7)};
    const auto bytes = encode(votes);
    const auto back = decode_justification(bytes);
    ASSERT_OK(back);
    EXPECT_EQ(encode(back.value()), bytes);
    EXPECT_EQ(back.value().votes_ancestries, votes.votes_ancestries);
}

}  // namespace
}  // namespace redoubt::light_client
