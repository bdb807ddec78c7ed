#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/account_funding.hpp>
#include <node/chain_retry.hpp>
#include <node/endorsements_file.hpp>
#include <node/log.hpp>
#include <node/parachain_blocks.hpp>
#include <node/version.hpp>
#include <node/worker_session.hpp>
#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>
#include <registry-client/transaction.hpp>

#include <utility>

namespace redoubt::node {

using boundary::BlockId;
using registry_client::TransactionOutcome;

namespace {

std::optional<registry_client::BlockReference> reference_of(const std::optional<BlockId>& block) {
    if (!block) {
        return std::nullopt;
    }
    return registry_client::BlockReference{block->number, block->hash};
}

/// What the enclave believes, for the report.
std::string finality_text(const boundary::Started& started, const std::string& relay) {
    if (!started.anchor) {
        return "UNVERIFIED: the enclave believes the chain node";
    }
    return fmt::format("verified from block {} ({}){}", started.anchor->number,
                       to_hex_0x(started.anchor->hash.view()), relay);
}

/// Of which relay chain the finality is, for the report; empty when the chain has its own.
std::string relay_text(const WorkerContext& context) {
    if (!context.relay) {
        return {};
    }
    return fmt::format(" of the relay chain {} at {}\n                genesis {}, parachain {}",
                       context.relay_name, context.relay->url(),
                       to_hex_0x(context.relay->genesis_hash().view()), context.config.para_id);
}

/// The relay chain, for the event; null when the chain has finality of its own.
nlohmann::json relay_json(const WorkerContext& context) {
    if (!context.relay) {
        return nullptr;
    }
    return {{"chain", context.relay_name},
            {"url", context.relay->url()},
            {"genesis", to_hex_0x(context.relay->genesis_hash().view())},
            {"para_id", context.config.para_id}};
}

/// The event of what is on the chain now.
std::string_view event_of(std::uint8_t outbox_kind) {
    switch (outbox_kind) {
        case boundary::kOutboxConfirm:
            return "confirmed";
        case boundary::kOutboxPublishRoot:
            return "root_published";
        default:
            return "unshielded";
    }
}

SessionEnd problem_end(Problem problem) {
    return SessionEnd{SessionEnd::Kind::kProblem, std::move(problem)};
}

SessionEnd lost_end(std::string cause) {
    return SessionEnd{SessionEnd::Kind::kEnclaveLost, Problem{ExitCode::kEnclave, std::move(cause), {}}};
}

}  // namespace

struct WorkerSession::State {
    State(std::shared_ptr<WorkerContext> shared, RunningEnclave running)
        : context(std::move(shared)),
          enclave(std::move(running)),
          last_block(enclave.position.last_block),
          identity{enclave.started.account, enclave.started.measurement, enclave.position.shard,
                   context->url},
          changed(context->executor),
          tasks(context->executor) {}

    std::shared_ptr<WorkerContext> context;
    RunningEnclave enclave;
    std::optional<BlockId> last_block;
    EnclaveIdentity identity;
    bool stopping = false;
    bool stale = false;  ///< the enclave signs nothing: the last block is too old
    std::uint32_t evidence_restarts = 0;
    bool evidence_gone = false;
    /// Evidence is gone, and how it ended; the enclave is started again at this time.
    std::string evidence_end;
    std::optional<EvidenceRevival::Clock::time_point> renew_at;
    bool renewing = false;
    std::optional<SessionEnd> end;
    Signal changed;  ///< `end`, `renewing`, `last_block` or the importer's work changed
    std::shared_ptr<ChainBlocks> blocks;
    std::unique_ptr<BlockImporter> importer;
    std::unique_ptr<AccountKeeper> keeper;
    std::unique_ptr<OutboxSender> outbox;
    std::unique_ptr<ClientServer> clients;
    rpc::TaskGroup tasks;

    /// The first reason to end counts.
    void finish(SessionEnd with) {
        if (!end) {
            end = std::move(with);
        }
        changed.notify();
    }

    void make_parts(const std::shared_ptr<State>& self);
    void on_committed(const boundary::Committed& committed, std::optional<std::size_t> pages);
    void on_sent(const boundary::OutboxItem& item, const TransactionOutcome& outcome);
    void announce_ready();
    [[nodiscard]] bool may_send() const;
    /// The last block is one of the newest: what is signed now can be included.
    [[nodiscard]] bool is_near_head() const;

    static Task<std::optional<SessionEnd>> prepare(std::shared_ptr<State> self);
    static Task<void> begin(std::shared_ptr<State> self);
    /// Begins what needs an enclave whose state is the newest.
    static void serve(const std::shared_ptr<State>& self);
    static Task<void> watch_process(std::shared_ptr<State> self);
    static Task<void> import_blocks(std::shared_ptr<State> self);
    static Task<void> keep_account(std::shared_ptr<State> self);
    static Task<void> watch_time(std::shared_ptr<State> self);
    void note_evidence(const boundary::StatusReport& now);
    /// Has run() end in good order when it is time to.
    void renew_when_due();
    static Task<void> take_down(std::shared_ptr<State> self);
};

bool WorkerSession::State::may_send() const {
    return !end && !stale && keeper->able() && is_near_head();
}

bool WorkerSession::State::is_near_head() const {
    constexpr std::uint32_t kBlocksBehindMax = 8;  // signatures with an old runtime or era would be refused
    // The blocks of a parachain come by way of the relay chain, which tells no head of the parachain's node.
    const auto head =
        context->relay ? std::optional{blocks->head_number().value_or(0)} : blocks->head_number();
    return last_block && head && last_block->number + kBlocksBehindMax >= *head;
}

void WorkerSession::State::make_parts(const std::shared_ptr<State>& self) {
    // Hooks refer to the state by a plain or weak pointer: the parts belong to it and end before it.
    auto* const state = self.get();
    const auto& config = context->config;
    const bool verifies = enclave.position.finalized.has_value();
    const auto trouble = std::make_shared<ChainTrouble>();
    blocks = std::make_shared<ChainBlocks>(context->chain, verifies, trouble);
    ImportHooks import_hooks;
    import_hooks.on_committed = [state](const auto& committed, auto pages) {
        state->on_committed(committed, pages);
    };
    import_hooks.on_idle = [state] { state->changed.notify(); };
    import_hooks.on_checked = [self_weak = std::weak_ptr<State>{self}] {
        if (const auto alive = self_weak.lock()) {
            serve(alive);
        }
    };
    ImportStart start{reference_of(last_block), reference_of(enclave.position.finalized)};
    if (enclave.position.check_activity) {
        start.check_activity_of = identity.shard;
    }
    std::shared_ptr<BlockSource> source = blocks;
    if (context->relay) {
        RelayStart relay{context->relay, config.para_id, *reference_of(enclave.position.relay_finalized)};
        source = std::make_shared<ParachainBlocks>(context->chain, blocks, std::move(relay), trouble);
    }
    const DeliveryParts parts{enclave.channel, std::move(source), context->journal,
                              context->pool,   trouble,           context->storage};
    importer = std::make_unique<BlockImporter>(parts, std::move(start), std::move(import_hooks));

    KeeperOptions options;
    options.identity = identity;
    options.dev = config.dev;
    options.confirmations_funded = config.confirmations_funded;
    options.reregister_after = config.reregister_after;
    options.attestation = attestation_options(config);
    options.pool = context->pool;
    options.may_sign = [state] { return state->is_near_head(); };
    keeper = std::make_unique<AccountKeeper>(context->executor, context->chain, enclave.channel,
                                             std::move(options), [state] {
                                                 state->announce_ready();
                                                 state->outbox->wake(state->last_block->number);
                                             });

    OutboxSender::Hooks hooks;
    hooks.submit = [chain = context->chain, account = identity.account](registry_client::Signer signer) {
        registry_client::SubmitOptions submit;
        submit.account = account;
        submit.on_progress = log_retries("sending what the outbox holds");
        return registry_client::submit_until_finalized(chain, std::move(signer), std::move(submit));
    };
    hooks.may_send = [state] { return state->may_send(); };
    hooks.on_sent = [state](const auto& item, const auto& outcome) { state->on_sent(item, outcome); };
    hooks.on_failed = [state](const boundary::OutboxItem& item, const std::string& reason) {
        spdlog::warn("the {} for block {} failed and is sent again later: {}", outbox_kind_name(item.kind),
                     item.block_number, reason);
        state->keeper->doubt();
    };
    outbox = std::make_unique<OutboxSender>(context->executor, enclave.channel,
                                            config.transactions_in_flight_max, std::move(hooks));

    ClientLimits limits;
    limits.admission.connections_max = config.connections_max;
    limits.admission.per_place_max = config.connections_per_address;
    limits.admission.per_proxy_max = config.connections_per_proxy;
    limits.admission.proxies = config.trusted_proxies;
    limits.admission.half_open_max = config.half_open_max;
    limits.admission.rate_per_second = config.connection_rate;
    limits.admission.idle_timeout_pressed = config.idle_timeout_pressed;
    limits.handshake_timeout = config.handshake_timeout;
    limits.idle_timeout = config.idle_timeout;
    limits.write_timeout = config.write_timeout;
    ClientStateSource chain_state = [chain = context->chain](boundary::StateNeeded needed) {
        return fetch_client_state(chain, std::move(needed));
    };
    clients = std::make_unique<ClientServer>(context->executor, context->listener, enclave.channel,
                                             std::move(chain_state), limits);
    clients->refuse_while([storage = context->storage] { return storage->fault().has_value(); },
                          "the disk takes no records");
    clients->hand_out([file = EndorsementsFile{endorsements_path(config)}]() mutable -> std::optional<Bytes> {
        auto read = file.read_changed();
        if (!read) {
            spdlog::warn("evidence goes out without newer endorsements: {}. {}", read.error().cause,
                         read.error().remedy);
            return std::nullopt;
        }
        return std::move(read).value();
    });
}

void WorkerSession::State::on_committed(const boundary::Committed& committed,
                                        std::optional<std::size_t> pages) {
    last_block = committed.last_block;
    const auto calls = committed.calls_executed + committed.calls_failed;
    announce("block_imported", {{"number", committed.last_block.number},
                                {"hash", to_hex_0x(committed.last_block.hash.view())},
                                {"calls", calls},
                                {"failed", committed.calls_failed},
                                {"outbox", committed.outbox_size},
                                {"pages", pages ? nlohmann::ordered_json(*pages) : nullptr}});
    outbox->wake(committed.last_block.number);
    changed.notify();
}

void WorkerSession::State::on_sent(const boundary::OutboxItem& item, const TransactionOutcome& outcome) {
    announce(event_of(item.kind), {{"number", item.block_number},
                                   {"block", outcome.block.number},
                                   {"block_hash", to_hex_0x(outcome.block.hash.view())},
                                   {"extrinsic_hash", to_hex_0x(outcome.extrinsic_hash.view())}});
}

void WorkerSession::State::announce_ready() {
    if (std::exchange(context->ready_announced, true)) {
        return;
    }
    const auto account = format_account(identity.account, context->chain->runtime()->ss58_prefix);
    const auto measurement_base58 = crypto::encode_base58(identity.measurement.view());
    const auto genesis = to_hex_0x(context->chain->genesis_hash().view());
    const auto method = registry_name(context->config.attestation);
    announce("ready", {{"version", kVersion},
                       {"enclave_version", enclave.version},
                       {"chain", context->chain_name},
                       {"chain_url", context->chain->url()},
                       {"genesis", genesis},
                       {"measurement", to_hex_0x(identity.measurement.view())},
                       {"measurement_base58", measurement_base58},
                       {"account", account},
                       {"account_hex", to_hex_0x(identity.account.view())},
                       {"shard", to_hex_0x(identity.shard.view())},
                       {"shard_base58", crypto::encode_base58(identity.shard.view())},
                       {"url", identity.url},
                       {"listen", to_text(context->listener->address())},
                       {"registration", fmt::format("registered ({})", method)},
                       {"finality", enclave.started.anchor ? "verified" : "UNVERIFIED"},
                       {"relay", relay_json(*context)},
                       {"last_block", last_block->number},
                       {"enclave_pid", enclave.process->pid()}});
    print_report(fmt::format(
        "redoubtd {} is ready\n"
        "  chain         {} at {}\n"
        "  genesis       {}\n"
        "  enclave       {} (version {}, process {})\n"
        "                {}\n"
        "  account       {}\n"
        "  shard         {}\n"
        "  endpoint      {} (listening on {})\n"
        "  registration  registered, attestation method {}\n"
        "  finality      {}\n"
        "  last block    {}\n",
        kVersion, context->chain_name, context->chain->url(), genesis, to_hex_0x(identity.measurement.view()),
        enclave.version, enclave.process->pid(), measurement_base58, account,
        to_hex_0x(identity.shard.view()), identity.url, to_text(context->listener->address()), method,
        finality_text(enclave.started, relay_text(*context)), last_block->number));
}

/// What has to be settled before the first block: may we carry this shard, and with which runtime.
Task<std::optional<SessionEnd>> WorkerSession::State::prepare(std::shared_ptr<State> self) {
    const auto chain = self->context->chain;
    const auto shard = self->identity.shard;
    std::function<Task<rpc::Reply<ShardOnChain>>()> call = [chain, shard] {
        return read_shard(chain, shard);
    };
    const auto known =
        co_await until_answered<ShardOnChain>(std::move(call), "reading the shard", chain->url());
    if (!known.has_value()) {
        co_return problem_end(known.error());
    }
    if (auto obstacle = shard_obstacle(known.value(), self->identity, self->last_block.has_value())) {
        co_return problem_end(std::move(*obstacle));
    }
    // A runtime that is too new for the next old block is replaced when the enclave asks for the right one.
    const auto runtime = chain->runtime();
    boundary::ToEnclave message = set_runtime_message(*runtime);
    const auto set = co_await ask<boundary::RuntimeSet>(self->enclave.channel, std::move(message));
    if (!set.has_value() && is_refusal(set.error())) {
        co_return problem_end(problem_of_refusal(set.error()));
    }
    if (!set.has_value()) {
        co_return lost_end(set.error().message());
    }
    co_return std::nullopt;
}

Task<void> WorkerSession::State::begin(std::shared_ptr<State> self) {
    auto obstacle = co_await prepare(self);
    if (obstacle) {
        self->finish(std::move(*obstacle));
        co_return;
    }
    self->tasks.spawn(import_blocks(self));
    self->tasks.spawn(watch_time(self));
}

void WorkerSession::State::serve(const std::shared_ptr<State>& self) {
    self->tasks.spawn(keep_account(self));
    self->tasks.spawn(self->outbox->run());
    self->clients->start();
}

Task<void> WorkerSession::State::watch_process(std::shared_ptr<State> self) {
    const auto how = co_await self->enclave.process->wait_exit();
    self->finish(lost_end(how));
}

Task<void> WorkerSession::State::import_blocks(std::shared_ptr<State> self) {
    auto ended = co_await self->importer->run();
    if (!ended.enclave_lost) {
        self->finish(problem_end(std::move(ended.problem)));
        co_return;
    }
    if (ended.timed_out_at) {
        auto end = lost_end(std::move(ended.problem.cause));
        end.timed_out_at = ended.timed_out_at;
        self->finish(std::move(end));
        co_return;
    }
    // The process may have ended, which says more than the broken channel: its watcher goes first.
    self->enclave.channel->close();
    co_await pause_for(std::chrono::seconds{2});
    self->finish(lost_end(std::move(ended.problem.cause)));
}

/// Tells the operator what has become of the process that makes evidence.
void WorkerSession::State::note_evidence(const boundary::StatusReport& now) {
    if (now.evidence_restarts != evidence_restarts) {
        spdlog::warn(
            "what makes evidence beside the enclave has ended and was started again ({} times so far); "
            "the enclave's lines say how it ended",
            now.evidence_restarts);
        announce("evidence_restarted", {{"times", now.evidence_restarts}});
    }
    // How it ended is known a moment after it did: by the next report at the latest.
    const bool is_clear = now.evidence_end || evidence_gone;
    if (now.evidence_gone && is_clear && !renew_at) {
        evidence_end = fmt::format("what makes evidence beside the enclave has ended ({})",
                                   describe_end(now.evidence_end));
        const auto moment = EvidenceRevival::Clock::now();
        const auto pause = context->evidence_revival.record_end(moment);
        renew_at = moment + pause;
        const Problem problem{
            ExitCode::kEnclave, fmt::format("{}: wallets get none", evidence_end),
            pause.count() == 0
                ? "The enclave is started again at once, which brings it back; wallets connect anew. Where a "
                  "signal ended it, look at the kernel's log: memory may be short."
                : fmt::format("The enclave is started again in {} seconds, which brings it back; everything "
                              "else goes on meanwhile. It keeps ending: look at the kernel's log, memory may "
                              "be short.",
                              pause.count())};
        log_problem(problem);
        announce("evidence_gone",
                 {{"cause", problem.cause}, {"remedy", problem.remedy}, {"restart_in_s", pause.count()}});
    }
    evidence_restarts = now.evidence_restarts;
    evidence_gone = now.evidence_gone;
}

void WorkerSession::State::renew_when_due() {
    if (renew_at && EvidenceRevival::Clock::now() >= *renew_at) {
        renewing = true;
        changed.notify();
    }
}

/// Tells the enclave the time, and the operator when it is too late.
Task<void> WorkerSession::State::watch_time(std::shared_ptr<State> self) {
    constexpr std::chrono::milliseconds kInterval{2'000};
    for (;;) {
        boundary::ToEnclave message = boundary::Status{host_time_ms()};
        const auto report = co_await ask<boundary::StatusReport>(self->enclave.channel, std::move(message));
        if (!report.has_value()) {
            co_return;  // whoever needs the enclave next says so
        }
        const auto& now = report.value();
        if (now.stale && !self->stale) {
            const auto number = now.last_block ? now.last_block->number : 0;
            spdlog::warn(
                "finality is stale: block {} is older than allowed. The enclave signs nothing until newer "
                "blocks are "
                "final; look at the chain and its nodes",
                number);
            announce("stale", {{"last_block", number}, {"chain_time_ms", now.chain_time_ms}});
        } else if (!now.stale && self->stale) {
            spdlog::info("finality advances again: the enclave signs again");
            announce("fresh", {{"last_block", now.last_block ? now.last_block->number : 0},
                               {"chain_time_ms", now.chain_time_ms}});
            if (self->last_block) {
                self->outbox->wake(self->last_block->number);
            }
        }
        self->stale = now.stale;
        self->note_evidence(now);
        self->renew_when_due();
        co_await pause_for(kInterval);
    }
}

Task<void> WorkerSession::State::keep_account(std::shared_ptr<State> self) {
    while (!self->last_block) {
        co_await self->changed.wait();
    }
    auto problem = co_await self->keeper->run();
    self->finish(problem_end(std::move(problem)));
}

Task<void> WorkerSession::State::take_down(std::shared_ptr<State> self) {
    self->tasks.cancel();
    co_await self->tasks.join();
    co_await self->clients->stop();
    co_await self->outbox->stop();
    self->enclave.channel->close();
    const bool exited = co_await self->enclave.process->wait_exit_for(std::chrono::seconds{2});
    if (!exited) {
        spdlog::warn("the enclave does not end by itself: killing process {}", self->enclave.process->pid());
        self->enclave.process->kill();
    }
}

WorkerSession::WorkerSession(std::shared_ptr<WorkerContext> context, RunningEnclave enclave)
    : state_(std::make_shared<State>(std::move(context), std::move(enclave))) {
}

WorkerSession::~WorkerSession() = default;

void WorkerSession::request_stop() {
    state_->stopping = true;
    state_->changed.notify();
}

Task<SessionEnd> WorkerSession::run() {
    const auto state = state_;
    state->make_parts(state);
    state->tasks.spawn(State::watch_process(state));
    state->tasks.spawn(State::begin(state));
    while (!state->end) {
        if (state->stopping && !state->importer->busy()) {
            state->finish(SessionEnd{});
            break;
        }
        if (state->renewing && !state->importer->busy()) {
            state->finish(SessionEnd{SessionEnd::Kind::kRenewing,
                                     Problem{ExitCode::kEnclave, state->evidence_end, {}}});
            break;
        }
        co_await state->changed.wait();
    }
    co_await State::take_down(state);
    co_return std::move(*state->end);
}

}  // namespace redoubt::node
