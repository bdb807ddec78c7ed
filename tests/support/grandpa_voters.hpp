/// A GRANDPA authority set with known keys, its votes, and a chain of headers that it finalizes.
#pragma once

#include <light-client/finality_tracker.hpp>

namespace redoubt::tests {

/// Voters with keys of their own, all of weight 1, and votes of theirs.
class GrandpaVoters {
  public:
    /// @param salt  sets with different salts have no key in common
    explicit GrandpaVoters(std::size_t count, std::uint8_t salt = 0) {
        for (std::size_t i = 0; i < count; ++i) {
            crypto::SecretBytes<32> seed;
            seed.expose_mut()[0] = static_cast<std::uint8_t>(i + 1);
            seed.expose_mut()[1] = static_cast<std::uint8_t>((i + 1) >> 8);
            seed.expose_mut()[2] = salt;
            keys_.push_back(crypto::ed25519::SecretKey::from_seed(seed));
        }
    }
    [[nodiscard]] light_client::AuthorityList list() const {
        light_client::AuthorityList out;
        for (const auto& key : keys_) {
            out.push_back({key.public_key(), 1});
        }
        return out;
    }
    [[nodiscard]] light_client::VoterSet set() const { return light_client::VoterSet::from(list()).value(); }

    [[nodiscard]] light_client::Precommit vote(std::size_t voter,
                                               const light_client::BlockRef& target,
                                               std::uint64_t round,
                                               std::uint64_t set_id) const {
        const auto signature = keys_[voter].sign(light_client::precommit_message(target, round, set_id));
        light_client::Precommit precommit{
            .target = target, .signature = {}, .voter = keys_[voter].public_key()};
        std::ranges::copy(signature, precommit.signature.bytes.begin());
        return precommit;
    }

    /// Just as many votes for `target` as are needed.
    [[nodiscard]] light_client::Justification justify(const light_client::BlockRef& target,
                                                      std::uint64_t set_id,
                                                      std::uint64_t round = 1) const {
        light_client::Justification out{
            .round = round, .target = target, .precommits = {}, .votes_ancestries = {}};
        for (std::size_t i = 0; i < keys_.size() - (keys_.size() - 1) / 3; ++i) {
            out.precommits.push_back(vote(i, target, round, set_id));
        }
        return out;
    }

  private:
    std::vector<crypto::ed25519::SecretKey> keys_;
};

/// A header that follows `parent`. @param salt  headers with different salts differ
[[nodiscard]] inline substrate::Header child_of(const light_client::BlockRef& parent, std::uint8_t salt = 0) {
    substrate::Header header;
    header.parent_hash = parent.hash;
    header.number = parent.number + 1;
    header.state_root.bytes.fill(salt);
    return header;
}

[[nodiscard]] inline light_client::BlockRef ref_to(const substrate::Header& header) {
    return {substrate::header_hash(header), header.number};
}

/// Adds GRANDPA's signal of a new authority set, forced or scheduled, to a header.
inline void add_change(substrate::Header& header, const light_client::ScheduledChange& change) {
    header.digest.push_back({.kind = substrate::DigestKind::kConsensus,
                             .engine = substrate::kGrandpaEngine,
                             .data = scale::encode_all(std::uint8_t{1}, change)});
}
inline void add_change(substrate::Header& header, const light_client::ForcedChange& change) {
    header.digest.push_back({.kind = substrate::DigestKind::kConsensus,
                             .engine = substrate::kGrandpaEngine,
                             .data = scale::encode_all(std::uint8_t{2}, change)});
}

}  // namespace redoubt::tests
