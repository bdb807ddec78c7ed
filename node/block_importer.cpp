#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/block_importer.hpp>
#include <node/blocking.hpp>
#include <node/log.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace redoubt::node {

using boundary::Refusal;
using registry_client::BlockHeader;
using registry_client::BlockReference;

namespace {

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

/// Evidence of the last of `headers`, as the enclave takes it.
/// @param head  of a parachain's block, which the relay chain names
boundary::ToEnclave evidence_message(std::span<const BlockHeader> headers,
                                     const std::optional<Bytes>& justification,
                                     const std::optional<boundary::ParachainHead>& head) {
    if (!head) {
        return finality_message(headers, justification);
    }
    auto named = *head;
    for (const auto& header : headers.first(headers.size() - 1)) {
        named.headers.push_back(header.bytes);
    }
    return named;
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
    if (has_begun() && delivery_.last()->number < finalized_->number) {
        auto end = co_await close_gap(final);
        if (end) {
            co_return std::move(*end);
        }
    }
    auto end = co_await reach_head(final);
    if (end) {
        co_return std::move(*end);
    }
    if (shard_ && has_begun() && !checked_) {
        end = co_await check_activity(final);
        if (end) {
            co_return std::move(*end);
        }
    }
    end = co_await deliver(final);
    if (end) {
        co_return std::move(*end);
    }
    co_return co_await follow();
}

Task<BlockImporter::End> BlockImporter::deliver(Headers& headers) {
    for (auto& header : headers) {
        auto end = co_await delivery_.deliver(std::move(header));
        if (end) {
            co_return end;
        }
    }
    headers.clear();
    co_return std::nullopt;
}

Task<Result<boundary::FinalityMoved>> BlockImporter::move_finality(boundary::ToEnclave message) {
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
            pauses_.reset();
            continue;
        }
        const auto number = found.headers.back().header.number;
        if (!is_about_the_chain(moved.error())) {
            co_return end_of(moved.error(), number);
        }
        trouble_->refused(number, moved.error(), blocks_->url());
        blocks_->relay_refused(found);
        co_await pauses_.wait();
    }
}

Task<ImportEnd> BlockImporter::import_unverified() {
    hooks_.on_checked();
    if (has_begun()) {
        blocks_->settle(*delivery_.last());
    }
    for (;;) {
        auto header = co_await blocks_->next();
        if (!header.has_value()) {
            co_return ImportEnd{false, header.error()};
        }
        if (!header.value()) {
            continue;
        }
        auto end = co_await delivery_.deliver(std::move(*header.value()));
        if (end) {
            co_return std::move(*end);
        }
        blocks_->settle(*delivery_.last());
    }
}

Task<BlockImporter::End> BlockImporter::close_gap(Headers& final) {
    const auto target = *finalized_;
    blocks_->settle(*delivery_.last());
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
        auto message = finality_message(run, std::nullopt);
        const auto moved = co_await move_finality(std::move(message));
        if (moved.has_value()) {
            break;
        }
        if (!is_about_the_chain(moved.error())) {
            co_return end_of(moved.error(), target.number);
        }
        trouble_->refused(target.number, moved.error(), blocks_->url());
        run.clear();
        blocks_->begin_again();
        co_await pauses_.wait();
    }
    final = std::move(run);
    co_return std::nullopt;
}

Task<BlockImporter::End> BlockImporter::reach_head(Headers& final) {
    is_at_head_ = false;
    // The newest head that the relay chain names; a new shard waits for the first one.
    auto ended = co_await follow_relay(finalized_->number + (has_begun() ? 0 : 1));
    if (ended) {
        co_return ended;
    }
    for (;;) {
        auto head = co_await blocks_->head();
        if (!head.has_value()) {
            co_return ImportEnd{false, head.error()};
        }
        if (has_begun() && head.value().header.number < finalized_->number) {
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
        auto stretch = co_await blocks_->stretch(finalized_->number + 1, has_begun());
        if (!stretch.has_value()) {
            co_return ImportEnd{false, stretch.error()};
        }
        if (!stretch.value()) {
            co_return std::nullopt;
        }
        auto& headers = stretch.value()->headers;
        const auto& justification = stretch.value()->justification;
        const auto number = headers.back().header.number;
        if (has_begun() && final.size() + headers.size() > boundary::kBlocksWaitingMax) {
            co_return std::nullopt;  // as much as can wait: check_activity() has it imported and comes again
        }
        auto message = evidence_message(headers, justification, stretch.value()->head);
        const auto moved = co_await move_finality(std::move(message));
        if (!moved.has_value()) {
            if (!is_about_the_chain(moved.error())) {
                co_return end_of(moved.error(), number);
            }
            trouble_->refused(number, moved.error(), blocks_->url());
            blocks_->refused(justification, headers.back().hash);
            co_await pauses_.wait();
            co_return std::nullopt;
        }
        spdlog::info("final up to block {}, authority set {}", finalized_->number, moved.value().now.set_id);
        if (has_begun()) {
            std::ranges::move(headers, std::back_inserter(final));
        }
    }
    if (has_begun()) {
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
    co_return co_await delivery_.deliver(std::move(header));
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
                delivery_.last()->number, *catching_up_to);
            announce("catching_up", {{"from", delivery_.last()->number}, {"to", *catching_up_to}});
        }
        // What it may have signed can stand above as many blocks as can wait.
        end = co_await deliver(final);
        if (end) {
            co_return end;
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
        co_await pauses_.wait();
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
            co_await pauses_.wait();
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
            if (!has_begun() && !blocks_->offers_evidence()) {
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
    auto message = evidence_message(proven, evidence.justification, evidence.head);
    const auto moved = co_await move_finality(std::move(message));
    if (!moved.has_value()) {
        if (!is_about_the_chain(moved.error())) {
            co_return end_of(moved.error(), evidence.number);
        }
        trouble_->refused(evidence.number, moved.error(), blocks_->url());
        blocks_->refused(evidence.justification, proven.back().hash);
        // Which of the two is wrong, the evidence or a header that the chain never had, is not known.
        run.clear();
        blocks_->begin_again();
        co_await pauses_.wait();
        co_return std::nullopt;
    }
    Headers final{std::make_move_iterator(run.begin()), std::make_move_iterator(run.begin() + count)};
    run.erase(run.begin(), run.begin() + count);
    if (!has_begun()) {
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
    co_return co_await deliver(final);
}

}  // namespace redoubt::node
