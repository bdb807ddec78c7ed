#include <light-client/justification.hpp>

#include <primitives/scale.hpp>

#include <deque>
#include <unordered_map>
#include <unordered_set>

namespace redoubt::light_client {
namespace {

/// The blocks that votes are about, as far as the justification shows them.
class VoteTree {
  public:
    static Result<VoteTree> from(const std::vector<substrate::Header>& headers) {
        VoteTree tree;
        for (const auto& header : headers) {
            const BlockRef parent{header.parent_hash, header.number - 1};
            if (!tree.parents_.try_emplace(substrate::header_hash(header), Link{header.number, parent})
                     .second) {
                return FinalityError::kDuplicateAncestry;
            }
        }
        return tree;
    }

    [[nodiscard]] std::size_t header_count() const noexcept { return parents_.size(); }

    /// The blocks from `block` down to, and without, `base`.
    /// @errors kBrokenAncestry, kWrongNumber
    [[nodiscard]] Result<std::vector<BlockRef>> route(BlockRef block, const BlockRef& base) const {
        std::vector<BlockRef> out;
        while (block.hash != base.hash) {
            if (block.number <= base.number) {
                return FinalityError::kBrokenAncestry;
            }
            const auto link = parents_.find(block.hash);
            if (link == parents_.end()) {
                return FinalityError::kBrokenAncestry;
            }
            if (link->second.number != block.number) {
                return FinalityError::kWrongNumber;
            }
            out.push_back(block);
            block = link->second.parent;
        }
        if (block.number != base.number) {
            return FinalityError::kWrongNumber;
        }
        return out;
    }

    [[nodiscard]] const BlockRef& parent_of(const Hash256& hash) const { return parents_.at(hash).parent; }

  private:
    struct Link {
        std::uint32_t number;
        BlockRef parent;
    };
    std::unordered_map<Hash256, Link> parents_;
};

/// The first target with the lowest number.
template <class Precommits>
const BlockRef& lowest_target(const Precommits& precommits) {
    return std::ranges::min_element(precommits, {}, [](const Precommit& p) { return p.target.number; })
        ->target;
}

/// Weight for each block above the base: votes for it or a descendant.
struct Tally {
    std::unordered_map<Hash256, std::uint64_t> weight_above_base;
    std::uint64_t weight_at_base = 0;       ///< all voters that did not equivocate
    std::uint64_t equivocators_weight = 0;  ///< counts for every block
    std::unordered_map<Hash256, std::vector<BlockRef>> children;
};

/// What each voter said: its first vote, and whether it contradicted itself.
struct Ballot {
    const Precommit* first = nullptr;
    bool is_equivocation = false;
};

Result<Tally> count_votes(const std::vector<Precommit>& known,
                          const VoterSet& voters,
                          const VoteTree& tree,
                          const BlockRef& base) {
    std::unordered_map<AuthorityId, Ballot> ballots;
    for (const auto& precommit : known) {
        auto& ballot = ballots[precommit.voter];
        if (ballot.first == nullptr) {
            ballot.first = &precommit;
        } else if (!(*ballot.first == precommit)) {
            ballot.is_equivocation = true;
        }
    }
    Tally tally;
    for (const auto& [voter, ballot] : ballots) {
        const auto weight = voters.weight_of(voter).value();
        BOOST_OUTCOME_TRY(const auto route, tree.route(ballot.first->target, base));
        for (const auto& block : route) {
            auto& siblings = tally.children[tree.parent_of(block.hash).hash];
            if (std::ranges::find(siblings, block) == siblings.end()) {
                siblings.push_back(block);
            }
        }
        if (ballot.is_equivocation) {
            tally.equivocators_weight += weight;
            continue;
        }
        tally.weight_at_base += weight;
        for (const auto& block : route) {
            tally.weight_above_base[block.hash] += weight;
        }
    }
    return tally;
}

/// The highest block that enough weight stands behind.
Result<BlockRef> find_ghost(const Tally& tally, const BlockRef& base, std::uint64_t threshold) {
    const auto is_enough = [&](std::uint64_t weight) {
        return weight + tally.equivocators_weight >= threshold;
    };
    if (!is_enough(tally.weight_at_base)) {
        return FinalityError::kWeightBelowThreshold;
    }
    BlockRef ghost = base;
    for (;;) {
        const auto children = tally.children.find(ghost.hash);
        if (children == tally.children.end()) {
            return ghost;
        }
        const BlockRef* next = nullptr;
        for (const auto& child : children->second) {
            const auto weight = tally.weight_above_base.find(child.hash);
            if (!is_enough(weight == tally.weight_above_base.end() ? 0 : weight->second)) {
                continue;
            }
            // Two children can only both have enough when a third of the weight equivocates.
            if (next != nullptr) {
                return FinalityError::kConflictingFinality;
            }
            next = &child;
        }
        if (next == nullptr) {
            return ghost;
        }
        ghost = *next;
    }
}

/// Each precommit reaches the lowest one, and each ancestry header lies on such a route.
Result<void> check_routes(const Justification& justification, const VoteTree& tree) {
    const auto& base = lowest_target(justification.precommits);
    std::unordered_set<Hash256> visited;
    for (const auto& precommit : justification.precommits) {
        BOOST_OUTCOME_TRY(const auto route, tree.route(precommit.target, base));
        for (const auto& block : route) {
            visited.insert(block.hash);
        }
    }
    if (visited.size() != tree.header_count()) {
        return FinalityError::kUnusedAncestry;
    }
    return success();
}

/// Every precommit is signed by whom it names, members of the set and others alike.
Result<void> check_signatures(const Justification& justification,
                              std::uint64_t set_id,
                              const VoterSet& voters) {
    std::deque<crypto::ed25519::DecodedKey> strangers;
    // Precommits usually share one target, and with it the message.
    std::deque<Bytes> messages;
    const BlockRef* last_target = nullptr;
    std::vector<crypto::ed25519::SignatureClaim> claims;
    claims.reserve(justification.precommits.size());
    for (const auto& precommit : justification.precommits) {
        if (last_target == nullptr || !(*last_target == precommit.target)) {
            last_target = &precommit.target;
            messages.push_back(precommit_message(precommit.target, justification.round, set_id));
        }
        const auto* voter = voters.find(precommit.voter);
        const auto& key = voter == nullptr ? strangers.emplace_back(precommit.voter) : voter->key;
        claims.push_back({.key = &key, .message = messages.back(), .signature = precommit.signature.view()});
    }
    if (crypto::ed25519::first_invalid(claims)) {
        return FinalityError::kBadSignature;
    }
    return success();
}

}  // namespace

Bytes precommit_message(const BlockRef& target, std::uint64_t round, std::uint64_t set_id) {
    constexpr std::uint8_t kPrecommitTag = 1;
    return scale::encode_all(kPrecommitTag, target, round, set_id);
}

Result<Justification> read_justification(ByteCursor& in) {
    Justification out;
    BOOST_OUTCOME_TRY(out.round, scale::read<std::uint64_t>(in));
    BOOST_OUTCOME_TRY(out.target, scale::read<BlockRef>(in));
    BOOST_OUTCOME_TRY(out.precommits, scale::read<std::vector<Precommit>>(in));
    BOOST_OUTCOME_TRY(const auto header_count, scale::read_compact_u32(in));
    if (header_count > kAncestryHeadersMax) {
        return FinalityError::kTooLarge;
    }
    for (std::uint32_t i = 0; i < header_count; ++i) {
        BOOST_OUTCOME_TRY(auto header, substrate::read_header(in));
        out.votes_ancestries.push_back(std::move(header));
    }
    return out;
}

Result<Justification> decode_justification(ByteView bytes) {
    if (bytes.size() > kJustificationBytesMax) {
        return FinalityError::kTooLarge;
    }
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(auto justification, read_justification(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    return justification;
}

Bytes encode(const Justification& justification) {
    auto out = scale::encode_all(justification.round, justification.target, justification.precommits);
    scale::append_compact(out, justification.votes_ancestries.size());
    for (const auto& header : justification.votes_ancestries) {
        append(out, substrate::encode(header));
    }
    return out;
}

Result<void> verify_justification(const Justification& justification,
                                  std::uint64_t set_id,
                                  const VoterSet& voters,
                                  const BlockRef& expected) {
    if (justification.precommits.size() > 2 * voters.size() + 16) {
        return FinalityError::kTooLarge;
    }
    if (!(justification.target == expected)) {
        return FinalityError::kWrongTarget;
    }
    BOOST_OUTCOME_TRY(const auto tree, VoteTree::from(justification.votes_ancestries));
    std::vector<Precommit> known;
    for (const auto& precommit : justification.precommits) {
        if (voters.weight_of(precommit.voter)) {
            known.push_back(precommit);
        }
    }
    if (known.empty()) {
        return FinalityError::kNoKnownVoter;
    }
    const auto& base = lowest_target(known);
    for (const auto& precommit : known) {
        BOOST_OUTCOME_TRY(tree.route(precommit.target, base));
    }
    BOOST_OUTCOME_TRY(check_routes(justification, tree));
    BOOST_OUTCOME_TRY(const auto tally, count_votes(known, voters, tree, base));
    const auto ghost = find_ghost(tally, base, voters.threshold());
    if (!ghost && !is_halt(ghost.error())) {
        return ghost.error();
    }
    if (ghost && !(ghost.value() == justification.target)) {
        return FinalityError::kTargetIsNotGhost;
    }
    // Contradicting votes are evidence of broken finality only when they were really cast.
    BOOST_OUTCOME_TRY(check_signatures(justification, set_id, voters));
    if (!ghost) {
        return ghost.error();
    }
    return success();
}

}  // namespace redoubt::light_client
