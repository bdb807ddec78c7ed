// The connection of Client::Impl: it comes up, is checked, breaks, and comes back.
#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/client_impl.hpp>

namespace redoubt::rpc {

namespace asio = boost::asio;

Client::Impl::Impl(Executor executor,
                   ClientOptions options,
                   Endpoint endpoint,
                   std::optional<ConnectionCheck> check)
    : strand_(std::move(executor)),
      options_(std::move(options)),
      endpoint_(std::move(endpoint)),
      check_(std::move(check)),
      tasks_(strand_),
      first_attempt_done_(strand_),
      write_wake_(strand_),
      back_off_(strand_),
      jitter_(std::random_device{}()) {
    first_attempt_done_.expires_at(Clock::time_point::max());
    write_wake_.expires_at(Clock::time_point::max());
}

ConnectionStatus Client::Impl::status() const {
    const std::scoped_lock lock{status_mutex_};
    return status_;
}

void Client::Impl::set_status(ConnectionState state, std::string reason) {
    const std::scoped_lock lock{status_mutex_};
    status_.state = state;
    status_.reason = std::move(reason);
    status_.connections = connection_;
}

Task<Reply<void>> Client::Impl::start() {
    const auto self = shared_from_this();
    // The static wrapper keeps the object alive for as long as the task runs.
    tasks_.spawn([](std::shared_ptr<Impl> impl) -> Task<void> { co_await impl->run(); }(self));
    while (!first_attempt_ && !closed_) {
        co_await first_attempt_done_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return closed_ ? Reply<void>{*closed_} : *first_attempt_;
}

Task<void> Client::Impl::run() {
    unsigned attempt = 0;
    std::chrono::milliseconds paused{0};
    while (!closed_) {
        const auto began = Clock::now();
        const auto ended = co_await run_connection();
        auto why = ended ? Failure{RpcError::kConnectionLost} : ended.error();
        const bool was_ready = ready_;
        connection_ended(why);
        if (closed_) {
            break;
        }
        if (!first_attempt_ || !options_.reconnect) {
            shut_down(std::move(why));
            break;
        }
        // A connection that held for longer than it was waited for is no reason to wait longer for the next.
        if (was_ready && Clock::now() - began > paused) {
            attempt = 0;
        }
        if (was_ready) {
            spdlog::warn("connection lost: {}", why.describe());
        }
        set_status(ConnectionState::kReconnecting, why.describe());
        paused = co_await back_off(attempt++);
    }
}

/// Waits before attempt `attempt` + 1. @return how long
Task<std::chrono::milliseconds> Client::Impl::back_off(unsigned attempt) {
    auto delay = options_.backoff_min;
    for (unsigned i = 0; i < attempt && delay < options_.backoff_max; ++i) {
        delay *= 2;
    }
    delay = std::min(delay, options_.backoff_max);
    // Half of the delay is random, so that clients of a restarted node do not all come at once.
    std::uniform_int_distribution<std::int64_t> spread{delay.count() / 2, delay.count()};
    const std::chrono::milliseconds chosen{spread(jitter_)};
    back_off_.expires_after(chosen);
    co_await back_off_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return chosen;
}

/// One connection from opening to its end; always gives why it ended.
Task<Reply<void>> Client::Impl::run_connection() {
    if (endpoint_.tls) {
        BOOST_OUTCOME_CO_TRY(auto tls_socket, make_tls_web_socket(strand_, endpoint_, options_));
        socket_ = std::move(tls_socket);
    } else {
        socket_ = make_plain_web_socket(strand_, endpoint_, options_);
    }
    const auto socket = socket_;
    BOOST_OUTCOME_CO_TRY(co_await socket->open());
    if (closed_) {
        co_return *closed_;
    }
    up_ = true;
    set_up_failure_.reset();
    const auto connection = ++connection_;
    auto self = shared_from_this();
    tasks_.spawn(
        [](std::shared_ptr<Impl> impl, std::shared_ptr<WebSocket> own, std::uint64_t number) -> Task<void> {
            co_await impl->write_loop(own, number);
        }(self, socket, connection));
    tasks_.spawn(
        [](std::shared_ptr<Impl> impl, std::shared_ptr<WebSocket> own, std::uint64_t number) -> Task<void> {
            co_await impl->set_up(own, number);
        }(self, socket, connection));
    while (true) {
        const auto text = co_await socket->read();
        if (!text) {
            co_return set_up_failure_ ? *set_up_failure_ : text.error();
        }
        if (closed_) {
            co_return *closed_;
        }
        BOOST_OUTCOME_CO_TRY(handle(text.value()));
    }
}

Task<void> Client::Impl::write_loop(std::shared_ptr<WebSocket> socket, std::uint64_t connection) {
    while (up_ && connection == connection_) {
        const auto next = std::ranges::find_if(outgoing_, [&](std::uint64_t id) {
            const auto found = pending_.find(id);
            return found == pending_.end() || may_send(*found->second);
        });
        if (next == outgoing_.end()) {
            if (closed_) {
                co_await socket->close();
                socket->abort();
                co_return;
            }
            co_await write_wake_.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        const auto found = pending_.find(*next);
        outgoing_.erase(next);
        if (found == pending_.end()) {
            continue;
        }
        const auto pending = found->second;
        pending->sent = true;
        if (pending->subscription) {
            ++subscribes_in_flight_;
        }
        auto text = std::move(pending->text);
        pending->text.clear();
        outgoing_bytes_ -= text.size();
        if (const auto written = co_await socket->write(std::move(text)); !written) {
            socket->abort();
            co_return;
        }
    }
}

Task<void> Client::Impl::set_up(std::shared_ptr<WebSocket> socket, std::uint64_t connection) {
    if (check_) {
        const auto answer =
            co_await call_now(check_->method, check_->params, options_.call_timeout, nullptr, true);
        if (connection != connection_ || !up_) {
            co_return;
        }
        if (!answer) {
            set_up_failure_ = answer.error();
            socket->abort();
            co_return;
        }
        if (const auto judged = check_->judge(answer.value()); !judged) {
            shut_down(judged.error());
            co_return;
        }
    }
    ready_ = true;
    set_status(ConnectionState::kConnected, {});
    if (!first_attempt_) {
        first_attempt_ = success();
        first_attempt_done_.cancel();
    } else {
        spdlog::info("connected again to {}", endpoint_.authority());
    }
    std::vector<SubscriptionPtr> again;
    for (const auto& weak : subscriptions_) {
        if (auto subscription = weak.lock(); subscription && !subscription->ended) {
            again.push_back(std::move(subscription));
        }
    }
    write_wake_.cancel();
    for (const auto& subscription : again) {
        auto method = subscription->options.subscribe;
        auto params = subscription->options.params;
        const auto answer = co_await call_now(std::move(method), std::move(params), options_.call_timeout,
                                              subscription, true);
        if (connection != connection_ || !up_) {
            co_return;
        }
        if (!answer) {
            subscription->end(answer.error());
        }
    }
}

void Client::Impl::connection_ended(const Failure& why) {
    if (socket_) {
        socket_->abort();
        socket_.reset();
    }
    up_ = false;
    ready_ = false;
    write_wake_.cancel();
    routes_.clear();
    early_.clear();
    early_bytes_ = 0;
    subscribes_in_flight_ = 0;
    // What was sent has an unknown effect; what was not waits for the next connection.
    std::vector<PendingPtr> lost;
    std::erase_if(pending_, [&](const auto& entry) {
        const auto& pending = entry.second;
        if (!pending->sent && !pending->setup && !pending->abandoned) {
            return false;
        }
        outgoing_bytes_ -= pending->text.size();
        pending->text.clear();
        lost.push_back(pending);
        return true;
    });
    std::erase_if(outgoing_, [&](std::uint64_t id) { return !pending_.contains(id); });
    for (const auto& pending : lost) {
        auto failure = why;
        failure.detail = pending->method + ": " + why.detail;
        pending->answer = Reply<nlohmann::json>{std::move(failure)};
        pending->wake.cancel();
    }
    std::erase_if(subscriptions_, [&](const auto& weak) {
        const auto subscription = weak.lock();
        if (!subscription) {
            return true;
        }
        subscription->remote_id = nullptr;
        if (!subscription->options.resubscribe) {
            subscription->end(why);
            return true;
        }
        return false;
    });
}

void Client::Impl::shut_down(Failure why) {
    if (closed_) {
        return;
    }
    closed_ = why;
    set_status(ConnectionState::kClosed, why.describe());
    for (const auto& [id, pending] : pending_) {
        pending->answer = Reply<nlohmann::json>{why};
        pending->wake.cancel();
    }
    pending_.clear();
    outgoing_.clear();
    outgoing_bytes_ = 0;
    for (const auto& weak : subscriptions_) {
        if (const auto subscription = weak.lock()) {
            subscription->remote_id = nullptr;
            subscription->end(why);
        }
    }
    subscriptions_.clear();
    routes_.clear();
    first_attempt_done_.cancel();
    back_off_.cancel();
    if (!socket_) {
        return;
    }
    if (!up_) {
        socket_->abort();
        return;
    }
    // The writer says goodbye and ends the connection, which ends the reader; a peer that takes no bytes
    // cannot hold this up.
    write_wake_.cancel();
    back_off_.expires_after(std::chrono::seconds{2});
    back_off_.async_wait([weak = std::weak_ptr{socket_}](boost::system::error_code error) {
        if (const auto socket = weak.lock(); socket && !error) {
            socket->abort();
        }
    });
}

}  // namespace redoubt::rpc
