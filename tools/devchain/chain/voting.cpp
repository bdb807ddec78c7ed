#include <tools/devchain/chain/voting.hpp>

#include <tools/devchain/chain/chain_error.hpp>

#include <algorithm>
#include <ranges>
#include <unordered_set>

namespace redoubt::devchain {

using light_client::VoterSet;

Result<std::vector<PlannedVote>> plan_votes(const VotingRound& round,
                                            const light_client::AuthorityList& authorities,
                                            const DevelopmentKeys& keys) {
    BOOST_OUTCOME_TRY(const auto voters, VoterSet::from(authorities));
    std::vector<PlannedVote> votes;
    std::uint64_t weight = 0;
    std::unordered_set<light_client::AuthorityId> counted;
    for (const auto& authority : authorities) {
        if (authority.weight == 0 || keys.find_voter(authority.id) == nullptr ||
            !counted.insert(authority.id).second) {
            continue;
        }
        votes.push_back({authority.id, round.target, round.round, round.set_id});
        weight += voters.weight_of(authority.id).value();
    }
    if (weight < voters.threshold()) {
        return ChainError::kNoQuorum;
    }
    if (round.ahead) {
        std::uint64_t weight_ahead = 0;
        for (auto& vote : votes | std::views::reverse) {
            weight_ahead += voters.weight_of(vote.voter).value();
            // A third at most, so that the target stays the highest block with enough votes.
            if (weight_ahead > voters.total_weight() - voters.threshold()) {
                break;
            }
            vote.target = *round.ahead;
        }
    }
    return votes;
}

light_client::Justification sign_votes(const VotingRound& round,
                                       const std::vector<PlannedVote>& votes,
                                       const DevelopmentKeys& keys,
                                       const FindHeader& find_header) {
    light_client::Justification out;
    out.round = round.round;
    out.target = round.target;
    for (const auto& vote : votes) {
        light_client::Precommit precommit{vote.target, {}, vote.voter};
        if (const auto* key = keys.find_voter(vote.voter)) {
            const auto signature =
                key->sign(light_client::precommit_message(vote.target, vote.round, vote.set_id));
            precommit.signature = FixedBytes<64>::copy_of(signature.bytes().first<64>());
        }
        out.precommits.push_back(precommit);
    }
    if (votes.empty()) {
        return out;
    }
    const auto base = std::ranges::min_element(votes, {}, [](const PlannedVote& vote) {
                          return vote.target.number;
                      })->target;
    std::unordered_set<Hash256> listed;
    for (const auto& vote : votes) {
        auto block = vote.target;
        while (block.number > base.number && listed.insert(block.hash).second) {
            const auto* header = find_header(block.hash);
            if (header == nullptr) {
                break;
            }
            out.votes_ancestries.push_back(*header);
            block = {header->parent_hash, block.number - 1};
        }
    }
    return out;
}

}  // namespace redoubt::devchain
