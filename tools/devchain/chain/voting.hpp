/// One GRANDPA round of the simulated voters: who votes for what, and the justification that comes out.
///
/// @source light-client.md, sections 11.1 and 11.2
#pragma once

#include <light-client/justification.hpp>
#include <tools/devchain/chain/development_keys.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace redoubt::devchain {

/// A precommit before it is signed.
struct PlannedVote {
    light_client::AuthorityId voter;
    light_client::BlockRef target;
    std::uint64_t round = 0;
    std::uint64_t set_id = 0;
};

struct VotingRound {
    std::uint64_t round = 0;
    std::uint64_t set_id = 0;
    light_client::BlockRef target;
    /// A block above the target for which some voters vote already, too few to finalize it.
    std::optional<light_client::BlockRef> ahead;
};

/// The votes of all authorities whose keys are here; as many as may vote for `ahead` do so.
/// @errors kNoQuorum when the votes are not enough for the target
[[nodiscard]] Result<std::vector<PlannedVote>> plan_votes(const VotingRound& round,
                                                          const light_client::AuthorityList& authorities,
                                                          const DevelopmentKeys& keys);

/// The header of a block; nullptr for an unknown one.
using FindHeader = std::function<const substrate::Header*(const Hash256&)>;

/// Signs the votes and collects the headers that connect them. A vote of an unknown key gets a signature of
/// zeros.
[[nodiscard]] light_client::Justification sign_votes(const VotingRound& round,
                                                     const std::vector<PlannedVote>& votes,
                                                     const DevelopmentKeys& keys,
                                                     const FindHeader& find_header);

}  // namespace redoubt::devchain
