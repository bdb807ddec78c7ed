/// GRANDPA authorities: the list a chain publishes, and the voter set with its threshold that it means.
///
/// @source light-client.md, section 11.1
#pragma once

#include <light-client/finality_error.hpp>
#include <primitives/bytes.hpp>
#include <primitives/crypto/ed25519_batch.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace redoubt::light_client {

inline constexpr std::size_t kAuthoritiesMax = 100'000;

using AuthorityId = crypto::ed25519::PublicKey;

struct Authority {
    AuthorityId id;
    std::uint64_t weight = 0;
    static constexpr auto kScaleFields = std::tuple{&Authority::id, &Authority::weight};
    bool operator==(const Authority&) const = default;
};
using AuthorityList = std::vector<Authority>;

/// That a list makes a usable voter set, without making it.
/// @errors kUnusableAuthoritySet when empty, above kAuthoritiesMax, or when the weights exceed u64
[[nodiscard]] Result<void> check_usable(const AuthorityList& authorities);

/// A member of a voter set; the key is decoded once for all its votes.
struct Voter {
    crypto::ed25519::DecodedKey key;
    std::uint64_t weight = 0;
};

/// Who may vote, and how much is enough. Weights of a key that is listed twice add up; members without weight
/// do not vote.
class VoterSet {
  public:
    /// @errors as check_usable
    [[nodiscard]] static Result<VoterSet> from(const AuthorityList& authorities);

    /// nullptr for anybody who is not a member.
    [[nodiscard]] const Voter* find(const AuthorityId& id) const;
    /// The weight of a voter; nullopt for anybody else.
    [[nodiscard]] std::optional<std::uint64_t> weight_of(const AuthorityId& id) const;
    [[nodiscard]] std::uint64_t total_weight() const noexcept { return total_weight_; }
    /// The least weight that more than two thirds honest voters always reach: total - (total - 1) / 3.
    [[nodiscard]] std::uint64_t threshold() const noexcept { return total_weight_ - (total_weight_ - 1) / 3; }
    [[nodiscard]] std::size_t size() const noexcept { return voters_.size(); }

  private:
    std::unordered_map<AuthorityId, Voter> voters_;
    std::uint64_t total_weight_ = 0;
};

}  // namespace redoubt::light_client
