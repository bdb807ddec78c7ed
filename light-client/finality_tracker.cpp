#include <light-client/finality_tracker.hpp>

#include <primitives/crypto/blake2b_lanes.hpp>

#include <limits>

namespace redoubt::light_client {
namespace {

/// When a change announced in block `number` takes effect, and that its set can be used.
Result<PendingChange> pending_from(const ScheduledChange& change, std::uint32_t number) {
    if (change.delay > std::numeric_limits<std::uint32_t>::max() - number) {
        return FinalityError::kBadDigest;
    }
    BOOST_OUTCOME_TRY(check_usable(change.next));
    return PendingChange{number + change.delay, change.next};
}

}  // namespace

FinalityTracker::FinalityTracker(FinalityState state, VoterSet voters)
    : state_(std::move(state)), voters_(std::move(voters)) {
    recent_.push_back(state_.finalized);
}

Result<FinalityTracker> FinalityTracker::from(FinalityState start) {
    BOOST_OUTCOME_TRY(auto voters, VoterSet::from(start.authorities));
    if (start.pending) {
        BOOST_OUTCOME_TRY(check_usable(start.pending->next));
    }
    return FinalityTracker{std::move(start), std::move(voters)};
}

Result<void> FinalityTracker::verify(const Justification& justification,
                                     const BlockRef& target,
                                     std::uint64_t set_id,
                                     const VoterSet& voters) {
    auto outcome = verify_justification(justification, set_id, voters, target);
    if (!outcome && is_halt(outcome.error())) {
        halted_ = outcome.error();
    }
    return outcome;
}

Result<void> FinalityTracker::submit(std::span<const Bytes> headers, std::optional<ByteView> justification) {
    if (halted_) {
        return *halted_;
    }
    return try_submit(headers, justification);
}

Result<void> FinalityTracker::submit_warp_sync(ByteView response) {
    if (halted_) {
        return *halted_;
    }
    return try_warp_sync(response);
}

Result<std::vector<FinalityTracker::LinkedHeader>> FinalityTracker::link(std::span<const Bytes> headers) {
    std::vector<LinkedHeader> out;
    out.reserve(headers.size());
    const std::vector<ByteView> views(headers.begin(), headers.end());
    const auto hashes = crypto::blake2b_256_of_each(views);
    for (std::size_t i = 0; i < views.size(); ++i) {
        BOOST_OUTCOME_TRY(auto header, substrate::decode_header(views[i]));
        if (!out.empty()) {
            const auto& parent = out.back().block.block;
            if (header.parent_hash != parent.hash || header.number - 1 != parent.number) {
                return FinalityError::kBrokenChain;
            }
        }
        const FinalizedBlock block{{hashes[i], header.number}, header.state_root};
        out.push_back({std::move(header), block});
    }
    return out;
}

Result<void> FinalityTracker::judge_other_branch(const std::vector<LinkedHeader>& headers,
                                                 const Justification& justification) {
    const auto& target = headers.back().block.block;
    const bool is_known =
        std::ranges::any_of(recent_, [&](const auto& past) { return past.block == target; });
    if (is_known) {
        return FinalityError::kStale;
    }
    const auto& first = headers.front().header;
    const bool leaves_our_chain = std::ranges::any_of(recent_, [&](const auto& past) {
        return past.block.hash == first.parent_hash && past.block.number + 1 == first.number;
    });
    const bool holds_our_block =
        std::ranges::any_of(headers, [&](const auto& one) { return one.block == state_.finalized; });
    if (leaves_our_chain && !holds_our_block && verify(justification, target, state_.set_id, voters_)) {
        halted_ = make_error_code(FinalityError::kConflictingFinality);
        return *halted_;
    }
    return FinalityError::kBrokenChain;
}

Result<void> FinalityTracker::try_submit(std::span<const Bytes> headers,
                                         std::optional<ByteView> justification_bytes) {
    if (headers.empty() || !justification_bytes) {
        return FinalityError::kMissingJustification;
    }
    std::size_t bytes_total = 0;
    for (const auto& header : headers) {
        bytes_total += header.size();
    }
    if (headers.size() > kHeaderBatchMax || bytes_total > kHeaderBatchBytesMax) {
        return FinalityError::kTooLarge;
    }
    BOOST_OUTCOME_TRY(const auto linked, link(headers));
    BOOST_OUTCOME_TRY(const auto justification, decode_justification(*justification_bytes));
    const auto& finalized = state_.finalized.block;
    if (linked.front().header.parent_hash != finalized.hash) {
        return judge_other_branch(linked, justification);
    }
    if (linked.front().header.number - 1 != finalized.number) {
        return FinalityError::kBrokenChain;
    }

    const auto& last = linked.back();
    auto pending = state_.pending;
    for (const auto& [header, block] : linked) {
        if (pending && header.number > pending->effective_number) {
            return FinalityError::kSetChangeSkipped;
        }
        BOOST_OUTCOME_TRY(const auto change, authority_change(header));
        if (!change) {
            continue;
        }
        const auto* scheduled = std::get_if<ScheduledChange>(&*change);
        if (scheduled == nullptr || pending) {
            const auto reason =
                scheduled == nullptr ? FinalityError::kForcedChange : FinalityError::kOverlappingChange;
            // Headers alone are no evidence: anybody can write them. They halt when the set stands behind
            // them.
            BOOST_OUTCOME_TRY(verify(justification, last.block.block, state_.set_id, voters_));
            halted_ = make_error_code(reason);
            return reason;
        }
        BOOST_OUTCOME_TRY(pending, pending_from(*scheduled, header.number));
    }
    BOOST_OUTCOME_TRY(verify(justification, last.block.block, state_.set_id, voters_));

    for (const auto& one : linked) {
        remember(one.block);
    }
    state_.finalized = last.block;
    state_.pending = std::move(pending);
    if (state_.pending && state_.pending->effective_number == last.header.number) {
        auto next = std::move(state_.pending->next);
        auto voters = VoterSet::from(next);
        enter_set(std::move(next), std::move(voters).value());
    }
    return success();
}

Result<void> FinalityTracker::try_warp_sync(ByteView response) {
    if (response.size() > kWarpSyncBytesMax) {
        return FinalityError::kTooLarge;
    }
    ByteCursor in{response};
    BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
    if (count > kWarpSyncFragmentsMax) {
        return FinalityError::kTooLarge;
    }
    auto next_state = state_;
    auto voters = voters_;
    bool ends_without_change = false;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (ends_without_change) {
            return FinalityError::kUnfinishedWarpSync;
        }
        const auto before = in.rest();
        BOOST_OUTCOME_TRY(const auto header, substrate::read_header(in));
        const auto header_bytes = before.first(before.size() - in.remaining());
        BOOST_OUTCOME_TRY(const auto justification, read_justification(in));
        if (header.number <= next_state.finalized.block.number) {
            return FinalityError::kStale;
        }
        if (next_state.pending && header.number > next_state.pending->effective_number) {
            return FinalityError::kSetChangeSkipped;
        }
        const BlockRef block{substrate::header_hash(header_bytes), header.number};
        BOOST_OUTCOME_TRY(verify(justification, block, next_state.set_id, voters));
        next_state.finalized = {block, header.state_root};
        BOOST_OUTCOME_TRY(auto change, authority_change(header));
        if (change) {
            auto* scheduled = std::get_if<ScheduledChange>(&*change);
            if (scheduled == nullptr || next_state.pending) {
                halted_ = make_error_code(scheduled == nullptr ? FinalityError::kForcedChange
                                                               : FinalityError::kOverlappingChange);
                return *halted_;
            }
            if (scheduled->delay != 0) {
                return FinalityError::kUnfinishedWarpSync;
            }
            next_state.pending = PendingChange{header.number, std::move(scheduled->next)};
        }
        if (!next_state.pending || next_state.pending->effective_number != header.number) {
            ends_without_change = true;
            continue;
        }
        BOOST_OUTCOME_TRY(voters, VoterSet::from(next_state.pending->next));
        next_state.authorities = std::move(next_state.pending->next);
        next_state.pending.reset();
        ++next_state.set_id;
    }
    BOOST_OUTCOME_TRY(const auto is_finished, scale::read<bool>(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    if (!is_finished && (count == 0 || ends_without_change)) {
        return FinalityError::kUnfinishedWarpSync;
    }
    state_ = std::move(next_state);
    voters_ = std::move(voters);
    if (count > 0) {
        // Blocks that were jumped over are not known one by one.
        recent_.clear();
        remember(state_.finalized);
    }
    return success();
}

void FinalityTracker::enter_set(AuthorityList next, VoterSet voters) {
    ++state_.set_id;
    state_.authorities = std::move(next);
    state_.pending.reset();
    voters_ = std::move(voters);
}

void FinalityTracker::remember(const FinalizedBlock& block) {
    recent_.push_back(block);
    if (recent_.size() > kRecentBlocksMax) {
        recent_.pop_front();
    }
}

Result<FinalityProof> decode_finality_proof(ByteView bytes) {
    if (bytes.size() > kJustificationBytesMax + kHeaderBatchBytesMax) {
        return FinalityError::kTooLarge;
    }
    ByteCursor in{bytes};
    FinalityProof proof;
    BOOST_OUTCOME_TRY(proof.block_hash, scale::read<Hash256>(in));
    BOOST_OUTCOME_TRY(proof.justification, scale::read<Bytes>(in));
    BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
    if (count > kHeaderBatchMax) {
        return FinalityError::kTooLarge;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto before = in.rest();
        BOOST_OUTCOME_TRY(substrate::read_header(in));
        proof.unknown_headers.push_back(to_bytes(before.first(before.size() - in.remaining())));
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return proof;
}

}  // namespace redoubt::light_client
