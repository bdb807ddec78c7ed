#include <node/enclave_start.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/blocking.hpp>
#include <node/chain_trouble.hpp>
#include <node/page_reader.hpp>

#include <utility>

namespace redoubt::node {
namespace {

constexpr std::size_t kReplayBatchBytes = std::size_t{8} << 20;

using boundary::Refusal;

StartFailure failure_of(std::error_code error, std::string_view step) {
    if (is_refusal(error)) {
        return StartFailure{problem_of_refusal(error), false};
    }
    return StartFailure{
        Problem{ExitCode::kEnclave, fmt::format("the enclave failed at {}: {}", step, error.message()),
                "Look at the lines that start with \"enclave:\" above; run with --log-level debug."},
        true};
}

StartFailure fatal(Problem problem) {
    return StartFailure{std::move(problem), false};
}

/// Gives the identity; stores a new one before anything is done with it.
Task<StartOutcome<boundary::Started>> give_identity(EnclaveLinkPtr link,
                                                    EnclaveSetup setup,
                                                    std::shared_ptr<Journal> journal,
                                                    std::shared_ptr<boost::asio::thread_pool> pool) {
    auto read = [journal]() { return journal->sealed_identity(); };
    auto identity = co_await run_blocking(*pool, std::move(read));
    if (!identity.has_value()) {
        co_return fatal(identity.error());
    }
    boundary::Start start;
    start.sealed_identity = std::move(identity.value());
    start.genesis_hash = setup.genesis_hash;
    start.shard = setup.shard;
    start.dev = setup.dev;
    start.unverified_finality = setup.unverified_finality;
    start.stale_after_ms = static_cast<std::uint64_t>(setup.stale_after.count());
    start.anchor = std::move(setup.anchor);
    start.relay = setup.relay;
    start.host_time_ms = host_time_ms();
    for (auto& name : setup.tls_names) {
        start.tls_names.push_back(std::move(name));
    }
    boundary::ToEnclave message = std::move(start);
    auto started = co_await ask<boundary::Started>(link, std::move(message));
    if (!started.has_value()) {
        co_return failure_of(started.error(), "unsealing or making its identity");
    }
    if (started.value().sealed_identity) {
        auto store = [journal, sealed = *started.value().sealed_identity]() {
            return journal->store_identity(sealed);
        };
        auto stored = co_await run_blocking(*pool, std::move(store));
        if (!stored.has_value()) {
            co_return fatal(stored.error());
        }
    }
    auto bind = [journal, shard = started.value().shard]() { return journal->bind_shard(shard); };
    auto bound = co_await run_blocking(*pool, std::move(bind));
    if (!bound.has_value()) {
        co_return fatal(bound.error());
    }
    co_return std::move(started.value());
}

Task<StartOutcome<boundary::Position>> replay(EnclaveLinkPtr link,
                                              std::shared_ptr<Journal> journal,
                                              std::shared_ptr<boost::asio::thread_pool> pool) {
    co_await settle_journal(journal, pool);
    std::optional<JournalPart> last;
    for (;;) {
        auto read = [journal, last]() { return journal->read_after(last, kReplayBatchBytes); };
        auto parts = co_await run_blocking(*pool, std::move(read));
        if (!parts.has_value()) {
            co_return fatal(parts.error());
        }
        if (parts.value().empty()) {
            break;
        }
        for (auto& part : parts.value()) {
            last = JournalPart{part.sequence, part.index, {}};
            boundary::ToEnclave message = boundary::Restore{part.sequence, std::move(part.sealed)};
            const auto restored = co_await ask<boundary::Restored>(link, std::move(message));
            if (!restored.has_value()) {
                auto failure =
                    failure_of(restored.error(), fmt::format("replaying record {}", last->sequence));
                failure.problem.cause += fmt::format(" (journal record {}, part {}, in the database {})",
                                                     last->sequence, last->index, journal->folder().string());
                co_return failure;
            }
        }
    }
    boundary::ToEnclave done = boundary::RestoreDone{};
    auto position = co_await ask<boundary::Position>(link, std::move(done));
    if (!position.has_value()) {
        co_return failure_of(position.error(), "ending the replay of its journal");
    }
    co_return std::move(position.value());
}

}  // namespace

std::uint64_t host_time_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Problem problem_of_refusal(std::error_code error) {
    const auto make = [&error](ExitCode code, std::string_view remedy) {
        return Problem{code, fmt::format("the enclave refuses: {}", error.message()), std::string{remedy}};
    };
    constexpr std::string_view kRestore =
        "Restore the whole data directory from a backup. Without one, move it away: a new identity can carry "
        "a "
        "new shard.";
    if (error == Refusal::kProtocolMismatch) {
        return make(ExitCode::kEnclave,
                    "Use redoubtd and redoubt-enclave of the same release (--enclave PATH).");
    }
    if (error == Refusal::kSealedByOtherEnclave) {
        return make(
            ExitCode::kDataDirectory,
            "Use the enclave program, and the file sim-platform, that the data directory was made with; or "
            "start with another --data-dir to carry the shard of this enclave.");
    }
    if (error == Refusal::kIdentityDamaged || error == Refusal::kJournalSealedElsewhere ||
        error == Refusal::kJournalDamaged || error == Refusal::kJournalGap ||
        error == Refusal::kJournalIncomplete || error == Refusal::kPageMissing ||
        error == Refusal::kPageDamaged || error == Refusal::kPageOutdated ||
        error == Refusal::kStateDiffers || error == Refusal::kOtherRootPublished) {
        return make(ExitCode::kDataDirectory, kRestore);
    }
    if (error == Refusal::kRolledBack) {
        return make(
            ExitCode::kDataDirectory,
            "Use the newest data directory of this worker. Where that is lost, bring back a backup with "
            "`redoubtd state restore`: it catches up before it acts. Without one, begin with an empty "
            "directory: a new identity can carry a new shard.");
    }
    if (error == Refusal::kOtherChain) {
        return make(ExitCode::kDataDirectory,
                    "Connect to the chain the data directory was made for, or name another.");
    }
    if (error == Refusal::kOtherShard) {
        return make(ExitCode::kDataDirectory,
                    "Start with the same --shard as before, or name another --data-dir.");
    }
    if (error == Refusal::kDevMismatch) {
        return make(ExitCode::kUsage,
                    "Start with the same --dev setting as at first, or name another --data-dir.");
    }
    if (error == Refusal::kDevRefused) {
        return make(ExitCode::kUsage, "Start without --dev.");
    }
    if (error == Refusal::kFinalityMismatch) {
        return make(
            ExitCode::kUsage,
            "Start with the same --unverified-finality setting as at first, or name another --data-dir.");
    }
    if (error == Refusal::kUnverifiedRefused) {
        return make(ExitCode::kUsage,
                    "Start without --unverified-finality and with a --stale-after above 0.");
    }
    if (error == Refusal::kOtherAnchor) {
        return make(ExitCode::kDataDirectory,
                    "Start without --checkpoint, or with the one the data directory was made with.");
    }
    if (error == Refusal::kRelayMismatch) {
        return make(
            ExitCode::kDataDirectory,
            "Start with the same --relay chain and --para-id as at first, or name another --data-dir.");
    }
    if (error == Refusal::kAnchorMissing || error == Refusal::kAnchorUnusable ||
        error == Refusal::kAnchorPending) {
        return make(
            ExitCode::kChain,
            "Make a checkpoint of a newer finalized block (redoubt chain checkpoint) and give it with "
            "--checkpoint.");
    }
    if (is_about_the_chain(error)) {
        return make(ExitCode::kChain, chain_remedy(error));
    }
    if (error == Refusal::kMetadataTooOld) {
        return make(ExitCode::kChain,
                    "Use a newer node: it has to serve metadata version 15 (Metadata_metadata_at_version).");
    }
    if (error == Refusal::kMetadataUnusable || error == Refusal::kChainUnsupported) {
        return make(ExitCode::kChain,
                    "Connect to a chain with the pallets Teerex and EnclaveBridge (--chain).");
    }
    if (error == Refusal::kUrlUnusable) {
        return make(ExitCode::kUsage, "Give a shorter --external-url.");
    }
    return make(ExitCode::kEnclave, "Run with --log-level debug and report what is printed.");
}

namespace {

/// Everything that is said to a fresh process until it stands where it stood.
Task<StartOutcome<void>> bring_up(RunningEnclave& out,
                                  EnclaveSetup setup,
                                  std::shared_ptr<Journal> journal,
                                  std::shared_ptr<boost::asio::thread_pool> pool) {
    boundary::ToEnclave hello = boundary::Hello{};
    auto greeted = co_await ask<boundary::HelloReply>(out.channel, std::move(hello));
    if (!greeted.has_value()) {
        co_return failure_of(greeted.error(), "its first message");
    }
    if (greeted.value().protocol != boundary::kProtocolVersion) {
        co_return fatal(problem_of_refusal(make_error_code(Refusal::kProtocolMismatch)));
    }
    out.version = greeted.value().enclave_version;
    auto started = co_await give_identity(out.channel, std::move(setup), journal, pool);
    if (!started.has_value()) {
        co_return started.error();
    }
    out.started = std::move(started.value());
    auto position = co_await replay(out.channel, journal, pool);
    if (!position.has_value()) {
        co_return position.error();
    }
    out.position = std::move(position.value());
    co_return success();
}

}  // namespace

Task<StartOutcome<RunningEnclave>> start_enclave(Executor executor,
                                                 EnclaveSetup setup,
                                                 std::shared_ptr<Journal> journal,
                                                 std::shared_ptr<boost::asio::thread_pool> pool) {
    auto process = EnclaveProcess::start(executor, setup.launch);
    if (!process.has_value()) {
        co_return fatal(process.error());
    }
    RunningEnclave out;
    out.process = std::move(process.value());
    spdlog::info("enclave process {} started: {}", out.process->pid(), setup.launch.program.string());
    out.channel = std::make_shared<EnclaveChannel>(executor, out.process->take_channel(), setup.deadline,
                                                   make_page_reader(journal, pool));
    auto up = co_await bring_up(out, std::move(setup), std::move(journal), std::move(pool));
    if (!up.has_value()) {
        auto failure = std::move(up.error());
        if (failure.try_again) {  // say how the process ended: that is the cause
            out.channel->close();
            const bool exited = co_await out.process->wait_exit_for(std::chrono::seconds{2});
            if (!exited) {
                out.process->kill();
            }
            failure.problem.cause += fmt::format(" ({})", co_await out.process->wait_exit());
        }
        co_return failure;
    }
    co_return out;
}

}  // namespace redoubt::node
