#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <node/daemon.hpp>
#include <node/data_dir.hpp>
#include <node/log.hpp>
#include <node/version.hpp>
#include <node/worker.hpp>

#include <csignal>
#include <cstdlib>

namespace redoubt::node {

namespace asio = boost::asio;

namespace {

/// Waits for signals: the first asks the worker to stop, the second ends the process.
Task<void> handle_signals(std::shared_ptr<asio::signal_set> signals, std::shared_ptr<Worker> worker) {
    co_await signals->async_wait(asio::use_awaitable);
    spdlog::info("stopping after the running block; a second signal stops at once");
    worker->request_stop();
    co_await signals->async_wait(asio::use_awaitable);
    spdlog::warn("stopped at once");
    std::_Exit(static_cast<int>(ExitCode::kOk));
}

Task<void> work(std::shared_ptr<Worker> worker,
                std::shared_ptr<asio::signal_set> signals,
                Outcome<>* result) {
    auto done = co_await worker->run();
    *result = std::move(done);
    signals->cancel();
}

}  // namespace

Outcome<> run_daemon(const Config& config) {
    std::signal(SIGPIPE, SIG_IGN);
    ::umask(077);  // whatever is written is for this user alone
    spdlog::info("redoubtd {} starts, process {}", kVersion, ::getpid());
    BOOST_OUTCOME_TRY(const auto data_dir, DataDir::open(config.data_dir));
    spdlog::info("data directory {}", data_dir.path().string());
    BOOST_OUTCOME_TRY(auto journal, Journal::open(data_dir.database()));
    BOOST_OUTCOME_TRY(const auto identity, journal->sealed_identity());
    BOOST_OUTCOME_TRY(data_dir.provide_sim_platform(identity.has_value()));

    asio::io_context io{1};
    const auto pool = std::make_shared<asio::thread_pool>(1);
    auto context = std::make_shared<WorkerContext>(io.get_executor(), config);
    context->journal = std::move(journal);
    context->pool = pool;
    BOOST_OUTCOME_TRY(context->listener, ClientListener::bind(io.get_executor(), config.listen));
    BOOST_OUTCOME_TRY(context->url, endpoint_url(config.external_url, context->listener->address()));
    announce("listening", {{"url", context->url}, {"listen", to_text(context->listener->address())}});
    context->setup.program = config.enclave.empty() ? enclave_beside_this_program() : config.enclave;
    context->setup.arguments = {"--channel-fd",     "3",
                                "--sim-platform",   data_dir.sim_platform().string(),
                                "--memory-max-mib", fmt::format("{}", config.enclave_memory_max)};
    context->setup.shard = config.shard;
    context->setup.dev = config.dev;
    context->setup.unverified_finality = config.unverified_finality;
    context->setup.stale_after = config.stale_after;
    context->setup.tls_names = tls_names(context->url, context->listener->address());
    context->setup.deadline = config.enclave_timeout;

    Outcome<> result = success();
    {
        const auto worker = std::make_shared<Worker>(context);
        const auto signals = std::make_shared<asio::signal_set>(io.get_executor(), SIGINT, SIGTERM);
        rpc::TaskGroup tasks{io.get_executor()};
        tasks.spawn(handle_signals(signals, worker));
        tasks.spawn(work(worker, signals, &result));
        io.run();
    }
    pool->join();
    context->journal.reset();
    spdlog::info("the database is closed");
    announce("stopped", {{"exit_code",
                          static_cast<int>(result.has_value() ? ExitCode::kOk : result.error().exit_code)}});
    return result;
}

}  // namespace redoubt::node
