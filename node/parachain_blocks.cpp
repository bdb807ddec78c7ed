#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <light-client/anchor.hpp>
#include <light-client/parachain_head.hpp>
#include <node/chain_retry.hpp>
#include <node/parachain_blocks.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace redoubt::node {

using registry_client::BlockHeader;
using registry_client::BlockReference;
using rpc::Reply;

ParachainBlocks::ParachainBlocks(registry_client::ChainClientPtr chain,
                                 std::shared_ptr<ChainBlocks> blocks,
                                 RelayStart relay,
                                 std::shared_ptr<ChainTrouble> trouble)
    : chain_(std::move(chain)),
      blocks_(std::move(blocks)),
      relay_chain_(relay.chain),
      relay_(std::make_unique<ChainBlocks>(std::move(relay.chain), false, trouble)),
      para_id_(relay.para_id),
      relay_finalized_(relay.finalized),
      trouble_(std::move(trouble)) {
    relay_->settle(relay_finalized_);
}

Task<Reply<std::optional<ParachainBlocks::NamedHead>>> ParachainBlocks::fetch_head() {
    const auto at = relay_finalized_;
    BOOST_OUTCOME_CO_TRY(const auto header, co_await relay_chain_->header(at.hash));
    std::vector<Bytes> keys{light_client::parachain_head_key(para_id_)};
    BOOST_OUTCOME_CO_TRY(auto proof, co_await relay_chain_->read_proof(std::move(keys), at.hash));
    const auto head = light_client::read_parachain_head(header.header.state_root, para_id_, proof);
    if (!head) {
        // Whether the relay chain has no such parachain, or the node lies, the enclave cannot be told more.
        const bool unknown = head.error() == light_client::ParachainError::kNotRegistered;
        trouble_->stuck(
            at.number, unknown ? "parachain_unknown" : "head_unusable",
            fmt::format("the relay chain node {} gives no head of parachain {} in block {}: {}",
                        relay_chain_->url(), para_id_, at.number, head.error().message()),
            unknown ? "Compare --para-id with the relay chain, or wait until the parachain is registered."
                    : "The worker asks again; if this goes on, connect to another node (--relay).");
        co_return std::optional<NamedHead>{};
    }
    const auto& block = head.value().block.block;
    co_return std::optional{NamedHead{{block.number, block.hash}, at.hash, std::move(proof)}};
}

Task<Outcome<void>> ParachainBlocks::read_head() {
    std::function<Task<Reply<std::optional<NamedHead>>>()> call = [this] { return fetch_head(); };
    auto what = fmt::format("asking the relay chain for the head of parachain {}", para_id_);
    auto head =
        co_await until_answered<std::optional<NamedHead>>(std::move(call), std::move(what), relay_->url());
    if (!head.has_value()) {
        co_return head.error();
    }
    read_at_ = relay_finalized_.hash;
    head_ = std::move(head.value());
    co_return success();
}

Task<Outcome<RelayEvidence>> ParachainBlocks::next_relay_evidence() {
    for (;;) {
        auto header = co_await relay_->next();
        if (!header.has_value()) {
            co_return header.error();
        }
        if (!header.value() || relay_run_.size() == boundary::kFinalityHeadersMax) {
            relay_run_.clear();
            if (header.value()) {
                relay_->begin_again();
            }
            continue;
        }
        relay_run_.push_back(std::move(*header.value()));
        auto evidence = co_await relay_->evidence(relay_run_);
        if (!evidence.has_value()) {
            co_return evidence.error();
        }
        if (auto& found = evidence.value()) {
            const auto count =
                static_cast<std::ptrdiff_t>(found->number - relay_run_.front().header.number + 1);
            const auto end = relay_run_.begin() + count;
            RelayEvidence out{{std::make_move_iterator(relay_run_.begin()), std::make_move_iterator(end)},
                              std::move(found->justification)};
            relay_run_.erase(relay_run_.begin(), end);
            co_return out;
        }
    }
}

Task<Outcome<std::optional<RelayEvidence>>> ParachainBlocks::relay_evidence(std::uint32_t wanted) {
    if (strides_) {
        auto stretch = co_await relay_->stretch(relay_finalized_.number + 1, true);
        if (!stretch.has_value()) {
            co_return stretch.error();
        }
        if (auto& found = stretch.value()) {
            co_return std::optional{
                RelayEvidence{std::move(found->headers), std::move(found->justification)}};
        }
        strides_ = false;
    }
    const bool is_behind = !head_ || head_->block.number < wanted;
    if (is_behind && read_at_ != relay_finalized_.hash) {
        auto read = co_await read_head();
        if (!read.has_value()) {
            co_return read.error();
        }
    }
    if (head_ && head_->block.number >= wanted) {
        co_return std::optional<RelayEvidence>{};
    }
    auto evidence = co_await next_relay_evidence();
    if (!evidence.has_value()) {
        co_return evidence.error();
    }
    co_return std::optional{std::move(evidence.value())};
}

void ParachainBlocks::relay_moved(const boundary::FinalityReport& now) {
    if (now.relay) {
        relay_finalized_ = {now.relay->finalized.number, now.relay->finalized.hash};
        relay_->settle(relay_finalized_);
    }
}

void ParachainBlocks::relay_refused(const RelayEvidence& evidence) {
    relay_->refused(evidence.justification, evidence.headers.back().hash);
    strides_ = false;
    relay_run_.clear();
    relay_->begin_again();
}

Task<Outcome<BlockHeader>> ParachainBlocks::head() {
    return blocks_->header(head_->block.hash);
}

Task<Outcome<std::optional<FinalityEvidence>>> ParachainBlocks::evidence(std::span<const BlockHeader> run) {
    if (!head_ || head_->block.number < run.front().header.number ||
        head_->block.number > run.back().header.number) {
        co_return std::optional<FinalityEvidence>{};
    }
    FinalityEvidence out;
    out.number = head_->block.number;
    out.head.emplace();
    out.head->relay_block = head_->relay_block;
    out.head->proof = head_->proof;
    co_return std::optional{std::move(out)};
}

namespace {

Task<Reply<std::vector<Bytes>>> prove_genesis(registry_client::ChainClientPtr chain, Hash256 block) {
    std::vector<Bytes> keys{light_client::genesis_hash_key()};
    co_return co_await chain->read_proof(std::move(keys), block);
}

}  // namespace

Task<Outcome<FinalityStretch>> ParachainBlocks::whole_stretch(std::uint32_t first) {
    FinalityStretch out;
    auto wanted = head_->block.hash;
    do {
        auto header = co_await blocks_->header(wanted);
        if (!header.has_value()) {
            co_return header.error();
        }
        wanted = header.value().header.parent_hash;
        out.headers.push_back(std::move(header.value()));
    } while (out.headers.back().header.number > first && out.headers.size() < boundary::kParachainHeadersMax);
    std::ranges::reverse(out.headers);
    out.head.emplace();
    out.head->relay_block = head_->relay_block;
    out.head->proof = head_->proof;
    co_return out;
}

Task<Outcome<std::optional<FinalityStretch>>> ParachainBlocks::stretch(std::uint32_t first, bool whole) {
    if (whole) {
        auto all = co_await whole_stretch(first);
        if (!all.has_value()) {
            co_return all.error();
        }
        co_return std::optional{std::move(all.value())};
    }
    auto header = co_await head();
    if (!header.has_value()) {
        co_return header.error();
    }
    const auto block = header.value().hash;
    std::function<Task<Reply<std::vector<Bytes>>>()> call = [chain = chain_, block] {
        return prove_genesis(chain, block);
    };
    auto proof = co_await until_answered<std::vector<Bytes>>(
        std::move(call), "asking for a proof of the parachain's genesis block", blocks_->url());
    if (!proof.has_value()) {
        co_return proof.error();
    }
    FinalityStretch out;
    out.headers.push_back(std::move(header.value()));
    out.head.emplace();
    out.head->relay_block = head_->relay_block;
    out.head->proof = head_->proof;
    out.head->genesis_proof.emplace(std::move(proof.value()));
    co_return std::optional{std::move(out)};
}

}  // namespace redoubt::node
