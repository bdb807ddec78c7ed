#include <algorithm>
#include <boundary/limits.hpp>
#include <enclave/chain_refusal.hpp>
#include <enclave/parachain_view.hpp>
#include <primitives/total_size.hpp>

namespace redoubt::enclave {

using boundary::BlockId;
using boundary::Refusal;
using light_client::ParachainTracker;

namespace {

bool has_allowed_size(const boundary::ParachainHead& message) {
    const auto is_header_sized = [](const Bytes& header) {
        return header.size() <= boundary::kHeaderBytesMax;
    };
    return total_size(message.proof) <= boundary::kHeadProofBytesMax &&
           (!message.genesis_proof || total_size(*message.genesis_proof) <= boundary::kHeadProofBytesMax) &&
           total_size(message.headers) <= boundary::kParachainHeadersBytesMax &&
           std::ranges::all_of(message.headers, is_header_sized);
}

}  // namespace

ParachainView::ParachainView(const boundary::RelayChain& relay, const Hash256& genesis)
    : relay_(relay),
      genesis_(genesis),
      tracker_({.para_id = relay.para_id, .head = {.hash = genesis, .number = 0}, .relay_number = 0}) {
}

void ParachainView::restore(const BlockId& last, std::uint32_t relay_number) {
    tracker_ = ParachainTracker{{.para_id = relay_.para_id,
                                 .head = {.hash = last.hash, .number = last.number},
                                 .relay_number = relay_number}};
}

Result<std::vector<BlockId>> ParachainView::take(const light_client::FinalityTracker& relay,
                                                 const boundary::ParachainHead& message,
                                                 bool has_begun) {
    if (!has_allowed_size(message)) {
        return Refusal::kBlockTooLarge;
    }
    std::vector<BlockId> out;
    if (message.genesis_proof) {
        if (has_begun) {
            return Refusal::kHopTooLate;
        }
        if (!message.headers.empty()) {
            return Refusal::kHeadersUnlinked;
        }
        const auto leapt =
            tracker_.leap(relay, message.relay_block, message.proof, genesis_, *message.genesis_proof);
        if (!leapt) {
            return parachain_refusal(leapt.error());
        }
        return out;
    }
    const auto blocks = tracker_.anchor(relay, message.relay_block, message.proof, message.headers);
    if (!blocks) {
        return parachain_refusal(blocks.error());
    }
    out.reserve(blocks.value().size());
    for (const auto& block : blocks.value()) {
        out.push_back({.number = block.block.number, .hash = block.block.hash});
    }
    return out;
}

BlockId ParachainView::head() const {
    const auto& head = tracker_.state().head;
    return {.number = head.number, .hash = head.hash};
}

std::optional<Refusal> ParachainView::halted() const {
    return tracker_.halted() ? std::optional{parachain_refusal(*tracker_.halted())} : std::nullopt;
}

}  // namespace redoubt::enclave
