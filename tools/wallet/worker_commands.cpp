#include <CLI/CLI.hpp>
#include <primitives/hex.hpp>
#include <ranges>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/worker_evidence.hpp>

namespace redoubt::wallet {
namespace {

struct VerifyArguments {
    std::string target;
    std::optional<std::string> shard;
};

/// The worker to verify: the account or URL that was named, or the first of the shard's.
struct Target {
    ShardView view;
    std::optional<std::string> url;
};

Failure worker_unknown(const std::string& name,
                       const Hash256& shard,
                       const std::vector<ShardWorker>& workers,
                       const Runtime& runtime) {
    constexpr std::size_t kListedMax = 8;
    std::string listed;
    for (const auto& worker : workers | std::views::take(kListedMax)) {
        listed += (listed.empty() ? "" : ", ") + address_of(worker.enclave.account, runtime);
    }
    const auto remedy =
        workers.empty() ? "No registered enclave runs this shard's program: see `redoubt shard show` and "
                          "`redoubt registry list`, or name another shard with --shard."
                        : "Name one of its workers: " + listed +
                              (workers.size() > kListedMax ? ", … (`redoubt shard show` lists all)" : "") +
                              "; leave the account out for the most active one, or name another shard with "
                              "--shard.";
    return refused("worker_unknown", printable(name) + " is no worker of the shard " + to_base58(shard),
                   remedy);
}

Fallible<Target> choose(Context& context, const Runtime& runtime, ShardView view, const std::string& name) {
    if (name.empty()) {
        return Target{std::move(view), std::nullopt};
    }
    if (name.find("://") != std::string::npos) {
        return Target{std::move(view), name};
    }
    BOOST_OUTCOME_TRY(const auto account, context.accounts().resolve(name, runtime.ss58_prefix));
    auto all = view.workers;
    std::erase_if(view.workers, [&](const ShardWorker& worker) { return worker.enclave.account != account; });
    if (view.workers.empty()) {
        return worker_unknown(name, view.shard, all, runtime);
    }
    return Target{std::move(view), std::nullopt};
}

Task<Fallible<Report>> verify_worker(Context& context, VerifyArguments arguments) {
    if (context.settings().trusts_registry) {
        co_return usage_failure(
            "evidence_options_contradict",
            "`redoubt worker verify` asks the worker for evidence, and --trust-registry goes "
            "without",
            "Leave --trust-registry out; `redoubt registry list` shows what the registry says.");
    }
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(auto view, co_await look_up_shard(context, chain, arguments.shard));
    const auto shard = view.shard;
    BOOST_OUTCOME_CO_TRY(auto target, choose(context, *chain->runtime(), std::move(view), arguments.target));
    Worker::Judge any = [](const WorkerPtr&) -> Task<Fallible<void>> { co_return success(); };
    BOOST_OUTCOME_CO_TRY(const auto worker, co_await Worker::connect(context, std::move(target.view),
                                                                     std::move(target.url), std::move(any)));
    BOOST_OUTCOME_CO_TRY(const auto judged, co_await judge_worker(context, chain, worker, shard));
    warn_if_program_unrestricted(context, judged);
    warn_of_simulation(context.console(), judged.verification);
    warn_of_debug(context.console(), judged.verification);
    const auto& runtime = *chain->runtime();
    Report report;
    report.json = {{"worker", to_hex_0x(worker->enclave().account.view())},
                   {"address", address_of(worker->enclave().account, runtime)},
                   {"url", worker->url()},
                   {"shard", to_hex_0x(shard.view())},
                   {"registry", attestation_json(worker->enclave(), wall_clock_ms())},
                   {"evidence", to_json(judged.verification)}};
    std::vector<std::pair<std::string, std::string>> lines{
        {"worker", address_of(worker->enclave().account, runtime)},
        {"url", printable(worker->url())},
        {"registered", worker->enclave().method + ", " + worker->enclave().status}};
    if (const auto key = simulation_key(judged.bundle)) {
        report.json["simulation_key"] = to_hex(key->view());
        lines.emplace_back("simulated by", to_hex(key->view()));
    }
    report.text = aligned(lines) + "\n\n" + to_text(judged.verification);
    if (!judged.verification.is_accepted()) {
        report.exit = ExitCode::kUntrusted;
        const auto remedy = remedy_for(judged);
        report.json["remedy"] = remedy;
        report.text += "\n\n" + printable(remedy);
    }
    co_return report;
}

}  // namespace

void add_worker_commands(CLI::App& app, CommandTask& chosen) {
    auto* worker =
        app.add_subcommand("worker", "Workers and the evidence of what they are")->require_subcommand(1);
    auto arguments = std::make_shared<VerifyArguments>();
    auto* verify = worker->add_subcommand(
        "verify", "Ask a worker for evidence and compare it with registry, connection and policy");
    verify->add_option("TARGET", arguments->target,
                       "Account or wss:// URL; default the shard's most active worker");
    verify->add_option("--shard", arguments->shard, "Base58 or hex; default the only shard of the chain");
    verify->callback([arguments, &chosen] {
        chosen = [arguments](Context& context) { return verify_worker(context, *arguments); };
    });
}

}  // namespace redoubt::wallet
