#include <algorithm>
#include <light-client/anchor.hpp>
#include <light-client/parachain_tracker.hpp>
#include <primitives/total_size.hpp>
#include <trie/read_proof.hpp>

namespace redoubt::light_client {

Result<ParachainTracker::AnchoredHead> ParachainTracker::read_head(const FinalityTracker& relay,
                                                                   const Hash256& relay_block,
                                                                   std::span<const Bytes> proof) const {
    if (halted_) {
        return *halted_;
    }
    if (relay.halted()) {
        return *relay.halted();
    }
    const auto known = std::ranges::find(relay.recent(), relay_block,
                                         [](const FinalizedBlock& block) { return block.block.hash; });
    if (known == relay.recent().end()) {
        return ParachainError::kUnknownRelayBlock;
    }
    if (known->block.number < state_.relay_number) {
        return ParachainError::kStaleRelayBlock;
    }
    BOOST_OUTCOME_TRY(auto head, read_parachain_head(known->state_root, state_.para_id, proof));
    return AnchoredHead{.head = std::move(head), .relay_number = known->block.number};
}

Result<std::vector<FinalizedBlock>> ParachainTracker::anchor(const FinalityTracker& relay,
                                                             const Hash256& relay_block,
                                                             std::span<const Bytes> proof,
                                                             std::span<const Bytes> headers) {
    BOOST_OUTCOME_TRY(const auto found, read_head(relay, relay_block, proof));
    auto linked = link(found.head, headers);
    if (!linked) {
        if (linked.error() == make_error_code(ParachainError::kConflictingHead)) {
            halted_ = linked.error();
        }
        return linked;
    }
    state_.head = found.head.block.block;
    state_.relay_number = found.relay_number;
    return linked;
}

Result<void> ParachainTracker::leap(const FinalityTracker& relay,
                                    const Hash256& relay_block,
                                    std::span<const Bytes> proof,
                                    const Hash256& genesis,
                                    std::span<const Bytes> genesis_proof) {
    BOOST_OUTCOME_TRY(const auto found, read_head(relay, relay_block, proof));
    const auto& head = found.head.block;
    if (head.block.number == 0) {
        if (head.block.hash != genesis || !genesis_proof.empty()) {
            return ParachainError::kOtherGenesis;
        }
    } else {
        const auto stored = trie::read_with_proof(head.state_root, genesis_proof, genesis_hash_key());
        if (!stored || !stored.value()) {
            return ParachainError::kGenesisUnproven;
        }
        if (!equal(*stored.value(), genesis.view())) {
            return ParachainError::kOtherGenesis;
        }
    }
    const auto& last = state_.head;
    if (head.block.number < last.number ||
        (head.block.number == last.number && head.block.hash != last.hash)) {
        halted_ = ParachainError::kConflictingHead;
        return *halted_;
    }
    state_.head = head.block;
    state_.relay_number = found.relay_number;
    return success();
}

Result<std::vector<FinalizedBlock>> ParachainTracker::link(const ParachainHead& head,
                                                           std::span<const Bytes> headers) const {
    const auto& last = state_.head;
    const auto number = head.block.block.number;
    if (number < last.number || (number == last.number && head.block.block.hash != last.hash)) {
        return ParachainError::kConflictingHead;
    }
    if (number == last.number) {
        if (!headers.empty()) {
            return ParachainError::kBrokenChain;
        }
        return std::vector<FinalizedBlock>{};
    }
    const auto gap = number - last.number - 1;
    if (headers.size() > kParachainHeadersMax || total_size(headers) > kParachainHeaderBytesMax) {
        return ParachainError::kTooManyHeaders;
    }
    if (headers.size() != gap) {
        return ParachainError::kBrokenChain;
    }
    // Backwards from the proven head: each header is then one that the relay chain vouches for.
    std::vector<FinalizedBlock> out{head.block};
    out.reserve(headers.size() + 1);
    auto parent_hash = head.parent_hash;
    for (auto i = headers.size(); i > 0; --i) {
        const ByteView encoded{headers[i - 1]};
        const auto hash = substrate::header_hash(encoded);
        if (hash != parent_hash) {
            return ParachainError::kBrokenChain;
        }
        BOOST_OUTCOME_TRY(const auto header, substrate::decode_header(encoded));
        if (header.number != out.back().block.number - 1) {
            return ParachainError::kBrokenChain;
        }
        out.push_back({.block = {.hash = hash, .number = header.number}, .state_root = header.state_root});
        parent_hash = header.parent_hash;
    }
    if (parent_hash != last.hash) {
        return ParachainError::kConflictingHead;
    }
    std::ranges::reverse(out);
    return out;
}

}  // namespace redoubt::light_client
