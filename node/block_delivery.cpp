#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/block_delivery.hpp>
#include <node/blocking.hpp>
#include <node/durable_store.hpp>
#include <node/enclave_start.hpp>
#include <node/page_reader.hpp>
#include <primitives/total_size.hpp>

#include <chrono>
#include <utility>

namespace redoubt::node {

using boundary::Refusal;
using registry_client::BlockHeader;

namespace {

/// Keeps a flag set while it lives.
class Busy {
  public:
    explicit Busy(bool& flag) : flag_(flag) { flag_ = true; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() { flag_ = false; }

  private:
    bool& flag_;
};

/// What a block is for the log, for example "block 7 with 2 extrinsics of 310 bytes".
std::string describe_block(const boundary::ImportBlock& block, std::uint32_t number) {
    return fmt::format("block {} with {} extrinsics of {} bytes", number, block.extrinsics.size(),
                       total_size(block.extrinsics));
}

/// Executing a block that takes longer than this is told.
constexpr std::chrono::seconds kSlowBlock{10};

}  // namespace

Task<Outcome<Result<boundary::Commit>>> BlockDelivery::execute(boundary::ToEnclave message) {
    for (;;) {
        auto reply = co_await enclave_->request(std::move(message));
        const auto* needed = reply.has_value() ? std::get_if<boundary::StateNeeded>(&reply.value()) : nullptr;
        if (needed == nullptr) {
            Result<boundary::Commit> commit = reply_as<boundary::Commit>(std::move(reply));
            co_return commit;
        }
        // Nothing of the block counts yet: a stop need not wait for the node.
        busy_ = false;
        on_idle_();
        auto state = co_await blocks_->state(*needed);
        busy_ = true;
        if (!state.has_value()) {
            co_return state.error();
        }
        message = std::move(state.value());
    }
}

Task<void> BlockDelivery::rest() {
    // Nothing of the block counts yet: a stop need not wait for the disk.
    busy_ = false;
    co_await pauses_.wait();
    busy_ = true;
}

Task<BlockDelivery::End> BlockDelivery::deliver(BlockHeader header) {
    for (;;) {
        bool believed = true;
        auto end = co_await attempt(header, believed);
        if (end || believed) {
            co_return end;
        }
        co_await pauses_.wait();
    }
}

Task<BlockDelivery::End> BlockDelivery::attempt(BlockHeader header, bool& believed) {
    const auto number = header.header.number;
    auto parts = co_await blocks_->parts(header);
    if (!parts.has_value()) {
        co_return ImportEnd{false, parts.error()};
    }
    const Busy busy{busy_};
    /// What a refusal means: to ask again, or the end.
    const auto judge = [&](const std::error_code& error) -> End {
        if (!is_about_the_chain(error)) {
            return end_of(error, number);
        }
        believed = false;
        trouble_->refused(number, error, blocks_->url());
        return std::nullopt;
    };
    const auto began = std::chrono::steady_clock::now();
    bool runtime_given = false;
    Result<boundary::Commit> commit = Refusal::kRuntimeMissing;
    for (;;) {
        parts.value().host_time_ms = host_time_ms();
        boundary::ToEnclave message = parts.value();
        auto executed = co_await execute(std::move(message));
        if (!executed.has_value()) {
            co_return ImportEnd{false, executed.error()};
        }
        commit = std::move(executed.value());
        const bool wants_runtime = !commit.has_value() && (commit.error() == Refusal::kRuntimeMissing ||
                                                           commit.error() == Refusal::kRuntimeOutdated);
        if (!wants_runtime || runtime_given) {
            break;
        }
        runtime_given = true;
        auto runtime = co_await blocks_->runtime(header);
        if (!runtime.has_value()) {
            co_return ImportEnd{false, runtime.error()};
        }
        boundary::ToEnclave set = std::move(runtime.value());
        const auto accepted = co_await ask<boundary::RuntimeSet>(enclave_, std::move(set));
        if (!accepted.has_value()) {
            co_return judge(accepted.error());
        }
        spdlog::info("runtime {} from block {} on", accepted.value().spec_version, number);
    }
    const auto taken = std::chrono::steady_clock::now() - began;
    if (taken > kSlowBlock) {
        spdlog::warn("{} has taken {} s so far", describe_block(parts.value(), number),
                     std::chrono::duration_cast<std::chrono::seconds>(taken).count());
    }
    if (!commit.has_value()) {
        auto end = judge(commit.error());
        if (commit.error() == ChannelError::kDeadline) {
            end->problem.cause = fmt::format("{} (--enclave-timeout): {}", commit.error().message(),
                                             describe_block(parts.value(), number));
            end->timed_out_at = number;
        }
        co_return end;
    }

    JournalRecord record;
    record.sequence = commit.value().sequence;
    record.is_base = commit.value().is_base;
    record.sealed = std::move(commit.value().sealed);
    record.pages_removed = std::move(commit.value().pages_removed);
    record.pages_written = std::move(commit.value().pages_written);
    const auto sequence = record.sequence;
    const auto pages = record.is_base ? std::optional{record.pages_written.size()} : std::nullopt;
    DurableStore store{journal_, pool_, storage_, [this] { return rest(); }};
    auto stored = co_await store.append(std::move(record), number);
    if (!stored.has_value()) {
        co_return ImportEnd{false, stored.error()};
    }
    boundary::ToEnclave persisted = boundary::CommitPersisted{sequence};
    const auto committed = co_await ask<boundary::Committed>(enclave_, std::move(persisted));
    if (!committed.has_value()) {
        co_return end_of(committed.error(), number);
    }
    co_await settle_journal(journal_, pool_);
    last_ = header.reference();
    pauses_.reset();
    trouble_->over(number);
    on_committed_(committed.value(), pages);
    co_return std::nullopt;
}

}  // namespace redoubt::node
