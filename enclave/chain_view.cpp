#include <boundary/limits.hpp>
#include <enclave/chain_refusal.hpp>
#include <enclave/chain_view.hpp>
#include <substrate/header.hpp>

namespace redoubt::enclave {

using boundary::BlockId;
using boundary::Refusal;

namespace {

BlockId id_of(const light_client::BlockRef& block) {
    return {.number = block.number, .hash = block.hash};
}

}  // namespace

Result<ChainView> ChainView::from(light_client::FinalityState anchor) {
    const auto block = id_of(anchor.finalized.block);
    auto tracker = light_client::FinalityTracker::from(std::move(anchor));
    if (!tracker) {
        return Refusal::kAnchorUnusable;
    }
    return ChainView{block, std::move(tracker).value()};
}

Result<void> ChainView::restore(const ChainViewRecord& record) {
    light_client::FinalityState state;
    state.finalized = record.finalized;
    state.set_id = record.set_id;
    state.pending = record.pending;
    state.authorities = record.authorities.value_or(tracker_.state().authorities);
    auto tracker = light_client::FinalityTracker::from(std::move(state));
    if (!tracker) {
        return Refusal::kJournalDamaged;
    }
    tracker_ = std::move(tracker).value();
    waiting_.clear();
    kept(record);
    return success();
}

Result<std::vector<BlockId>> ChainView::blocks_of(std::span<const Bytes> headers) {
    std::vector<BlockId> out;
    out.reserve(headers.size());
    std::size_t bytes = 0;
    for (const auto& encoded : headers) {
        bytes += encoded.size();
        if (encoded.size() > boundary::kHeaderBytesMax || bytes > boundary::kFinalityHeadersBytesMax) {
            return Refusal::kBlockTooLarge;
        }
        const auto header = substrate::decode_header(encoded);
        if (!header) {
            return Refusal::kHeaderUnusable;
        }
        out.push_back({.number = header.value().number, .hash = substrate::header_hash(encoded)});
    }
    return out;
}

Result<void> ChainView::relink(std::span<const Bytes> headers, const BlockId& last) {
    BOOST_OUTCOME_TRY(const auto blocks, blocks_of(headers));
    auto parent = last;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto header = substrate::decode_header(headers[i]);
        if (header.value().parent_hash != parent.hash ||
            std::uint64_t{blocks[i].number} != std::uint64_t{parent.number} + 1) {
            return Refusal::kHeadersUnlinked;
        }
        parent = blocks[i];
    }
    if (parent != finalized()) {
        return Refusal::kHeadersUnlinked;
    }
    waiting_.assign(blocks.begin(), blocks.end());
    return success();
}

Result<void> ChainView::take(const boundary::Finality& message, const std::optional<BlockId>& last) {
    const bool has_gap = last && waiting_.empty() && last->number < finalized().number;
    if (!message.justification) {
        if (message.headers.empty() || !has_gap) {
            return Refusal::kJustificationMissing;
        }
        return relink(message.headers, *last);
    }
    if (has_gap) {
        return Refusal::kHeadersMissing;
    }
    if (waiting_.size() + message.headers.size() > boundary::kBlocksWaitingMax) {
        return Refusal::kBlocksWaiting;
    }
    if (message.headers.empty()) {
        return Refusal::kHeadersUnlinked;
    }
    BOOST_OUTCOME_TRY(const auto blocks, blocks_of(message.headers));
    const auto taken = tracker_.submit(message.headers, ByteView{*message.justification});
    if (!taken) {
        return finality_refusal(taken.error());
    }
    if (last) {
        waiting_.insert(waiting_.end(), blocks.begin(), blocks.end());
    }
    return success();
}

Result<void> ChainView::hop(ByteView warp_sync, const std::optional<BlockId>& last) {
    if (last) {
        return Refusal::kHopTooLate;
    }
    const auto taken = tracker_.submit_warp_sync(warp_sync);
    if (!taken) {
        const auto& error = taken.error();
        return error.category() == error_category<light_client::FinalityError>() ? finality_refusal(error)
                                                                                 : Refusal::kWarpSyncUnusable;
    }
    return success();
}

Result<void> ChainView::expect_next(const BlockId& block, const std::optional<BlockId>& last) const {
    const bool is_next = last ? !waiting_.empty() && waiting_.front() == block : block == finalized();
    if (!is_next) {
        return Refusal::kNotFinal;
    }
    return success();
}

void ChainView::imported(const BlockId& block) {
    if (!waiting_.empty() && waiting_.front() == block) {
        waiting_.pop_front();
    }
}

ChainViewRecord ChainView::record(bool whole) const {
    const auto& state = tracker_.state();
    ChainViewRecord out{.finalized = state.finalized,
                        .set_id = state.set_id,
                        .pending = state.pending,
                        .authorities = std::nullopt};
    if (whole || kept_set_id_ != state.set_id) {
        out.authorities = state.authorities;
    }
    return out;
}

void ChainView::kept(const ChainViewRecord& record) {
    if (record.authorities) {
        kept_set_id_ = record.set_id;
    }
}

BlockId ChainView::finalized() const {
    return id_of(tracker_.state().finalized.block);
}

boundary::FinalityReport ChainView::report() const {
    const auto& state = tracker_.state();
    boundary::FinalityReport out;
    out.anchor = anchor_;
    out.finalized = finalized();
    out.set_id = state.set_id;
    out.authorities = static_cast<std::uint32_t>(state.authorities.size());
    out.blocks_waiting = static_cast<std::uint32_t>(waiting_.size());
    if (tracker_.halted()) {
        out.halted = static_cast<std::uint32_t>(finality_refusal(*tracker_.halted()));
    }
    return out;
}

}  // namespace redoubt::enclave
