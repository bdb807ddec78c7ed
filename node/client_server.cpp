#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <node/client_server.hpp>
#include <node/enclave_start.hpp>
#include <node/signal.hpp>
#include <rpc/deadline.hpp>
#include <rpc/task_group.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

namespace redoubt::node {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// One client. Its reader, its writer and the server's map share it.
struct Connection {
    Connection(std::uint64_t number, tcp::socket client)
        : id(number), socket(std::move(client)), changed(socket.get_executor()) {}

    void disconnect() {
        boost::system::error_code ignored;
        socket.close(ignored);
        closing = true;
        changed.notify();
    }

    std::uint64_t id;
    tcp::socket socket;
    Signal changed;
    Bytes waiting;                  ///< for the client, not yet handed to the socket
    std::size_t writing_bytes = 0;  ///< handed to the socket
    bool established = false;
    bool opened_inside = false;  ///< the enclave knows it
    bool closing = false;        ///< nothing more goes to the enclave; what waits is still sent
    std::optional<Clock::time_point> closing_since;
    std::optional<Clock::time_point> write_since;
    int tasks = 2;  ///< reader and writer that still run
    Clock::time_point opened = Clock::now();
    Clock::time_point active = Clock::now();
};
using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace

struct ClientServer::State {
    State(Executor run_on,
          std::shared_ptr<ClientListener> port,
          EnclaveLinkPtr link,
          ClientStateSource source,
          ClientLimits bounds)
        : executor(run_on),
          listener(std::move(port)),
          enclave(std::move(link)),
          chain_state(std::move(source)),
          limits(bounds),
          admission(std::move(bounds.admission)),
          room_inside(run_on),
          tasks(run_on) {}

    Executor executor;
    std::shared_ptr<ClientListener> listener;
    EnclaveLinkPtr enclave;
    ClientStateSource chain_state;
    std::size_t state_fetches = 0;
    bool collects_evidence = false;
    ClientLimits limits;
    ClientAdmission admission;
    std::map<std::uint64_t, ConnectionPtr> connections;
    std::uint64_t last_id = 0;
    std::function<bool()> closed = [] { return false; };
    std::string closed_reason;
    std::function<std::optional<Bytes>()> changed_endorsements = [] { return std::optional<Bytes>{}; };
    Clock::time_point refusal_logged{};
    std::size_t inside = 0;  ///< connections that the enclave knows, also those that are gone meanwhile
    Signal room_inside;      ///< `inside` became smaller, or a connection that waits for that is closing
    rpc::TaskGroup tasks;

    void apply(const boundary::ClientEffects& effects);
    void end_what_is_late();
    void leave(const ConnectionPtr& client);
    void touch(Connection& client);
    /// False when the newcomer is refused.
    bool make_room(std::uint64_t newcomer, const tcp::socket& socket);
    void evict(std::uint64_t id);
    void log_refusal(std::string_view reason);

    static Task<void> accept(std::shared_ptr<State> self);
    static Task<void> watch(std::shared_ptr<State> self);
    static Task<void> read(std::shared_ptr<State> self, ConnectionPtr client);
    static Task<void> write(std::shared_ptr<State> self, ConnectionPtr client);
    static Task<boundary::ClientState> fetch_state(std::shared_ptr<State> self, boundary::StateNeeded needed);
    static Task<void> collect_evidence(std::shared_ptr<State> self);
    static Task<bool> pass_on(std::shared_ptr<State> self,
                              std::uint64_t connection,
                              boundary::ToEnclave message);
};

void ClientServer::State::apply(const boundary::ClientEffects& effects) {
    for (const auto& effect : effects.effects) {
        const auto found = connections.find(effect.connection);
        if (found == connections.end()) {
            continue;
        }
        const auto client = found->second;
        append(client->waiting, effect.bytes);
        if (effect.established && !client->established) {
            client->established = true;
            admission.establish(client->id);
        }
        if (client->waiting.size() > limits.waiting_bytes_max) {
            spdlog::debug("client {}: does not take its answers, disconnected", client->id);
            client->disconnect();
            continue;
        }
        if (effect.close && !client->closing) {
            client->closing = true;
            client->closing_since = Clock::now();
        }
        client->changed.notify();
    }
}

/// Empty when the chain node does not give it, or too many questions wait for it.
Task<boundary::ClientState> ClientServer::State::fetch_state(std::shared_ptr<State> self,
                                                             boundary::StateNeeded needed) {
    if (self->state_fetches >= self->limits.state_fetches_max) {
        co_return boundary::ClientState{};
    }
    self->state_fetches += 1;
    auto work = self->chain_state(std::move(needed));
    auto state = co_await rpc::with_deadline(std::move(work), self->limits.state_timeout);
    self->state_fetches -= 1;
    if (!state.has_value()) {
        spdlog::debug("chain state for a client: {}", state.error().describe());
        co_return boundary::ClientState{};
    }
    co_return std::move(state.value());
}

/// Asks the enclave for the evidence that clients wait for, until nobody does: each round lets the TEE make
/// one piece, for all who asked before it.
Task<void> ClientServer::State::collect_evidence(std::shared_ptr<State> self) {
    constexpr std::chrono::milliseconds kFirstPause{10};
    constexpr std::chrono::milliseconds kPauseMax{200};
    auto pause = kFirstPause;
    auto progress = Clock::now();
    for (;;) {
        co_await pause_for(pause);
        const bool gives_up = Clock::now() - progress > self->limits.evidence_timeout;
        if (gives_up) {
            spdlog::warn(
                "the TEE has given no evidence for {} s: clients that wait are told so. Look at the kernel's "
                "log and the TEE's driver; ending the process that asks it, the newest below "
                "redoubt-enclave, "
                "starts it anew",
                self->limits.evidence_timeout.count() / 1'000);
        }
        boundary::ToEnclave take = boundary::TakeEvidence{.host_time_ms = host_time_ms(),
                                                          .give_up = gives_up,
                                                          .endorsements = self->changed_endorsements()};
        auto effects = co_await ask<boundary::ClientEffects>(self->enclave, std::move(take));
        if (!effects.has_value() && effects.error() == boundary::Refusal::kEndorsementsMalformed) {
            spdlog::warn("the enclave hands out what it had before: {}", effects.error().message());
            continue;
        }
        if (!effects.has_value()) {
            spdlog::debug("evidence for clients: {}", effects.error().message());
            break;
        }
        self->apply(effects.value());
        if (!effects.value().evidence_waits) {
            break;
        }
        const bool moves = !effects.value().effects.empty();
        progress = moves || gives_up ? Clock::now() : progress;
        pause = moves ? kFirstPause : std::min(2 * pause, kPauseMax);
    }
    self->collects_evidence = false;
}

/// False when the enclave is gone or refuses this client.
Task<bool> ClientServer::State::pass_on(std::shared_ptr<State> self,
                                        std::uint64_t connection,
                                        boundary::ToEnclave message) {
    for (;;) {
        auto effects = co_await ask<boundary::ClientEffects>(self->enclave, std::move(message));
        if (!effects.has_value()) {
            spdlog::debug("client bytes: {}", effects.error().message());
            co_return false;
        }
        self->apply(effects.value());
        if (effects.value().evidence_waits && !std::exchange(self->collects_evidence, true)) {
            self->tasks.spawn(collect_evidence(self));
        }
        if (!effects.value().needed) {
            co_return true;
        }
        auto needed = std::move(*effects.value().needed);
        auto state = co_await fetch_state(self, std::move(needed));
        state.connection = connection;
        message = std::move(state);
    }
}

Task<void> ClientServer::State::read(std::shared_ptr<State> self, ConnectionPtr client) {
    constexpr std::size_t kReadBytes = std::size_t{16} << 10;
    Bytes buffer(kReadBytes);
    bool served = true;
    while (served) {
        while (client->waiting.size() + client->writing_bytes > self->limits.read_pause_bytes &&
               !client->closing) {
            co_await client->changed.wait();
        }
        const auto [error, size] = co_await client->socket.async_read_some(asio::buffer(buffer), kTuple);
        if (error) {
            break;
        }
        self->touch(*client);
        if (client->closing) {
            continue;  // read and dropped, so that the last answer is not lost to a connection reset
        }
        if (!client->opened_inside) {  // who says nothing costs the enclave nothing
            while (self->inside >= self->limits.inside_max && !client->closing) {
                co_await self->room_inside.wait();
            }
            if (client->closing) {
                continue;
            }
            client->opened_inside = true;
            self->inside += 1;
            boundary::ToEnclave opened = boundary::ClientOpened{client->id};
            served = co_await pass_on(self, client->id, std::move(opened));
            if (!served || client->closing) {
                continue;
            }
        }
        boundary::ToEnclave bytes = boundary::ClientBytes{
            client->id, Bytes(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size))};
        served = co_await pass_on(self, client->id, std::move(bytes));
    }
    if (!client->closing) {
        client->closing = true;
        client->closing_since = Clock::now();
    }
    client->changed.notify();
    if (client->opened_inside) {
        boundary::ToEnclave closed = boundary::ClientClosed{client->id};
        co_await pass_on(self, client->id, std::move(closed));
        self->inside -= 1;
        self->room_inside.notify();
    }
    self->leave(client);
}

Task<void> ClientServer::State::write(std::shared_ptr<State> self, ConnectionPtr client) {
    for (;;) {
        while (client->waiting.empty() && !client->closing) {
            co_await client->changed.wait();
        }
        if (client->waiting.empty()) {
            break;
        }
        const auto chunk = std::exchange(client->waiting, {});
        client->writing_bytes = chunk.size();
        client->write_since = Clock::now();
        const auto [error, size] = co_await asio::async_write(client->socket, asio::buffer(chunk), kTuple);
        client->write_since.reset();
        client->writing_bytes = 0;
        if (error) {
            client->disconnect();
            break;
        }
        self->touch(*client);
        client->changed.notify();
    }
    boost::system::error_code ignored;
    client->socket.shutdown(tcp::socket::shutdown_send, ignored);
    self->leave(client);
}

void ClientServer::State::leave(const ConnectionPtr& client) {
    if (--client->tasks == 0) {
        client->disconnect();
        admission.leave(client->id);
        connections.erase(client->id);
    }
}

void ClientServer::State::touch(Connection& client) {
    client.active = Clock::now();
    admission.touch(client.id, client.active);
}

void ClientServer::State::evict(std::uint64_t id) {
    const auto found = connections.find(id);
    if (found != connections.end()) {
        spdlog::debug("client {}: gives way to another one, disconnected", id);
        found->second->disconnect();
        room_inside.notify();
    }
}

void ClientServer::State::log_refusal(std::string_view reason) {
    const auto now = Clock::now();
    if (now - refusal_logged > std::chrono::seconds{10}) {
        refusal_logged = now;
        spdlog::warn("refusing clients: {} ({} are connected)", reason, admission.size());
    }
}

bool ClientServer::State::make_room(std::uint64_t newcomer, const tcp::socket& socket) {
    if (closed()) {
        log_refusal(closed_reason);
        return false;
    }
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) {
        return false;  // it left already
    }
    const auto decision = admission.admit(newcomer, remote.address(), Clock::now());
    for (const auto id : decision.evicted) {
        evict(id);
    }
    if (!decision.refusal.empty()) {
        log_refusal(decision.refusal);
    }
    return decision.refusal.empty();
}

void ClientServer::State::end_what_is_late() {
    const auto now = Clock::now();
    const auto idle_timeout = admission.is_pressed()
                                  ? std::min(limits.idle_timeout, limits.admission.idle_timeout_pressed)
                                  : limits.idle_timeout;
    std::vector<ConnectionPtr> late;
    for (const auto& [id, client] : connections) {
        const bool handshake = !client->established && now - client->opened > limits.handshake_timeout;
        const bool silent = now - client->active > idle_timeout;
        const bool stuck = client->write_since && now - *client->write_since > limits.write_timeout;
        const bool lingers = client->closing_since && now - *client->closing_since > limits.linger_timeout &&
                             client->waiting.empty() && !client->write_since;
        if (handshake || silent || stuck || lingers) {
            const auto* const reason = lingers     ? "closed"
                                       : stuck     ? "does not take its answers"
                                       : handshake ? "no handshake in time"
                                                   : "silent";
            spdlog::debug("client {}: {}, disconnected", id, reason);
            late.push_back(client);
        }
    }
    for (const auto& client : late) {
        client->disconnect();
    }
    room_inside.notify();
    admission.forget_absent(now);
}

Task<void> ClientServer::State::watch(std::shared_ptr<State> self) {
    const auto& limits = self->limits;
    const auto shortest = std::min(
        {limits.handshake_timeout, limits.idle_timeout, limits.write_timeout, limits.linger_timeout});
    const auto interval =
        std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
    for (;;) {
        co_await pause_for(interval);
        self->end_what_is_late();
    }
}

Task<void> ClientServer::State::accept(std::shared_ptr<State> self) {
    for (;;) {
        auto [error, socket] = co_await self->listener->acceptor().async_accept(self->executor, kTuple);
        if (error == asio::error::operation_aborted) {
            co_return;
        }
        if (error) {
            spdlog::warn("cannot accept a client: {}", error.message());
            co_await pause_for(std::chrono::milliseconds{100});
            continue;
        }
        const auto id = ++self->last_id;
        if (!self->make_room(id, socket)) {
            continue;  // the socket closes as it goes
        }
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay{true}, ignored);
        const auto client = std::make_shared<Connection>(id, std::move(socket));
        self->connections.emplace(client->id, client);
        self->tasks.spawn(read(self, client));
        self->tasks.spawn(write(self, client));
    }
}

ClientServer::ClientServer(Executor executor,
                           std::shared_ptr<ClientListener> listener,
                           EnclaveLinkPtr enclave,
                           ClientStateSource chain_state,
                           ClientLimits limits)
    : state_(std::make_shared<State>(std::move(executor),
                                     std::move(listener),
                                     std::move(enclave),
                                     std::move(chain_state),
                                     limits)) {
}

ClientServer::~ClientServer() {
    state_->tasks.cancel();
    for (const auto& [id, client] : state_->connections) {
        client->disconnect();
    }
}

void ClientServer::refuse_while(std::function<bool()> condition, std::string reason) {
    state_->closed = std::move(condition);
    state_->closed_reason = std::move(reason);
}

void ClientServer::hand_out(std::function<std::optional<Bytes>()> changed) {
    state_->changed_endorsements = std::move(changed);
}

void ClientServer::start() {
    state_->tasks.spawn(State::accept(state_));
    state_->tasks.spawn(State::watch(state_));
}

Task<void> ClientServer::stop() {
    const auto state = state_;
    state->tasks.cancel();
    for (const auto& [id, client] : state->connections) {
        client->disconnect();
    }
    co_await state->tasks.join();
    state->connections.clear();
}

std::size_t ClientServer::connections() const {
    return state_->connections.size();
}

}  // namespace redoubt::node
