#include <rpc/server_session.hpp>

#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace redoubt::rpc {

namespace asio = boost::asio;
using nlohmann::json;

class ServerSession::Subscription final : public ServerSubscription {
  public:
    Subscription(std::weak_ptr<ServerSession> session, std::string notification, std::string id)
        : session_(std::move(session)), notification_(std::move(notification)), id_(std::move(id)) {}

    const std::string& id() const override { return id_; }
    bool is_open() const override { return !session_.expired(); }
    [[nodiscard]] const std::string& notification() const { return notification_; }

    void notify(json result) override {
        const auto session = session_.lock();
        if (session == nullptr) {
            return;
        }
        json message{{"jsonrpc", "2.0"},
                     {"method", notification_},
                     {"params", {{"subscription", id_}, {"result", std::move(result)}}}};
        auto text = message.dump(-1, ' ', false, json::error_handler_t::replace);
        if (session->is_answering_) {
            session->held_.push_back(std::move(text));
        } else {
            session->send(std::move(text));
        }
    }
    void when_drained(std::function<void()> done) override {
        const auto session = session_.lock();
        if (session == nullptr) {
            return;
        }
        session->when_drained_.push_back([weak = session_, done = std::move(done)] {
            if (!weak.expired()) {
                done();
            }
        });
        session->tell_drained();
    }
    void end() override {
        if (const auto session = session_.lock()) {
            session->remove(*this);
        }
    }
    void on_end(std::function<void()> done) override {
        if (is_open()) {
            on_end_.push_back(std::move(done));
        } else {
            done();
        }
    }
    /// Cuts the tie to the connection.
    void ended() {
        session_.reset();
        for (const auto& done : std::exchange(on_end_, {})) {
            done();
        }
    }

  private:
    std::weak_ptr<ServerSession> session_;
    std::string notification_;
    std::string id_;
    std::vector<std::function<void()>> on_end_;
};

ServerSession::ServerSession(const Executor& executor, std::shared_ptr<ServerShared> shared)
    : shared_(std::move(shared)), delay_(executor), drained_(executor) {
    drained_.expires_at(asio::steady_timer::time_point::max());
}

ServerSession::~ServerSession() {
    ended();
}

Expected<ServerSubscriptionPtr> ServerSession::subscribe(std::string notification) {
    if (!can_subscribe_) {
        return ErrorObject{code::kMethodNotFound, "Subscriptions need a WebSocket"};
    }
    if (is_gone_ || subscriptions_.size() >= shared_->options.subscriptions_max) {
        return ErrorObject{code::kTooManySubscriptions,
                           "Too many subscriptions on the connection: at most " +
                               std::to_string(shared_->options.subscriptions_max)};
    }
    auto id = shared_->id_prefix + std::to_string(shared_->next_id++);
    auto made = std::make_shared<Subscription>(weak_from_this(), std::move(notification), id);
    subscriptions_.emplace(std::move(id), made);
    return ServerSubscriptionPtr{std::move(made)};
}

ServerSubscriptionPtr ServerSession::find(std::string_view notification, std::string_view id) {
    const auto found = subscriptions_.find(id);
    const bool is_known = found != subscriptions_.end() && found->second->notification() == notification;
    return is_known ? found->second : nullptr;
}

std::size_t ServerSession::count(std::string_view notification) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        subscriptions_, [&](const auto& entry) { return entry.second->notification() == notification; }));
}

void ServerSession::receive(std::string_view message) {
    is_answering_ = true;
    auto reply = shared_->methods->answer(message, shared_->options.answers, *this);
    is_answering_ = false;
    if (reply) {
        send(std::move(*reply));
    }
    for (auto& text : std::exchange(held_, {})) {
        send(std::move(text));
    }
    tell_drained();
}

void ServerSession::send(std::string message) {
    if (is_gone_ || is_closing_) {
        return;
    }
    const auto& options = shared_->options;
    // One message alone may be as long as an answer may be.
    if (!queue_.empty() && (queue_.size() >= options.queued_messages_max ||
                            queued_bytes_ + message.size() > options.queued_bytes_max)) {
        spdlog::warn("a client reads too slowly: {} messages and {} bytes wait; its connection is closed",
                     queue_.size(), queued_bytes_);
        abort();
        return;
    }
    queued_bytes_ += message.size();
    queue_.push_back(std::move(message));
    send_next();
}

void ServerSession::send_next() {
    if (is_writing_ || is_gone_) {
        return;
    }
    if (queue_.empty()) {
        if (is_closing_) {
            is_writing_ = true;
            start_close();
        }
        return;
    }
    is_writing_ = true;
    auto& message = queue_.front();
    if (!shared_->options.interfere) {
        start_write(message);
        return;
    }
    const auto size_before = message.size();
    const auto delivery = shared_->options.interfere(message);
    queued_bytes_ += message.size() - size_before;
    if (delivery.drop_connection) {
        abort();
        return;
    }
    if (delivery.delay <= std::chrono::milliseconds::zero()) {
        start_write(message);
        return;
    }
    delay_.expires_after(delivery.delay);
    delay_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (self && !error && !self->is_gone_) {
            self->start_write(self->queue_.front());
        }
    });
}

void ServerSession::written(bool is_sent) {
    is_writing_ = false;
    if (is_gone_) {
        return;
    }
    if (!is_sent) {
        abort();
        return;
    }
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (queued_bytes_ <= shared_->options.unread_bytes_max) {
        drained_.cancel();
    }
    send_next();
    tell_drained();
}

void ServerSession::tell_drained() {
    if (when_drained_.empty() || !queue_.empty() || is_answering_ || is_gone_) {
        return;
    }
    // Told on the next turn: what it starts must not nest in what called this.
    asio::post(drained_.get_executor(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self == nullptr || !self->queue_.empty()) {
            return;
        }
        for (const auto& done : std::exchange(self->when_drained_, {})) {
            done();
        }
    });
}

Task<void> ServerSession::readable() {
    while (!is_gone_ && queued_bytes_ > shared_->options.unread_bytes_max) {
        co_await drained_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void ServerSession::remove(const Subscription& subscription) {
    const auto found = subscriptions_.find(subscription.id());
    if (found == subscriptions_.end()) {
        return;
    }
    const auto kept = found->second;
    subscriptions_.erase(found);
    kept->ended();
}

void ServerSession::close() {
    is_closing_ = true;
    send_next();
}

void ServerSession::abort() {
    if (!is_gone_) {
        ended();
        break_transport();
    }
}

void ServerSession::ended() {
    if (std::exchange(is_gone_, true)) {
        return;
    }
    delay_.cancel();
    drained_.cancel();
    when_drained_.clear();
    for (const auto& [id, subscription] : std::exchange(subscriptions_, {})) {
        subscription->ended();
    }
}

}  // namespace redoubt::rpc
