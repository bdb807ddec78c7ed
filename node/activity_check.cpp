#include <node/activity_check.hpp>

#include <light-client/shard_activity.hpp>

#include <optional>

namespace redoubt::node {

using registry_client::BlockReference;

Task<Outcome<Result<boundary::ActivityChecked>>> ActivityCheck::show(BlockReference finalized,
                                                                     bool catch_up) {
    std::optional<boundary::BlockId> block_needed;
    for (;;) {
        auto message = co_await activity(finalized, block_needed);
        if (!message.has_value()) {
            co_return message.error();
        }
        message.value().catch_up = catch_up;
        boundary::ToEnclave sent = std::move(message.value());
        Result<boundary::ActivityChecked> checked =
            co_await ask<boundary::ActivityChecked>(enclave_, std::move(sent));
        if (!checked.has_value() || !checked.value().block_needed) {
            co_return checked;
        }
        block_needed = checked.value().block_needed;
        auto runtime = co_await set_runtime_of(block_needed->hash);
        if (!runtime.has_value()) {
            co_return runtime.error();
        }
        if (!runtime.value().has_value()) {
            Result<boundary::ActivityChecked> refused = runtime.value().error();
            co_return refused;
        }
    }
}

Task<Outcome<Result<boundary::RuntimeSet>>> ActivityCheck::set_runtime_of(Hash256 block) {
    auto header = co_await blocks_->header(block);
    if (!header.has_value()) {
        co_return header.error();
    }
    auto runtime = co_await blocks_->runtime(std::move(header.value()));
    if (!runtime.has_value()) {
        co_return runtime.error();
    }
    boundary::ToEnclave message = std::move(runtime.value());
    Result<boundary::RuntimeSet> set = co_await ask<boundary::RuntimeSet>(enclave_, std::move(message));
    co_return set;
}

Task<Outcome<boundary::CheckActivity>> ActivityCheck::activity(BlockReference finalized,
                                                               std::optional<boundary::BlockId> block) {
    boundary::CheckActivity message;
    auto header = co_await blocks_->header(finalized.hash);
    if (!header.has_value()) {
        co_return header.error();
    }
    message.header = std::move(header.value().bytes);
    boundary::StateNeeded wanted;
    wanted.block = boundary::BlockId{finalized.number, finalized.hash};
    wanted.keys.push_back(light_client::shard_status_key(shard_));
    auto state = co_await blocks_->state(wanted);
    if (!state.has_value()) {
        co_return state.error();
    }
    message.proof = std::move(state.value().proof);
    if (block) {
        auto active = co_await blocks_->header(block->hash);
        if (!active.has_value()) {
            co_return active.error();
        }
        auto parts = co_await blocks_->parts(std::move(active.value()));
        if (!parts.has_value()) {
            co_return parts.error();
        }
        message.block = std::move(parts.value());
    }
    co_return message;
}

}  // namespace redoubt::node
