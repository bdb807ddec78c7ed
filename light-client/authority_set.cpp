#include <light-client/authority_set.hpp>

#include <limits>

namespace redoubt::light_client {
namespace {

using crypto::ed25519::DecodedKey;

/// Up to here a justification is a small batch.
constexpr std::size_t kSmallSetMax = 64;

}  // namespace

Result<void> check_usable(const AuthorityList& authorities) {
    std::uint64_t total_weight = 0;
    for (const auto& authority : authorities) {
        if (authority.weight > std::numeric_limits<std::uint64_t>::max() - total_weight) {
            return FinalityError::kUnusableAuthoritySet;
        }
        total_weight += authority.weight;
    }
    if (total_weight == 0 || authorities.size() > kAuthoritiesMax) {
        return FinalityError::kUnusableAuthoritySet;
    }
    return success();
}

Result<VoterSet> VoterSet::from(const AuthorityList& authorities) {
    BOOST_OUTCOME_TRY(check_usable(authorities));
    VoterSet set;
    for (const auto& authority : authorities) {
        if (authority.weight == 0) {
            continue;
        }
        auto voter = set.voters_.find(authority.id);
        if (voter == set.voters_.end()) {
            const auto key = authorities.size() <= kSmallSetMax ? DecodedKey::for_small_batches(authority.id)
                                                                : DecodedKey{authority.id};
            voter = set.voters_.emplace(authority.id, Voter{key, 0}).first;
        }
        voter->second.weight += authority.weight;
        set.total_weight_ += authority.weight;
    }
    return set;
}

const Voter* VoterSet::find(const AuthorityId& id) const {
    const auto found = voters_.find(id);
    return found == voters_.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> VoterSet::weight_of(const AuthorityId& id) const {
    const auto* voter = find(id);
    return voter == nullptr ? std::nullopt : std::optional{voter->weight};
}

}  // namespace redoubt::light_client
