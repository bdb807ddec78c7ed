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

Result<ChainView> ChainView::of_parachain(light_client::FinalityState anchor,
                                          const boundary::RelayChain& relay,
                                          const Hash256& genesis) {
    BOOST_OUTCOME_TRY(auto view, from(std::move(anchor)));
    view.parachain_.emplace(relay, genesis);
    return view;
}

Result<void> ChainView::restore(const ChainViewRecord& record, const BlockId& last) {
    if (record.relay_number.has_value() != parachain_.has_value()) {
        return Refusal::kJournalDamaged;
    }
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
    if (parachain_) {
        parachain_->restore(last, *record.relay_number);
    }
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
    const bool has_gap = !parachain_ && last && waiting_.empty() && last->number < finalized().number;
    if (!message.justification) {
        if (message.headers.empty() || !has_gap) {
            return Refusal::kJustificationMissing;
        }
        return relink(message.headers, *last);
    }
    if (has_gap) {
        return Refusal::kHeadersMissing;
    }
    if (!parachain_ && waiting_.size() + message.headers.size() > boundary::kBlocksWaitingMax) {
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
    if (last && !parachain_) {
        waiting_.insert(waiting_.end(), blocks.begin(), blocks.end());
    }
    return success();
}

Result<void> ChainView::take_head(const boundary::ParachainHead& message,
                                  const std::optional<BlockId>& last) {
    if (!parachain_) {
        return Refusal::kNotAParachain;
    }
    if (waiting_.size() + message.headers.size() > boundary::kParachainHeadersMax) {
        return Refusal::kBlocksWaiting;
    }
    BOOST_OUTCOME_TRY(const auto blocks, parachain_->take(tracker_, message, last.has_value()));
    if (last) {
        waiting_.insert(waiting_.end(), blocks.begin(), blocks.end());
    }
    return success();
}

Result<void> ChainView::hop(ByteView warp_sync, const std::optional<BlockId>& last) {
    if (last && !parachain_) {
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

std::optional<BlockId> ChainView::waiting(std::uint32_t number, const BlockId& last) const {
    if (number <= last.number || number - last.number > waiting_.size()) {
        return std::nullopt;
    }
    return waiting_[number - last.number - 1];
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
                        .authorities = std::nullopt,
                        .relay_number = std::nullopt};
    if (parachain_) {
        out.relay_number = parachain_->relay_number();
    }
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
    return parachain_ ? parachain_->head() : id_of(tracker_.state().finalized.block);
}

std::optional<BlockId> ChainView::relay_finalized() const {
    return parachain_ ? std::optional{id_of(tracker_.state().finalized.block)} : std::nullopt;
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
    if (parachain_) {
        out.relay = boundary::RelayReport{.chain = parachain_->relay(), .finalized = *relay_finalized()};
        if (parachain_->halted()) {
            out.halted = static_cast<std::uint32_t>(*parachain_->halted());
        }
    }
    return out;
}

Result<std::optional<ChainView>> view_of(const IdentityScope& scope) {
    if (!scope.anchor) {
        return std::optional<ChainView>{};
    }
    auto view = scope.relay ? ChainView::of_parachain(*scope.anchor, *scope.relay, scope.genesis_hash)
                            : ChainView::from(*scope.anchor);
    if (!view) {
        return Refusal::kIdentityDamaged;
    }
    return std::optional{std::move(view).value()};
}

}  // namespace redoubt::enclave
