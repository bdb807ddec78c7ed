#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/block_importer.hpp>
#include <node/blocking.hpp>
#include <node/durable_store.hpp>
#include <node/enclave_start.hpp>
#include <node/log.hpp>
#include <node/page_reader.hpp>
#include <node/signal.hpp>
#include <primitives/total_size.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace redoubt::node {

using boundary::Refusal;
using registry_client::BlockHeader;
using registry_client::BlockReference;

namespace {

ImportEnd end_of(std::error_code error, std::uint32_t number) {
    if (error == ChannelError::kTooLarge) {
        return ImportEnd{false,
                         Problem{ExitCode::kChain, fmt::format("block {}: {}", number, error.message()),
                                 "Connect to a chain whose blocks are smaller."}};
    }
    if (!is_refusal(error)) {
        return ImportEnd{true, Problem{ExitCode::kEnclave, error.message(), {}}};
    }
    auto problem = problem_of_refusal(error);
    problem.cause = fmt::format("block {}: {}", number, problem.cause);
    return ImportEnd{false, std::move(problem)};
}

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

BlockReference reference_of(const boundary::BlockId& block) {
    return {block.number, block.hash};
}

/// Evidence as the enclave takes it: all headers, or the last one alone when they are too many for a message.
/// The enclave takes that only where it needs none of the others.
boundary::ToEnclave finality_message(std::span<const BlockHeader> headers,
                                     std::optional<Bytes> justification) {
    if (headers.size() > boundary::kFinalityHeadersMax && justification) {
        // One fragment of a finished warp sync: SCALE of [(header, justification)] and true.
        Bytes warp_sync{4};
        append(warp_sync, headers.back().bytes);
        append(warp_sync, *justification);
        warp_sync.push_back(1);
        return boundary::FinalityHop{std::move(warp_sync)};
    }
    boundary::Finality finality;
    for (const auto& header : headers) {
        finality.headers.push_back(header.bytes);
    }
    finality.justification = std::move(justification);
    return finality;
}

Problem no_evidence(const std::string& url) {
    return {
        ExitCode::kChain,
        fmt::format(
            "the chain node {} gives no evidence of finality: no justification with its finalized block, "
            "and no grandpa_proveFinality",
            url),
        "Connect to a node of a chain with GRANDPA that offers grandpa_proveFinality. On a development chain "
        "without evidence, start with --dev --unverified-finality: the enclave then believes the node."};
}

}  // namespace

Task<ImportEnd> BlockImporter::run() {
    if (!finalized_) {
        co_return co_await import_unverified();
    }
    if (!shard_) {
        hooks_.on_checked();
    }
    Headers final;
    if (last_ && last_->number < finalized_->number) {
        auto end = co_await close_gap(final);
        if (end) {
            co_return std::move(*end);
        }
    }
    auto end = co_await reach_head(final);
    if (end) {
        co_return std::move(*end);
    }
    if (shard_ && last_ && !checked_) {
        end = co_await check_activity(final);
        if (end) {
            co_return std::move(*end);
        }
    }
    for (auto& header : final) {
        end = co_await import(std::move(header));
        if (end) {
            co_return std::move(*end);
        }
    }
    co_return co_await follow();
}

Task<void> BlockImporter::back_off() {
    constexpr std::chrono::milliseconds kPauseMin{1'000};
    constexpr std::chrono::milliseconds kPauseMax{30'000};
    pause_ = std::clamp(pause_ * 2, kPauseMin, kPauseMax);
    hooks_.on_idle();
    co_await pause_for(pause_);
}

Task<Result<boundary::FinalityMoved>> BlockImporter::give_finality(std::span<const BlockHeader> headers,
                                                                   std::optional<Bytes> justification) {
    auto message = finality_message(headers, std::move(justification));
    auto moved = co_await ask<boundary::FinalityMoved>(enclave_, std::move(message));
    if (moved.has_value()) {
        finalized_ = reference_of(moved.value().now.finalized);
        blocks_->settle(*finalized_);
    }
    co_return moved;
}

Task<Result<boundary::FinalityMoved>> BlockImporter::give_head(std::span<const BlockHeader> headers,
                                                               boundary::ParachainHead head) {
    for (const auto& header : headers.first(headers.size() - 1)) {
        head.headers.push_back(header.bytes);
    }
    boundary::ToEnclave message = std::move(head);
    auto moved = co_await ask<boundary::FinalityMoved>(enclave_, std::move(message));
    if (moved.has_value()) {
        finalized_ = reference_of(moved.value().now.finalized);
        blocks_->settle(*finalized_);
    }
    co_return moved;
}

Task<BlockImporter::End> BlockImporter::follow_relay(std::uint32_t wanted) {
    for (;;) {
        auto evidence = co_await blocks_->relay_evidence(wanted);
        if (!evidence.has_value()) {
            co_return ImportEnd{false, evidence.error()};
        }
        if (!evidence.value()) {
            co_return std::nullopt;
        }
        auto& found = *evidence.value();
        auto message = finality_message(found.headers, found.justification);
        const auto moved = co_await ask<boundary::FinalityMoved>(enclave_, std::move(message));
        if (moved.has_value()) {
            blocks_->relay_moved(moved.value().now);
            pause_ = std::chrono::milliseconds{0};
            continue;
        }
        const auto number = found.headers.back().header.number;
        if (!is_about_the_chain(moved.error())) {
            co_return end_of(moved.error(), number);
        }
        trouble_->refused(number, moved.error(), blocks_->url());
        blocks_->relay_refused(found);
        co_await back_off();
    }
}

Task<ImportEnd> BlockImporter::import_unverified() {
    hooks_.on_checked();
    if (last_) {
        blocks_->settle(*last_);
    }
    for (;;) {
        auto header = co_await blocks_->next();
        if (!header.has_value()) {
            co_return ImportEnd{false, header.error()};
        }
        if (!header.value()) {
            continue;
        }
        auto end = co_await import(std::move(*header.value()));
        if (end) {
            co_return std::move(*end);
        }
        blocks_->settle(*last_);
    }
}

Task<BlockImporter::End> BlockImporter::close_gap(Headers& final) {
    const auto target = *finalized_;
    blocks_->settle(*last_);
    Headers run;
    for (;;) {
        auto header = co_await blocks_->next();
        if (!header.has_value()) {
            co_return ImportEnd{false, header.error()};
        }
        if (!header.value()) {
            run.clear();
            continue;
        }
        run.push_back(std::move(*header.value()));
        if (run.back().header.number < target.number) {
            continue;
        }
        const auto moved = co_await give_finality(run, std::nullopt);
        if (moved.has_value()) {
            break;
        }
        if (!is_about_the_chain(moved.error())) {
            co_return end_of(moved.error(), target.number);
        }
        trouble_->refused(target.number, moved.error(), blocks_->url());
        run.clear();
        blocks_->begin_again();
        co_await back_off();
    }
    final = std::move(run);
    co_return std::nullopt;
}

Task<BlockImporter::End> BlockImporter::reach_head(Headers& final) {
    is_at_head_ = false;
    // The newest head that the relay chain names; a new shard waits for the first one.
    auto ended = co_await follow_relay(finalized_->number + (last_ ? 0 : 1));
    if (ended) {
        co_return ended;
    }
    for (;;) {
        auto head = co_await blocks_->head();
        if (!head.has_value()) {
            co_return ImportEnd{false, head.error()};
        }
        if (last_ && head.value().header.number < finalized_->number) {
            // The stream tells that the node is behind, and waits for it.
            blocks_->settle(*finalized_);
            const auto next = co_await blocks_->next();
            if (!next.has_value()) {
                co_return ImportEnd{false, next.error()};
            }
            blocks_->begin_again();
            continue;
        }
        if (finalized_->number >= head.value().header.number) {
            is_at_head_ = true;
            break;
        }
        auto stretch = co_await blocks_->stretch(finalized_->number + 1, last_.has_value());
        if (!stretch.has_value()) {
            co_return ImportEnd{false, stretch.error()};
        }
        if (!stretch.value()) {
            co_return std::nullopt;
        }
        auto& headers = stretch.value()->headers;
        const auto& justification = stretch.value()->justification;
        const auto number = headers.back().header.number;
        if (last_ && final.size() + headers.size() > boundary::kBlocksWaitingMax) {
            co_return std::nullopt;  // as much as can wait: check_activity() has it imported and comes again
        }
        Result<boundary::FinalityMoved> moved = Refusal::kMalformed;
        if (stretch.value()->head) {
            auto named = *stretch.value()->head;
            moved = co_await give_head(headers, std::move(named));
        } else {
            moved = co_await give_finality(headers, justification);
        }
        if (!moved.has_value()) {
            if (!is_about_the_chain(moved.error())) {
                co_return end_of(moved.error(), number);
            }
            trouble_->refused(number, moved.error(), blocks_->url());
            blocks_->refused(justification, headers.back().hash);
            co_await back_off();
            co_return std::nullopt;
        }
        spdlog::info("final up to block {}, authority set {}", finalized_->number, moved.value().now.set_id);
        if (last_) {
            std::ranges::move(headers, std::back_inserter(final));
        }
    }
    if (last_) {
        co_return std::nullopt;
    }
    auto header = co_await blocks_->header(finalized_->hash);
    if (!header.has_value()) {
        co_return ImportEnd{false, header.error()};
    }
    co_return co_await import_first(std::move(header.value()));
}

Task<BlockImporter::End> BlockImporter::import_first(BlockHeader header) {
    if (shard_ && !checked_) {
        Headers none;
        auto end = co_await check_activity(none);
        if (end) {
            co_return end;
        }
    }
    co_return co_await import(std::move(header));
}

Task<BlockImporter::End> BlockImporter::check_activity(Headers& final) {
    for (;;) {
        std::optional<std::uint32_t> catching_up_to;
        auto end = co_await ask_activity(catching_up_to);
        if (end) {
            co_return end;
        }
        if (!catching_up_to && (is_at_head_ || final.empty())) {
            break;
        }
        if (catching_up_to) {
            spdlog::info(
                "the backup is of block {}, and this worker has signed since: it signs and answers nothing "
                "before it has caught up with block {}",
                last_->number, *catching_up_to);
            announce("catching_up", {{"from", last_->number}, {"to", *catching_up_to}});
        }
        // What it may have signed can stand above as many blocks as can wait.
        Headers missed = std::exchange(final, {});
        for (auto& header : missed) {
            end = co_await import(std::move(header));
            if (end) {
                co_return end;
            }
        }
        end = co_await reach_head(final);
        if (end) {
            co_return end;
        }
    }
    checked_ = true;
    hooks_.on_checked();
    if (!is_at_head_) {
        co_return std::nullopt;
    }
    auto forget = [journal = journal_] { return journal->forget_restored(); };
    const auto forgotten = co_await run_blocking(*pool_, std::move(forget));
    if (forgotten.has_error() && !journal_->fault()) {
        co_return ImportEnd{false, forgotten.error()};
    }
    co_return std::nullopt;
}

Task<BlockImporter::End> BlockImporter::ask_activity(std::optional<std::uint32_t>& catching_up_to) {
    ActivityCheck check{enclave_, blocks_, *shard_};
    for (bool catch_up = false;;) {
        auto answer = co_await check.show(*finalized_, catch_up);
        if (!answer.has_value()) {
            co_return ImportEnd{false, answer.error()};
        }
        const auto& checked = answer.value();
        if (checked.has_value()) {
            catching_up_to = checked.value().catching_up_to;
            co_return std::nullopt;
        }
        if (checked.error() == Refusal::kRolledBack && !catch_up) {
            auto look = [journal = journal_] { return journal->is_restored(); };
            const auto restored = co_await run_blocking(*pool_, std::move(look));
            if (!restored.has_value()) {
                co_return ImportEnd{false, restored.error()};
            }
            if (restored.value()) {
                catch_up = true;
                continue;
            }
        }
        if (!is_about_the_chain(checked.error())) {
            co_return end_of(checked.error(), finalized_->number);
        }
        trouble_->refused(finalized_->number, checked.error(), blocks_->url());
        co_await back_off();
    }
}

Task<ImportEnd> BlockImporter::follow() {
    blocks_->settle(*finalized_);
    blocks_->begin_again();
    Headers run;
    for (;;) {
        auto header = co_await blocks_->next();
        if (!header.has_value()) {
            co_return ImportEnd{false, header.error()};
        }
        if (!header.value()) {
            run.clear();
            continue;
        }
        if (run.size() == blocks_->run_max()) {
            trouble_->stuck(
                run.back().header.number, "justification_missing",
                fmt::format("the chain node {} has given no usable evidence for {} finalized blocks",
                            blocks_->url(), run.size()),
                "Connect to another node of the same chain (--chain).");
            run.clear();
            blocks_->begin_again();
            co_await back_off();
            continue;
        }
        run.push_back(std::move(*header.value()));
        auto ended = co_await follow_relay(run.front().header.number);
        if (ended) {
            co_return std::move(*ended);
        }
        auto evidence = co_await blocks_->evidence(run);
        if (!evidence.has_value()) {
            co_return ImportEnd{false, evidence.error()};
        }
        if (!evidence.value()) {
            if (!last_ && !blocks_->offers_evidence()) {
                co_return ImportEnd{false, no_evidence(blocks_->url())};
            }
            if (!blocks_->offers_evidence()) {
                const auto problem = no_evidence(blocks_->url());
                trouble_->stuck(run.back().header.number, "evidence_missing", problem.cause, problem.remedy);
            }
            continue;
        }
        auto end = co_await advance(run, std::move(*evidence.value()));
        if (end) {
            co_return std::move(*end);
        }
    }
}

Task<BlockImporter::End> BlockImporter::advance(Headers& run, FinalityEvidence evidence) {
    const auto count = static_cast<std::ptrdiff_t>(evidence.number - run.front().header.number + 1);
    const std::span<const BlockHeader> proven{run.data(), static_cast<std::size_t>(count)};
    Result<boundary::FinalityMoved> moved = Refusal::kMalformed;
    if (evidence.head) {
        auto named = std::move(*evidence.head);
        moved = co_await give_head(proven, std::move(named));
    } else {
        auto justification = evidence.justification;
        moved = co_await give_finality(proven, std::move(justification));
    }
    if (!moved.has_value()) {
        if (!is_about_the_chain(moved.error())) {
            co_return end_of(moved.error(), evidence.number);
        }
        trouble_->refused(evidence.number, moved.error(), blocks_->url());
        blocks_->refused(evidence.justification, proven.back().hash);
        // Which of the two is wrong, the evidence or a header that the chain never had, is not known.
        run.clear();
        blocks_->begin_again();
        co_await back_off();
        co_return std::nullopt;
    }
    Headers final{std::make_move_iterator(run.begin()), std::make_move_iterator(run.begin() + count)};
    run.erase(run.begin(), run.begin() + count);
    if (!last_) {
        // The shard begins with the newest final block.
        const auto head = co_await blocks_->head();
        if (!head.has_value()) {
            co_return ImportEnd{false, head.error()};
        }
        if (finalized_->number < head.value().header.number) {
            co_return std::nullopt;
        }
        co_return co_await import_first(std::move(final.back()));
    }
    for (auto& header : final) {
        auto end = co_await import(std::move(header));
        if (end) {
            co_return end;
        }
    }
    co_return std::nullopt;
}

Task<Outcome<Result<boundary::Commit>>> BlockImporter::execute(boundary::ToEnclave message) {
    for (;;) {
        auto reply = co_await enclave_->request(std::move(message));
        const auto* needed = reply.has_value() ? std::get_if<boundary::StateNeeded>(&reply.value()) : nullptr;
        if (needed == nullptr) {
            Result<boundary::Commit> commit = reply_as<boundary::Commit>(std::move(reply));
            co_return commit;
        }
        // Nothing of the block counts yet: a stop need not wait for the node.
        busy_ = false;
        hooks_.on_idle();
        auto state = co_await blocks_->state(*needed);
        busy_ = true;
        if (!state.has_value()) {
            co_return state.error();
        }
        message = std::move(state.value());
    }
}

Task<void> BlockImporter::rest() {
    // Nothing of the block counts yet: a stop need not wait for the disk.
    busy_ = false;
    co_await back_off();
    busy_ = true;
}

Task<BlockImporter::End> BlockImporter::import(BlockHeader header) {
    for (;;) {
        bool believed = true;
        auto end = co_await try_import(header, believed);
        if (end || believed) {
            co_return end;
        }
        co_await back_off();
    }
}

Task<BlockImporter::End> BlockImporter::try_import(BlockHeader header, bool& believed) {
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
    pause_ = std::chrono::milliseconds{0};
    trouble_->over(number);
    hooks_.on_committed(committed.value(), pages);
    co_return std::nullopt;
}

}  // namespace redoubt::node
