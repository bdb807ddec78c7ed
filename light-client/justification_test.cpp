#include <light-client/justification.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::light_client {
namespace {

constexpr std::uint64_t kRound = 5;
constexpr std::uint64_t kSetId = 9;

/// Voters with keys of their own, all of weight 1, and votes of theirs.
class Voters {
  public:
    explicit Voters(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            crypto::SecretBytes<32> seed;
            seed.expose_mut()[0] = static_cast<std::uint8_t>(i + 1);
            keys_.push_back(crypto::ed25519::SecretKey::from_seed(seed));
        }
    }
    [[nodiscard]] VoterSet set() const {
        AuthorityList list;
        for (const auto& key : keys_) {
            list.push_back({key.public_key(), 1});
        }
        return VoterSet::from(list).value();
    }
    [[nodiscard]] Precommit vote(std::size_t voter, const BlockRef& target) const {
        const auto signature = keys_[voter].sign(precommit_message(target, kRound, kSetId));
        Precommit precommit{.target = target, .signature = {}, .voter = keys_[voter].public_key()};
        std::ranges::copy(signature, precommit.signature.bytes.begin());
        return precommit;
    }

  private:
    std::vector<crypto::ed25519::SecretKey> keys_;
};

substrate::Header child_of(const BlockRef& parent, std::uint8_t salt) {
    substrate::Header header;
    header.parent_hash = parent.hash;
    header.number = parent.number + 1;
    header.state_root.bytes.fill(salt);
    return header;
}

BlockRef ref_to(const substrate::Header& header) {
    return {substrate::header_hash(header), header.number};
}

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
