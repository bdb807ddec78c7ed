#include <primitives/scale.hpp>
#include <tools/devchain/faults/groups.hpp>

#include <algorithm>
#include <light-client/finality_tracker.hpp>
#include <memory>

namespace redoubt::devchain::faults {
namespace {

using light_client::BlockRef;
using light_client::Justification;
using light_client::Precommit;
constexpr std::string_view kGroup = "Finality";

/// What spoiling a justification needs to know.
struct Case {
    const Chain& chain;
    std::uint64_t set_id = 0;

    /// A vote that the voter really signed, if its key is here.
    [[nodiscard]] Precommit vote(const Justification& from,
                                 const light_client::AuthorityId& voter,
                                 const BlockRef& target) const {
        const auto message = light_client::precommit_message(target, from.round, set_id);
        return {target, chain.sign_as_voter(voter, message).value_or(FixedBytes<64>{}), voter};
    }
    [[nodiscard]] std::optional<substrate::Header> header(const BlockRef& block) const {
        return chain.header(block.hash);
    }
};

using Spoil = void (*)(Justification&, const Case&);

/// A fault that changes each justification, told, stored or part of a proof.
auto spoiling(Spoil spoil) {
    return plain([spoil](Lie& lie, Chain& chain) {
        lie.hooks.justification = [spoil, &chain](const BlockRef& target, Bytes bytes) {
            auto decoded = light_client::decode_justification(bytes);
            if (decoded) {
                spoil(decoded.value(), Case{chain, chain.set_id_at(target.number)});
                bytes = light_client::encode(decoded.value());
            }
            return std::optional{std::move(bytes)};
        };
    });
}

/// A block beside `block` that does not exist.
BlockRef sibling(const BlockRef& block) {
    auto out = block;
    out.hash.bytes[0] ^= 1;
    return out;
}

/// Keeps so many votes that their weight stays below the threshold of the present set, all for the target.
void keep_too_few(Justification& justification, const Case& about) {
    auto& votes = justification.precommits;
    const auto voters = light_client::VoterSet::from(about.chain.finality().authorities);
    std::uint64_t weight = 0;
    std::size_t kept = 0;
    for (; voters && kept < votes.size(); ++kept) {
        weight += voters.value().weight_of(votes[kept].voter).value_or(1);
        if (weight >= voters.value().threshold()) {
            break;
        }
    }
    votes.resize(kept);
    std::ranges::for_each(
        votes, [&](Precommit& each) { each = about.vote(justification, each.voter, justification.target); });
    justification.votes_ancestries.clear();
}

void equivocate(Justification& justification, const Case& about) {
    const auto header = about.header(justification.target);
    keep_too_few(justification, about);
    if (!header) {
        return;
    }
    const BlockRef parent{header->parent_hash, header->number - 1};
    const auto honest = justification.precommits;
    for (const auto& each : honest) {
        justification.precommits.push_back(about.vote(justification, each.voter, parent));
    }
    if (!honest.empty()) {
        justification.votes_ancestries = {*header};
    }
}

void vote_elsewhere(Justification& justification, const Case& about) {
    for (auto& each : justification.precommits) {
        each = about.vote(justification, each.voter, sibling(justification.target));
    }
    justification.votes_ancestries.clear();
}

void justify_sibling(Justification& justification, const Case& about) {
    vote_elsewhere(justification, about);
    justification.target = sibling(justification.target);
}

void lose_ancestry(Justification& justification, const Case& about) {
    const auto header = about.header(justification.target);
    justification.votes_ancestries.clear();
    if (header && !justification.precommits.empty()) {
        // A vote for the parent makes the header of the target necessary.
        const BlockRef parent{header->parent_hash, header->number - 1};
        justification.precommits.push_back(
            about.vote(justification, justification.precommits.front().voter, parent));
    }
}

/// The header of the lowest vote, which no vote needs.
std::optional<substrate::Header> idle_header(const Justification& justification, const Case& about) {
    return about.header(std::ranges::min_element(justification.precommits, {}, [](const Precommit& each) {
                            return each.target.number;
                        })->target);
}

void add_idle_headers(Justification& justification, const Case& about, unsigned count) {
    const auto header = justification.precommits.empty() ? std::nullopt : idle_header(justification, about);
    for (unsigned i = 0; header && i < count; ++i) {
        justification.votes_ancestries.push_back(*header);
    }
}

void sign_for_other_set(Justification& justification, const Case& about) {
    const Case other{about.chain, about.set_id + 1};
    for (auto& each : justification.precommits) {
        each = other.vote(justification, each.voter, each.target);
    }
}

void drop_justification(Lie& lie, Chain&) {
    lie.hooks.justification = [](const BlockRef&, const Bytes&) { return std::optional<Bytes>{}; };
}

void cut_justification(Lie& lie, Chain&) {
    lie.hooks.justification = [](const BlockRef&, Bytes bytes) {
        bytes.resize(bytes.size() / 2);
        return std::optional{std::move(bytes)};
    };
}

void replay_justification(Lie& lie, Chain&) {
    const auto first = std::make_shared<Bytes>();
    lie.on_start = [first](const Moment&) { first->clear(); };
    lie.hooks.justification = [first](const BlockRef&, const Bytes& bytes) {
        if (first->empty()) {
            *first = bytes;
        }
        return std::optional{*first};
    };
}

bool ends_set(const Chain& chain, std::uint32_t number) {
    return chain.set_id_at(number) != chain.set_id_at(number + 1);
}

/// The newest justification with all headers from `number` on in place of the one that ends a set.
std::optional<Bytes> proof_over_sets(const Chain& chain, std::uint32_t number) {
    const auto newest = chain.prove_finality(chain.finalized().number);
    if (!newest || !newest.value()) {
        return std::nullopt;
    }
    const auto decoded = light_client::decode_finality_proof(*newest.value());
    const auto target = decoded ? chain.header(decoded.value().block_hash) : std::nullopt;
    if (!target) {
        return std::nullopt;
    }
    auto proof = scale::encode_all(decoded.value().block_hash, decoded.value().justification);
    Bytes headers;
    std::size_t count = 0;
    for (auto next = number + 1; next <= target->number; ++next) {
        const auto hash = chain.hash_by_number(next);
        const auto header = hash ? chain.header(*hash) : std::nullopt;
        if (header) {
            append(headers, substrate::encode(*header));
            ++count;
        }
    }
    scale::append_compact(proof, count);
    append(proof, headers);
    return proof;
}

void skip_set_changes(Lie& lie, Chain& chain) {
    lie.hooks.justification = [&chain](const BlockRef& target, Bytes bytes) {
        return ends_set(chain, target.number) ? std::nullopt : std::optional{std::move(bytes)};
    };
    lie.hooks.finality_proof = [&chain](std::uint32_t number, std::optional<Bytes> proof) {
        const bool is_of_former_set = chain.set_id_at(number) != chain.set_id_at(chain.finalized().number);
        return is_of_former_set ? proof_over_sets(chain, number) : proof;
    };
}

}  // namespace

std::vector<Fault> finality_faults() {
    return {
        {"missing-justification", kGroup, "", "No justification is told or served.",
         "Headers alone are not final.", plain(drop_justification)},
        {"truncated-justification", kGroup, "", "Justifications lack their second half.",
         "The justification cannot be decoded.", plain(cut_justification)},
        {"bad-precommit-signature", kGroup, "", "One precommit of each justification has a bad signature.",
         "The signature is not valid.", spoiling([](Justification& justification, const Case&) {
             if (!justification.precommits.empty()) {
                 justification.precommits.front().signature.bytes[0] ^= 1;
             }
         })},
        {"minority-precommits", kGroup, "", "Justifications have precommits of too few voters.",
         "The weight is below the threshold.", spoiling(keep_too_few)},
        {"wrong-set-id", kGroup, "", "Precommits are signed for the id of the next authority set.",
         "The signatures are not valid for the set in charge.", spoiling(sign_for_other_set)},
        {"wrong-round", kGroup, "", "Justifications name another round than was signed.",
         "The signatures are not valid for this round.",
         spoiling([](Justification& justification, const Case&) { ++justification.round; })},
        {"equivocating-voters", kGroup, "",
         "Too few voters have precommitted, and each of them twice, for the block and for its parent.",
         "A voter counts once whatever it signs; the weight is below the threshold.", spoiling(equivocate)},
        {"unknown-voters", kGroup, "", "All precommits are from keys outside the authority set.",
         "No precommit is from a member of the set.", spoiling([](Justification& justification, const Case&) {
             for (auto& each : justification.precommits) {
                 each.voter.bytes[0] ^= 1;
             }
         })},
        {"votes-for-other-fork", kGroup, "",
         "The precommits, well signed, are for a block beside the one that they are said to finalize.",
         "The votes finalize another block than the target.", spoiling(vote_elsewhere)},
        {"wrong-justification-target", kGroup, "",
         "Justifications, well signed, are for a block beside the one that they are served for.",
         "The justification is for another block than the header's.", spoiling(justify_sibling)},
        {"unused-ancestry-header", kGroup, "", "Justifications hold a header that no vote needs.",
         "A header of the ancestries is not on the way of any vote.",
         spoiling([](Justification& justification, const Case& about) {
             add_idle_headers(justification, about, 1);
         })},
        {"missing-ancestry-header", kGroup, "", "Justifications lack a header between two votes.",
         "A vote does not reach the lowest one through the ancestries.", spoiling(lose_ancestry)},
        {"duplicate-ancestry-header", kGroup, "", "Justifications hold the same header twice.",
         "A header is in the ancestries twice.",
         spoiling([](Justification& justification, const Case& about) {
             add_idle_headers(justification, about, 2);
         })},
        {"replayed-justification", kGroup, "",
         "The first justification that is told from now on is told for all later blocks too.",
         "The justification is for another block than the header's.", plain(replay_justification)},
        {"skipped-set-change", kGroup, "",
         "Justifications for the last block of an authority set are withheld; the newest one is served "
         "instead.",
         "The headers go past the block at which the set changes.", plain(skip_set_changes)},
    };
}

}  // namespace redoubt::devchain::faults
