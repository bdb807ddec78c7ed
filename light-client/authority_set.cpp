#include <light-client/authority_set.hpp>

#include <limits>

namespace redoubt::light_client {

Result<VoterSet> VoterSet::from(const AuthorityList& authorities) {
    if (authorities.size() > kAuthoritiesMax) {
        return FinalityError::kUnusableAuthoritySet;
    }
    VoterSet set;
    for (const auto& authority : authorities) {
        if (authority.weight == 0) {
            continue;
        }
        if (authority.weight > std::numeric_limits<std::uint64_t>::max() - set.total_weight_) {
            return FinalityError::kUnusableAuthoritySet;
        }
        set.total_weight_ += authority.weight;
        set.weights_[authority.id] += authority.weight;
    }
    if (set.weights_.empty()) {
        return FinalityError::kUnusableAuthoritySet;
    }
    return set;
}

std::optional<std::uint64_t> VoterSet::weight_of(const AuthorityId& id) const {
    const auto found = weights_.find(id);
    if (found == weights_.end()) {
        return std::nullopt;
    }
    return found->second;
}

}  // namespace redoubt::light_client
