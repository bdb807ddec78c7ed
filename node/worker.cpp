#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/blocking.hpp>
#include <node/chain_retry.hpp>
#include <node/checkpoint.hpp>
#include <node/log.hpp>
#include <node/restart_budget.hpp>
#include <node/worker.hpp>
#include <primitives/hex.hpp>
#include <rpc/client.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::node {

using registry_client::ChainClient;
using registry_client::ChainClientPtr;
using rpc::Reply;

namespace {

Task<Reply<ChainClientPtr>> connect_once(Executor executor, std::string url) {
    registry_client::ConnectOptions options;
    options.rpc.url = std::move(url);
    co_return co_await ChainClient::connect(std::move(executor), std::move(options));
}

/// What the node calls its chain; untrusted text, cut and cleaned for the log.
Task<std::string> name_of(ChainClientPtr chain) {
    constexpr std::size_t kNameBytesMax = 64;
    auto parameters = nlohmann::json::array();
    const auto reply = co_await chain->rpc().call("system_chain", std::move(parameters));
    if (!reply.has_value() || !reply.value().is_string()) {
        co_return "unnamed chain";
    }
    auto name = reply.value().get<std::string>().substr(0, kNameBytesMax);
    std::ranges::replace_if(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    co_return name;
}

/// Options that do not go together.
std::optional<Problem> unfit_options(const Config& config) {
    const auto unfit = [](std::string cause, std::string remedy) {
        return Problem{ExitCode::kUsage, std::move(cause), std::move(remedy)};
    };
    if (config.relay.empty()) {
        if (config.para_id != 0 || !config.relay_checkpoint.empty()) {
            return unfit("--para-id and --relay-checkpoint are for a parachain, and no --relay is given",
                         "Name a node of the relay chain with --relay, or leave them out.");
        }
        return std::nullopt;
    }
    if (config.para_id == 0) {
        return unfit("--relay needs the parachain's id", "Give it with --para-id N.");
    }
    if (config.unverified_finality || !config.checkpoint.empty()) {
        return unfit("--relay goes with neither --unverified-finality nor --checkpoint",
                     "Leave them out; a block of the relay chain to trust is given with --relay-checkpoint.");
    }
    return std::nullopt;
}

}  // namespace

Worker::Worker(std::shared_ptr<WorkerContext> context)
    : context_(std::move(context)), tasks_(context_->executor), changed_(context_->executor) {
}

Worker::~Worker() = default;

Task<Outcome<ChainClientPtr>> Worker::connect_to(std::string url, std::string option) {
    spdlog::info("connecting to the chain at {}", url);
    std::function<Task<Reply<ChainClientPtr>>()> call = [executor = context_->executor, url] {
        return connect_once(executor, url);
    };
    auto what =
        fmt::format("connecting to the chain (start the node at {}, or name another with {})", url, option);
    co_return co_await until_answered<ChainClientPtr>(std::move(call), std::move(what), url);
}

Task<Outcome<>> Worker::connect() {
    if (auto problem = unfit_options(context_->config)) {
        co_return std::move(*problem);
    }
    auto chain = co_await connect_to(context_->config.chain, "--chain");
    if (!chain.has_value()) {
        co_return chain.error();
    }
    context_->chain = std::move(chain.value());
    context_->chain_name = co_await name_of(context_->chain);
    const auto genesis = context_->chain->genesis_hash();
    spdlog::info("chain {} with genesis {}", context_->chain_name, to_hex_0x(genesis.view()));
    auto bind = [journal = context_->journal, genesis] { return journal->bind_genesis(genesis); };
    auto bound = co_await run_blocking(*context_->pool, std::move(bind));
    if (!bound.has_value()) {
        co_return bound.error();
    }
    context_->setup.genesis_hash = genesis;
    if (!context_->config.relay.empty()) {
        auto connected = co_await connect_relay();
        if (!connected.has_value()) {
            co_return connected.error();
        }
    }
    co_return co_await choose_anchor();
}

Task<Outcome<>> Worker::connect_relay() {
    auto relay = co_await connect_to(context_->config.relay, "--relay");
    if (!relay.has_value()) {
        co_return relay.error();
    }
    context_->relay = std::move(relay.value());
    context_->relay_name = co_await name_of(context_->relay);
    const auto genesis = context_->relay->genesis_hash();
    spdlog::info("relay chain {} with genesis {}, parachain {}", context_->relay_name,
                 to_hex_0x(genesis.view()), context_->config.para_id);
    if (genesis == context_->setup.genesis_hash) {
        co_return Problem{
            ExitCode::kUsage, "--chain and --relay name the same chain",
            "Name a node of the parachain with --chain and one of its relay chain with --relay."};
    }
    context_->setup.relay = boundary::RelayChain{genesis, context_->config.para_id};
    co_return success();
}

Task<Outcome<>> Worker::choose_anchor() {
    const auto& config = context_->config;
    if (config.unverified_finality) {
        spdlog::warn(
            "UNVERIFIED FINALITY: the enclave believes whatever the chain node says. Wallets are told. Use "
            "this "
            "on development chains only.");
        co_return success();
    }
    const auto chain = context_->relay ? context_->relay : context_->chain;
    const auto& checkpoint = context_->relay ? config.relay_checkpoint : config.checkpoint;
    if (!checkpoint.empty()) {
        auto anchor = read_checkpoint(checkpoint, chain->genesis_hash());
        if (!anchor.has_value()) {
            co_return anchor.error();
        }
        context_->setup.anchor = std::move(anchor.value());
        co_return success();
    }
    auto read = [journal = context_->journal]() { return journal->sealed_identity(); };
    auto identity = co_await run_blocking(*context_->pool, std::move(read));
    if (!identity.has_value()) {
        co_return identity.error();
    }
    if (identity.value()) {
        co_return success();  // it knows its anchor
    }
    auto anchor = co_await genesis_anchor(chain);
    if (!anchor.has_value()) {
        co_return anchor.error();
    }
    context_->setup.anchor = std::move(anchor.value());
    co_return success();
}

Task<Outcome<>> Worker::serve() {
    BOOST_OUTCOME_CO_TRY(co_await connect());
    RestartBudget budget{context_->config.enclave_failures_max};
    std::string lost;  // how the last enclave ended
    for (;;) {
        auto setup = context_->setup;
        auto enclave =
            co_await start_enclave(context_->executor, std::move(setup), context_->journal, context_->pool);
        Problem failure;
        if (enclave.has_value()) {
            const auto& position = enclave.value().position;
            context_->log_scope->shard = enclave.value().started.shard;
            if (!lost.empty()) {
                announce("enclave_restarted",
                         {{"reason", lost},
                          {"pid", enclave.value().process->pid()},
                          {"sequence", position.sequence},
                          {"last_block", position.last_block ? position.last_block->number : 0}});
            }
            session_ = std::make_unique<WorkerSession>(context_, std::move(enclave.value()));
            if (stopping_) {
                session_->request_stop();
            }
            auto end = co_await session_->run();
            session_.reset();
            if (end.kind == SessionEnd::Kind::kStopped || stopping_) {
                co_return success();
            }
            if (end.kind == SessionEnd::Kind::kProblem) {
                co_return std::move(end.problem);
            }
            if (end.kind == SessionEnd::Kind::kRenewing) {
                spdlog::info("starting the enclave again: {}", end.problem.cause);
                lost = end.problem.cause;
                continue;
            }
            failure = std::move(end.problem);
            failure.cause = fmt::format("the enclave ended: {}", failure.cause);
            if (end.timed_out_at && !budget.record_timeout(*end.timed_out_at)) {
                co_return Problem{
                    ExitCode::kEnclave,
                    fmt::format("the enclave did not import block {} in time, {} times in succession: {}",
                                *end.timed_out_at, context_->config.enclave_failures_max, failure.cause),
                    "Give it more time (--enclave-timeout), or a machine with less load. Nothing was lost: "
                    "the "
                    "next start goes on with this block."};
            }
        } else {
            if (!enclave.error().try_again) {
                co_return std::move(enclave.error().problem);
            }
            failure = std::move(enclave.error().problem);
        }
        const auto pause = budget.record_failure(RestartBudget::Clock::now());
        if (!pause) {
            co_return Problem{
                ExitCode::kEnclave,
                fmt::format("the enclave ended {} times within a minute, the last time: {}",
                            context_->config.enclave_failures_max, failure.cause),
                "Look at the lines that start with \"enclave:\" above, and check memory and the enclave "
                "program (--enclave)."};
        }
        spdlog::warn("{}; starting it again in {} ms", failure.cause, pause->count());
        lost = failure.cause;
        co_await pause_for(*pause);
    }
}

namespace {

Task<void> store_result(Task<Outcome<>> work, std::shared_ptr<std::optional<Outcome<>>> result) {
    auto done = co_await std::move(work);
    result->emplace(std::move(done));
}

}  // namespace

Task<Outcome<>> Worker::run() {
    const auto result = std::make_shared<std::optional<Outcome<>>>();
    tasks_.spawn(store_result(serve(), result));
    co_await tasks_.join();
    if (session_) {  // cancelled while it ran
        session_.reset();
    }
    if (context_->chain) {
        context_->chain->close();
        context_->chain.reset();  // its connection ends while the loop still runs
    }
    if (context_->relay) {
        context_->relay->close();
        context_->relay.reset();
    }
    if (*result && !stopping_) {
        co_return std::move(**result);
    }
    if (*result && (*result)->has_error()) {
        co_return std::move(**result);
    }
    co_return success();
}

void Worker::request_stop() {
    stopping_ = true;
    if (session_) {
        session_->request_stop();
    } else {
        tasks_.cancel();
    }
}

}  // namespace redoubt::node
