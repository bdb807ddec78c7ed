#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <light-client/anchor.hpp>
#include <light-client/block_proof.hpp>
#include <node/chain_blocks.hpp>
#include <node/chain_retry.hpp>
#include <primitives/total_size.hpp>
#include <substrate/storage_key.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::node {

using registry_client::BlockHeader;
using registry_client::ChainError;
using rpc::Reply;
using rpc::RpcError;

namespace {

constexpr std::chrono::milliseconds kPauseMin{1'000};
constexpr std::chrono::milliseconds kPauseMax{30'000};
/// What goes wrong once may be chance: a node that is just about to know the block.
constexpr int kFailuresUntold = 2;
constexpr int kGenesisFailuresMax = 3;

}  // namespace

boundary::SetRuntime set_runtime_message(const registry_client::Runtime& runtime) {
    boundary::SetRuntime message;
    message.metadata = runtime.metadata_bytes;
    message.ss58_prefix = runtime.ss58_prefix;
    message.decimals = runtime.decimals;
    message.symbol = runtime.symbol;
    return message;
}

void ChainBlocks::settle(const registry_client::BlockReference& block) {
    settled_ = block;
    pause_ = std::chrono::milliseconds{0};
}

Task<Reply<bool>> ChainBlocks::is_behind() {
    if (!settled_) {
        co_return false;
    }
    BOOST_OUTCOME_CO_TRY(const auto head, co_await chain_->finalized_head());
    if (head.number >= settled_->number) {
        head_number_ = std::max(head_number_.value_or(0), head.number);
        co_return false;
    }
    const auto cause = fmt::format(
        "the finalized head of the chain node {} is block {}, below block {}, which is known to be final",
        chain_->url(), head.number, settled_->number);
    trouble_->stuck(
        head.number, "node_behind", cause,
        "Let the node synchronise, or connect to another node of the same chain (--chain). The "
        "worker goes on when the node has caught up. A development chain that was started anew is "
        "another run of it and needs a new data directory (--data-dir).");
    co_return true;
}

Task<void> ChainBlocks::tell(std::uint32_t block, rpc::Failure failure, int failures) {
    if (failures < kFailuresUntold) {
        co_return;
    }
    if (failure == ChainError::kNoSuchBlock) {
        const auto behind = co_await is_behind();
        if (behind.has_value() && behind.value()) {
            co_return;
        }
    }
    trouble_->unusable(block, failure, chain_->url());
}

FailureHook ChainBlocks::telling_of(std::uint32_t block) {
    return [this, block](rpc::Failure failure, int failures) {
        return tell(block, std::move(failure), failures);
    };
}

Task<void> ChainBlocks::back_off() {
    pause_ = std::clamp(pause_ * 2, kPauseMin, kPauseMax);
    co_await pause_for(pause_);
}

Task<Reply<void>> ChainBlocks::open_stream() {
    BOOST_OUTCOME_CO_TRY(const bool behind, co_await is_behind());
    if (behind) {
        co_return rpc::Failure{make_error_code(RpcError::kDeadline), "the node is still synchronising"};
    }
    auto heads = co_await chain_->finalized_heads(settled_);
    if (!heads.has_value()) {
        co_return heads.error();
    }
    heads_.emplace(std::move(heads.value()));
    co_return success();
}

Task<Outcome<std::optional<BlockHeader>>> ChainBlocks::next() {
    constexpr std::chrono::milliseconds kLookInterval{10'000};
    constexpr int kQuietLooks = 3;
    int silent_looks = 0;
    for (int failures = 1;; ++failures) {
        if (std::exchange(broke_, false)) {
            co_return std::optional<BlockHeader>{};
        }
        rpc::Failure failure;
        if (!heads_) {
            const auto opened = co_await open_stream();
            if (!opened.has_value()) {
                failure = opened.error();
            }
        }
        if (heads_) {
            auto header = co_await heads_->next(kLookInterval);
            if (header.has_value()) {
                if (header.value().header.number >= head_number_.value_or(0)) {
                    const auto head = co_await chain_->finalized_head();
                    head_number_ = head.has_value() ? head.value().number : header.value().header.number;
                }
                co_return std::optional{std::move(header.value())};
            }
            failure = header.error();
        }
        if (failure == RpcError::kDeadline) {
            if (!heads_) {
                log_chain_trouble("following finalized blocks", failure.describe());
                co_await pause_for(kPauseMin);
            } else if (const auto behind = co_await is_behind();
                       behind.has_value() && !behind.value() && ++silent_looks >= kQuietLooks) {
                log_chain_trouble("following finalized blocks", "no new finalized block for 30 seconds");
            }
            failures = 0;
            continue;
        }
        if (is_permanent(failure) && failure != ChainError::kFinalizedReorg) {
            co_return chain_problem(failure, chain_->url());
        }
        log_chain_trouble("following finalized blocks", failure.describe());
        co_await tell(next_number(), failure, failures);
        if (failure == ChainError::kFinalizedReorg && heads_) {
            // What was given since the settled block counts no more.
            heads_.reset();
            broke_ = true;
        }
        co_await back_off();
    }
}

Task<Outcome<BlockHeader>> ChainBlocks::header(Hash256 hash) {
    std::function<Task<Reply<BlockHeader>>()> call = [chain = chain_, hash] { return chain->header(hash); };
    return until_answered<BlockHeader>(std::move(call), "fetching a header", chain_->url(),
                                       telling_of(next_number()));
}

namespace {

Task<Reply<BlockHeader>> head_of(registry_client::ChainClientPtr chain) {
    const auto head = co_await chain->finalized_head();
    if (!head.has_value()) {
        co_return head.error();
    }
    co_return co_await chain->header(head.value().hash);
}

}  // namespace

Task<Outcome<BlockHeader>> ChainBlocks::head() {
    std::function<Task<Reply<BlockHeader>>()> call = [chain = chain_] { return head_of(chain); };
    return until_answered<BlockHeader>(std::move(call), "asking for the finalized head", chain_->url(),
                                       telling_of(next_number()));
}

Task<Outcome<std::optional<FinalityEvidence>>> ChainBlocks::evidence(std::span<const BlockHeader> run) {
    for (int failures = 1;; ++failures) {
        auto found = co_await evidence_.for_one_of(run);
        if (found.has_value()) {
            co_return std::move(found.value());
        }
        const auto& failure = found.error();
        if (is_permanent(failure)) {
            co_return chain_problem(failure, chain_->url());
        }
        log_chain_trouble("asking for evidence of finality", failure.describe());
        co_await tell(run.back().header.number, failure, failures);
        co_await back_off();
        if (failures >= kFailuresUntold) {
            // A header of the run may be one that the chain never had: it is fetched again.
            heads_.reset();
            broke_ = true;
            co_return std::optional<FinalityEvidence>{};
        }
    }
}

Task<Outcome<std::optional<FinalityStretch>>> ChainBlocks::stretch(std::uint32_t first, bool /*whole*/) {
    std::function<Task<Reply<std::optional<FinalityStretch>>>()> call = [this, first] {
        return evidence_.from(first);
    };
    return until_answered<std::optional<FinalityStretch>>(std::move(call), "asking for a proof of finality",
                                                          chain_->url(), telling_of(first));
}

Task<Reply<boundary::ImportBlock>> ChainBlocks::fetch(BlockHeader header) {
    boundary::ImportBlock out;
    out.header = header.bytes;
    auto block = co_await chain_->block(header.hash);
    if (!block.has_value()) {
        co_return block.error();
    }
    out.extrinsics = std::move(block.value().extrinsics);
    if (!proofs_) {
        auto events = co_await chain_->events_bytes(header.hash);
        if (!events.has_value()) {
            co_return events.error();
        }
        out.events = std::move(events.value());
        co_return out;
    }
    auto proof = co_await chain_->read_proof(light_client::block_proof_keys(), header.hash);
    if (!proof.has_value()) {
        co_return proof.error();
    }
    if (proof.value().size() > boundary::kProofNodesMax) {
        co_return rpc::Failure{make_error_code(ChainError::kBadAnswer), "a proof with too many nodes"};
    }
    out.state_proof = std::move(proof.value());
    co_return out;
}

Task<Outcome<boundary::ImportBlock>> ChainBlocks::parts(BlockHeader header) {
    auto what = fmt::format("fetching block {} (an old block may need a node that keeps all states)",
                            header.header.number);
    std::function<Task<Reply<boundary::ImportBlock>>()> call = [this, header] { return fetch(header); };
    return until_answered<boundary::ImportBlock>(std::move(call), std::move(what), chain_->url(),
                                                 telling_of(header.header.number));
}

namespace {

bool fits(const std::vector<Bytes>& proof) {
    return proof.size() <= boundary::kProofNodesMax && total_size(proof) <= boundary::kStateProofBytesMax;
}

Task<Reply<boundary::ChainState>> state_of(registry_client::ChainClientPtr chain,
                                           boundary::StateNeeded needed) {
    auto proof = co_await chain->read_proof(needed.keys, needed.block.hash);
    if (proof.has_value() && !fits(proof.value()) && needed.keys.size() > 1) {
        std::vector<Bytes> first{needed.keys.front()};
        proof = co_await chain->read_proof(std::move(first), needed.block.hash);
    }
    if (!proof.has_value()) {
        co_return proof.error();
    }
    if (!fits(proof.value())) {
        co_return rpc::Failure{make_error_code(ChainError::kBadAnswer), "a proof that is too large"};
    }
    boundary::ChainState out;
    out.block = needed.block;
    out.proof = std::move(proof.value());
    co_return out;
}

}  // namespace

Task<Reply<boundary::ClientState>> fetch_client_state(registry_client::ChainClientPtr chain,
                                                      boundary::StateNeeded needed) {
    auto header = co_await chain->header(needed.block.hash);
    if (!header.has_value()) {
        co_return header.error();
    }
    auto state = co_await state_of(chain, std::move(needed));
    if (!state.has_value()) {
        co_return state.error();
    }
    boundary::ClientState out;
    out.header = std::move(header.value().bytes);
    out.proof = std::move(state.value().proof);
    co_return out;
}

Task<Outcome<boundary::ChainState>> ChainBlocks::state(const boundary::StateNeeded& needed) {
    auto what =
        fmt::format("fetching {} values of the state of block {}", needed.keys.size(), needed.block.number);
    std::function<Task<Reply<boundary::ChainState>>()> call = [chain = chain_, needed] {
        return state_of(chain, needed);
    };
    return until_answered<boundary::ChainState>(std::move(call), std::move(what), chain_->url(),
                                                telling_of(needed.block.number));
}

namespace {

Task<Reply<boundary::SetRuntime>> runtime_of(registry_client::ChainClientPtr chain, BlockHeader header) {
    auto runtime = co_await chain->runtime_of_block(std::move(header));
    if (!runtime.has_value()) {
        co_return runtime.error();
    }
    co_return set_runtime_message(*runtime.value());
}

}  // namespace

Task<Outcome<boundary::SetRuntime>> ChainBlocks::runtime(BlockHeader header) {
    auto what = fmt::format("fetching the runtime of block {}", header.header.number);
    std::function<Task<Reply<boundary::SetRuntime>>()> call = [chain = chain_, header] {
        return runtime_of(chain, header);
    };
    return until_answered<boundary::SetRuntime>(std::move(call), std::move(what), chain_->url(),
                                                telling_of(header.header.number));
}

Task<Outcome<boundary::TrustAnchor>> genesis_anchor(registry_client::ChainClientPtr chain) {
    const auto genesis = chain->genesis_hash();
    const auto ask_header = [chain, genesis] { return chain->header(genesis); };
    auto header = co_await ask_header();
    for (int failures = 1; !header.has_value(); ++failures) {
        const auto& failure = header.error();
        if (is_permanent(failure)) {
            co_return chain_problem(failure, chain->url());
        }
        if (failures >= kGenesisFailuresMax && failure == ChainError::kNoSuchBlock) {
            co_return Problem{
                ExitCode::kChain,
                fmt::format("the chain node {} does not have the block that it calls genesis: {}",
                            chain->url(), failure.describe()),
                "Connect to another node of the chain (--chain)."};
        }
        log_chain_trouble("fetching the genesis header", failure.describe());
        co_await pause_for(kPauseMin);
        header = co_await ask_header();
    }
    auto proof = co_await chain->read_proof(light_client::anchor_keys(), genesis);
    while (!proof.has_value() && !proof.error().remote) {
        log_chain_trouble("asking for a proof of the genesis state", proof.error().describe());
        co_await pause_for(std::chrono::seconds{2});
        proof = co_await chain->read_proof(light_client::anchor_keys(), genesis);
    }
    if (!proof.has_value()) {
        co_return Problem{
            ExitCode::kChain,
            fmt::format("the chain node {} cannot prove the authorities of the genesis block: {}",
                        chain->url(), proof.error().describe()),
            "Give a checkpoint (redoubt chain checkpoint, --checkpoint FILE), or use a node that keeps all "
            "states. A development chain without proofs needs --dev --unverified-finality: the enclave then "
            "believes the node."};
    }
    boundary::TrustAnchor anchor;
    anchor.header = header.value().bytes;
    anchor.state_proof = std::move(proof.value());
    co_return anchor;
}

}  // namespace redoubt::node
