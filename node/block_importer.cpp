#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/block_importer.hpp>
#include <node/blocking.hpp>
#include <node/enclave_start.hpp>

#include <utility>

namespace redoubt::node {
namespace {

using boundary::Refusal;

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
    if (error == Refusal::kWrongParent || error == Refusal::kHeaderUnusable ||
        error == Refusal::kEventsUnusable || error == Refusal::kBlockTooLarge) {
        problem.exit_code = ExitCode::kChain;
        problem.remedy = "Connect to another, synchronised node of the same chain (--chain).";
    }
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

}  // namespace

Task<ImportEnd> BlockImporter::run() {
    for (;;) {
        auto header = co_await blocks_->next();
        if (!header.has_value()) {
            co_return ImportEnd{false, header.error()};
        }
        auto end = co_await import(std::move(header.value()));
        if (end) {
            co_return std::move(*end);
        }
    }
}

Task<std::optional<ImportEnd>> BlockImporter::import(registry_client::BlockHeader header) {
    const auto number = header.header.number;
    auto parts = co_await blocks_->parts(header);
    if (!parts.has_value()) {
        co_return ImportEnd{false, parts.error()};
    }
    const Busy busy{busy_};
    bool runtime_given = false;
    Result<boundary::Commit> commit = Refusal::kRuntimeMissing;
    for (;;) {
        parts.value().host_time_ms = host_time_ms();
        boundary::ToEnclave message = parts.value();
        commit = co_await ask<boundary::Commit>(enclave_, std::move(message));
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
            co_return end_of(accepted.error(), number);
        }
        spdlog::info("runtime {} from block {} on", accepted.value().spec_version, number);
    }
    if (!commit.has_value()) {
        co_return end_of(commit.error(), number);
    }

    JournalRecord record;
    record.sequence = commit.value().sequence;
    record.is_base = commit.value().is_base;
    record.sealed = std::move(commit.value().sealed);
    const auto sequence = record.sequence;
    auto store = [journal = journal_, record = std::move(record)]() { return journal->append(record); };
    auto stored = co_await run_blocking(*pool_, std::move(store));
    if (!stored.has_value()) {
        co_return ImportEnd{false, stored.error()};
    }
    boundary::ToEnclave persisted = boundary::CommitPersisted{sequence};
    const auto committed = co_await ask<boundary::Committed>(enclave_, std::move(persisted));
    if (!committed.has_value()) {
        co_return end_of(committed.error(), number);
    }
    on_committed_(committed.value());
    co_return std::nullopt;
}

}  // namespace redoubt::node
