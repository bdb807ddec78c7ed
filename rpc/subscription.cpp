#include <rpc/subscription.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/client_impl.hpp>
#include <rpc/run_on.hpp>

namespace redoubt::rpc {

namespace asio = boost::asio;

namespace {

void end_at_peer(std::shared_ptr<Subscription::State> state) {
    if (!state) {
        return;
    }
    const auto strand = state->strand;
    asio::dispatch(strand, [state = std::move(state)] {
        if (const auto client = state->client.lock()) {
            client->unsubscribe(state);
        }
    });
}

Task<Reply<SubscriptionEvent>> next_of(std::shared_ptr<Subscription::State> state,
                                       std::chrono::milliseconds limit) {
    co_return co_await state->next(limit);
}

}  // namespace

void Subscription::State::push(SubscriptionEvent event, std::size_t bytes) {
    if (ended) {
        return;
    }
    if (std::holds_alternative<Notification>(event) &&
        (queue.size() >= options.queue_max || queue_bytes + bytes > options.queue_bytes_max)) {
        if (!queue.empty() && std::holds_alternative<Lagged>(queue.back().event)) {
            ++std::get<Lagged>(queue.back().event).dropped;
        } else {
            queue.push_back({Lagged{1}, 0});
        }
    } else {
        queue.push_back({std::move(event), bytes});
        queue_bytes += bytes;
    }
    wake.cancel();
}

void Subscription::State::end(Failure why) {
    if (!ended) {
        ended = std::move(why);
        wake.cancel();
    }
}

Task<Reply<SubscriptionEvent>> Subscription::State::next(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (queue.empty()) {
        if (ended) {
            co_return *ended;
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            co_return Failure{make_error_code(RpcError::kDeadline), options.subscribe};
        }
        wake.expires_at(deadline);
        const auto [error] = co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
        static_cast<void>(error);
    }
    auto event = std::move(queue.front().event);
    queue_bytes -= queue.front().bytes;
    queue.pop_front();
    co_return event;
}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        end_at_peer(std::move(state_));
        state_ = std::move(other.state_);
    }
    return *this;
}

Subscription::~Subscription() {
    end_at_peer(std::move(state_));
}

Task<Reply<SubscriptionEvent>> Subscription::next(std::chrono::milliseconds limit) {
    auto work = next_of(state_, limit);
    return run_on(state_->strand, std::move(work));
}

}  // namespace redoubt::rpc
