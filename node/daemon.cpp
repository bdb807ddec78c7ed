#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <node/carried_shard.hpp>
#include <node/daemon.hpp>
#include <node/enclave_arguments.hpp>
#include <node/log.hpp>
#include <node/registration_proof.hpp>
#include <node/test_roots.hpp>
#include <node/version.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <vector>

namespace redoubt::node {

namespace asio = boost::asio;

namespace {

using Shards = std::vector<std::unique_ptr<CarriedShard>>;

/// Waits for signals: the first asks every shard to stop, the second ends the process.
Task<void> handle_signals(std::shared_ptr<asio::signal_set> signals, Shards* shards) {
    co_await signals->async_wait(asio::use_awaitable);
    spdlog::info("stopping after the running block; a second signal stops at once");
    for (const auto& shard : *shards) {
        shard->request_stop();
    }
    co_await signals->async_wait(asio::use_awaitable);
    spdlog::warn("stopped at once");
    std::_Exit(static_cast<int>(ExitCode::kOk));
}

std::size_t count_running(const Shards& shards) {
    return static_cast<std::size_t>(
        std::ranges::count_if(shards, [](const auto& shard) { return !shard->ended(); }));
}

/// Every shard has connections of its own: as many files as the system allows may be open.
void raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/// Opens every shard's database. One that cannot be opened has ended.
void open_all(Shards& shards, const DataDir& data_dir) {
    for (auto& shard : shards) {
        if (auto opened = shard->open_storage(data_dir); opened.has_error()) {
            shard->end(std::move(opened));
        }
    }
}

/// Binds all ports before anything runs: what is wrong with them is the configuration's fault.
Outcome<> listen_all(Shards& shards, const Config& config, const DataDir& data_dir) {
    for (auto& shard : shards) {
        if (!shard->ended()) {
            BOOST_OUTCOME_TRY(shard->listen(config, data_dir));
        }
    }
    return success();
}

/// Runs until no shard is left.
void run_all(asio::io_context& io, Shards& shards) {
    const auto signals = std::make_shared<asio::signal_set>(io.get_executor(), SIGINT, SIGTERM);
    rpc::TaskGroup tasks{io.get_executor()};
    tasks.spawn(handle_signals(signals, &shards));
    const auto on_end = [&shards, signals] {
        const auto left = count_running(shards);
        if (left == 0) {
            signals->cancel();
        } else {
            spdlog::info("{} of {} shards still run", left, shards.size());
        }
    };
    for (auto& shard : shards) {
        if (!shard->ended()) {
            shard->start(on_end);
        }
    }
    if (count_running(shards) == 0) {
        return;
    }
    io.run();
}

/// What the process ends with: the code of the first shard, in their order, that had a problem.
ExitCode exit_code_of(const Shards& shards) {
    const auto failed =
        std::ranges::find_if(shards, [](const auto& shard) { return shard->exit_code() != ExitCode::kOk; });
    return failed == shards.end() ? ExitCode::kOk : (*failed)->exit_code();
}

nlohmann::ordered_json ends_of(const Shards& shards) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& shard : shards) {
        const auto id = shard->shard();
        out.push_back({{"shard", id ? nlohmann::ordered_json(to_hex_0x(id->view())) : nullptr},
                       {"exit_code", static_cast<int>(shard->exit_code())}});
    }
    return out;
}

}  // namespace

Outcome<ExitCode> run_daemon(const Config& config) {
    std::signal(SIGPIPE, SIG_IGN);
    ::umask(077);  // whatever is written is for this user alone
    raise_file_limit();
    spdlog::info("redoubtd {} starts, process {}", kVersion, ::getpid());
    BOOST_OUTCOME_TRY(check_tee(config.tee, has_test_roots()));
    BOOST_OUTCOME_TRY(const auto data_dir, DataDir::open(config.data_dir));
    spdlog::info("data directory {}", data_dir.path().string());
    auto places = places_to_carry(data_dir.path(), config.shards);
    const auto attestation = attestation_options(config);
    BOOST_OUTCOME_TRY(check_attestation_options(attestation, places.size()));
    BOOST_OUTCOME_TRY(check_test_root(attestation, has_test_roots()));
    BOOST_OUTCOME_TRY(auto endpoints, shard_endpoints(config.listen, config.external_url, places.size()));

    asio::io_context io{1};
    Shards shards;
    for (std::size_t i = 0; i < places.size(); ++i) {
        shards.push_back(std::make_unique<CarriedShard>(io.get_executor(), std::move(places[i]),
                                                        std::move(endpoints[i]), places.size() > 1));
    }
    open_all(shards, data_dir);
    const bool sealed = std::ranges::any_of(
        shards, &CarriedShard::may_have_identity, [](const auto& shard) -> const auto& { return *shard; });
    if (config.tee == TeeChoice::kSimulation) {
        spdlog::info("the TEE is simulated: nothing protects the enclave from this machine (--tee)");
        BOOST_OUTCOME_TRY(data_dir.provide_sim_platform(sealed));
    }
    BOOST_OUTCOME_TRY(listen_all(shards, config, data_dir));
    run_all(io, shards);
    const auto exit_code = exit_code_of(shards);
    auto ends = ends_of(shards);
    shards.clear();
    spdlog::info("the databases are closed");
    announce("stopped", {{"exit_code", static_cast<int>(exit_code)}, {"shards", std::move(ends)}});
    return exit_code;
}

}  // namespace redoubt::node
