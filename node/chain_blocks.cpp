#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/chain_blocks.hpp>
#include <node/chain_retry.hpp>
#include <substrate/storage_key.hpp>

namespace redoubt::node {

using registry_client::BlockHeader;
using rpc::Reply;
using rpc::RpcError;

boundary::SetRuntime set_runtime_message(const registry_client::Runtime& runtime) {
    boundary::SetRuntime message;
    message.metadata = runtime.metadata_bytes;
    message.ss58_prefix = runtime.ss58_prefix;
    message.decimals = runtime.decimals;
    message.symbol = runtime.symbol;
    return message;
}

Task<Reply<void>> ChainBlocks::open_stream() {
    if (last_) {
        const auto head = co_await chain_->finalized_head();
        if (!head.has_value()) {
            co_return head.error();
        }
        if (head.value().number < last_->number) {
            co_return rpc::Failure{
                make_error_code(RpcError::kDeadline),
                fmt::format(
                    "the node's finalized head is {}, the last imported block {}: it is still synchronising",
                    head.value().number, last_->number)};
        }
    }
    auto heads = co_await chain_->finalized_heads(last_);
    if (!heads.has_value()) {
        co_return heads.error();
    }
    heads_.emplace(std::move(heads.value()));
    co_return success();
}

Task<Outcome<BlockHeader>> ChainBlocks::next() {
    constexpr std::chrono::milliseconds kLookInterval{30'000};
    constexpr std::chrono::milliseconds kPause{1'000};
    for (;;) {
        if (!heads_) {
            const auto opened = co_await open_stream();
            if (!opened.has_value()) {
                if (is_permanent(opened.error())) {
                    co_return chain_problem(opened.error(), chain_->url());
                }
                log_chain_trouble("following finalized blocks", opened.error().describe());
                co_await pause_for(kPause);
                continue;
            }
        }
        auto header = co_await heads_->next(kLookInterval);
        if (header.has_value()) {
            last_ = header.value().reference();
            if (last_->number >= head_number_) {
                const auto head = co_await chain_->finalized_head();
                head_number_ = head.has_value() ? head.value().number : last_->number;
            }
            co_return std::move(header.value());
        }
        if (is_permanent(header.error())) {
            co_return chain_problem(header.error(), chain_->url());
        }
        if (header.error() == RpcError::kDeadline) {
            log_chain_trouble("following finalized blocks", "no new finalized block for 30 seconds");
            continue;
        }
        log_chain_trouble("following finalized blocks", header.error().describe());
        co_await pause_for(kPause);
    }
}

Task<Reply<boundary::ImportBlock>> ChainBlocks::fetch(BlockHeader header) {
    boundary::ImportBlock out;
    out.header = header.bytes;
    auto block = co_await chain_->block(header.hash);
    if (!block.has_value()) {
        co_return block.error();
    }
    out.extrinsics = std::move(block.value().extrinsics);
    out.justification = std::move(block.value().grandpa_justification);
    auto events = co_await chain_->events_bytes(header.hash);
    if (!events.has_value()) {
        co_return events.error();
    }
    out.events = std::move(events.value());
    if (proofs_offered_) {
        std::vector<Bytes> keys{substrate::storage_prefix("System", "Events")};
        auto proof = co_await chain_->read_proof(std::move(keys), header.hash);
        constexpr std::int64_t kMethodNotFound = -32601;
        if (proof.has_value() && proof.value().size() <= boundary::kEventProofNodesMax) {
            out.event_proof = std::move(proof.value());
        } else if (!proof.has_value() && proof.error().remote &&
                   proof.error().remote->code == kMethodNotFound) {
            proofs_offered_ = false;
            spdlog::info("the node offers no read proofs (state_getReadProof)");
        } else if (!proof.has_value() && !proof.error().remote) {
            co_return proof.error();
        }
    }
    co_return out;
}

Task<Outcome<boundary::ImportBlock>> ChainBlocks::parts(BlockHeader header) {
    auto what = fmt::format("fetching block {} (an old block may need a node that keeps all states)",
                            header.header.number);
    std::function<Task<Reply<boundary::ImportBlock>>()> call = [this, header] { return fetch(header); };
    return until_answered<boundary::ImportBlock>(std::move(call), std::move(what), chain_->url());
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
    return until_answered<boundary::SetRuntime>(std::move(call), std::move(what), chain_->url());
}

}  // namespace redoubt::node
