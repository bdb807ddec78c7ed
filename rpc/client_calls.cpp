// Calls and subscriptions of Client::Impl: what waits, what is sent, what an answer means.
#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/client_impl.hpp>
#include <rpc/json_text.hpp>

namespace redoubt::rpc {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kEarlyNotificationsMax = 256;

std::string cleaned(std::string text) {
    if (text.size() > kRemoteTextMax) {
        text.resize(kRemoteTextMax);
    }
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return text;
}

std::string dumped(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Failure malformed(const std::string& method, const char* what) {
    return {make_error_code(RpcError::kBadAnswer), method + ": " + what};
}

Reply<nlohmann::json> result_of(nlohmann::json& message, const std::string& method) {
    if (message.value("jsonrpc", nlohmann::json{}) != "2.0") {
        return malformed(method, "the answer is not JSON-RPC 2.0");
    }
    const bool has_result = message.contains("result");
    const auto error = message.find("error");
    const bool has_error = error != message.end();
    // Servers of JSON-RPC 1.0 habits write "error": null beside a result.
    if (has_result && has_error && !error->is_null()) {
        return malformed(method, "the answer has both a result and an error");
    }
    if (has_result) {
        return std::move(message["result"]);
    }
    if (!has_error || !error->is_object()) {
        return malformed(method, "the answer has neither a result nor an error object");
    }
    RemoteError remote;
    if (const auto code = error->find("code"); code != error->end() && code->is_number_integer()) {
        remote.code = code->get<std::int64_t>();
    }
    if (const auto text = error->find("message"); text != error->end() && text->is_string()) {
        remote.message = cleaned(text->get<std::string>());
    }
    if (const auto data = error->find("data"); data != error->end() && !data->is_null()) {
        remote.data = cleaned(data->is_string() ? data->get<std::string>() : dumped(*data));
    }
    Failure failure{std::move(remote)};
    failure.detail = method;
    return failure;
}

}  // namespace

/// Takes a call out of the books when its waiting coroutine ends in whatever way.
class Client::Impl::Abandon {
  public:
    Abandon(std::shared_ptr<Impl> impl, std::uint64_t id) : impl_(std::move(impl)), id_(id) {}
    Abandon(const Abandon&) = delete;
    Abandon& operator=(const Abandon&) = delete;
    ~Abandon() {
        const auto found = impl_->pending_.find(id_);
        if (found == impl_->pending_.end()) {
            return;
        }
        auto& pending = *found->second;
        // A subscription that comes into being later must be ended: its answer is awaited.
        if (pending.subscription && pending.sent) {
            pending.abandoned = true;
            return;
        }
        if (!pending.text.empty()) {
            impl_->outgoing_bytes_ -= pending.text.size();
            std::erase(impl_->outgoing_, id_);
        }
        impl_->pending_.erase(found);
    }

  private:
    std::shared_ptr<Impl> impl_;
    std::uint64_t id_;
};

Reply<std::uint64_t> Client::Impl::enqueue(const PendingPtr& pending, nlohmann::json params) {
    const auto id = next_id_++;
    nlohmann::json request;
    request["jsonrpc"] = "2.0";
    request["id"] = id;
    request["method"] = pending->method;
    request["params"] = std::move(params);
    pending->text = dumped(request);
    const auto bytes = pending->text.size();
    if (bytes > options_.outgoing_bytes_max) {
        return Failure{make_error_code(RpcError::kMessageTooLarge),
                       pending->method + " needs " + std::to_string(bytes) + " bytes of at most " +
                           std::to_string(options_.outgoing_bytes_max)};
    }
    if (pending_.size() >= options_.calls_in_flight_max ||
        outgoing_bytes_ + bytes > options_.outgoing_queue_bytes_max) {
        return Failure{make_error_code(RpcError::kTooManyCalls), pending->method};
    }
    outgoing_bytes_ += bytes;
    pending_.emplace(id, pending);
    if (pending->setup) {
        outgoing_.push_front(id);
    } else {
        outgoing_.push_back(id);
    }
    write_wake_.cancel();
    return id;
}

Task<Reply<nlohmann::json>> Client::Impl::call(std::string method,
                                               nlohmann::json params,
                                               std::chrono::milliseconds timeout,
                                               SubscriptionPtr subscription) {
    return call_now(std::move(method), std::move(params), timeout, std::move(subscription), false);
}

Task<Reply<nlohmann::json>> Client::Impl::call_now(std::string method,
                                                   nlohmann::json params,
                                                   std::chrono::milliseconds timeout,
                                                   SubscriptionPtr subscription,
                                                   bool setup) {
    if (closed_) {
        co_return *closed_;
    }
    const auto self = shared_from_this();
    auto pending = std::make_shared<Pending>(strand_);
    pending->method = std::move(method);
    pending->subscription = std::move(subscription);
    pending->setup = setup;
    pending->wake.expires_after(timeout);
    BOOST_OUTCOME_CO_TRY(const auto id, enqueue(pending, std::move(params)));
    const Abandon abandon{self, id};
    const auto [error] = co_await pending->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    static_cast<void>(error);
    if (pending->answer) {
        co_return std::move(*pending->answer);
    }
    if (!pending->sent) {
        co_return Failure{make_error_code(RpcError::kNotConnected),
                          pending->method + " to " + endpoint_.authority() + ": " + status().reason};
    }
    co_return Failure{make_error_code(RpcError::kDeadline), pending->method + " to " + endpoint_.authority()};
}

void Client::Impl::send_and_forget(std::string method, nlohmann::json params) {
    auto pending = std::make_shared<Pending>(strand_);
    pending->method = std::move(method);
    pending->abandoned = true;
    if (const auto queued = enqueue(pending, std::move(params)); !queued) {
        spdlog::debug("{} was not sent: {}", pending->method, queued.error().describe());
    }
}

bool Client::Impl::may_send(const Pending& pending) const {
    return ready_ || pending.setup;
}

void Client::Impl::unsubscribe(const SubscriptionPtr& subscription) {
    subscription->end(RpcError::kClosed);
    std::erase_if(subscriptions_, [&](const auto& weak) {
        const auto known = weak.lock();
        return !known || known == subscription;
    });
    if (!subscription->remote_id.is_null()) {
        routes_.erase(dumped(subscription->remote_id));
        if (up_ && !subscription->options.unsubscribe.empty()) {
            send_and_forget(subscription->options.unsubscribe,
                            nlohmann::json::array({subscription->remote_id}));
        }
        subscription->remote_id = nullptr;
    }
}

Reply<void> Client::Impl::handle(const std::string& text) {
    BOOST_OUTCOME_TRY(auto message, parse_json(text, {.depth_max = options_.json_depth_max,
                                                      .values_max = options_.json_values_max,
                                                      .unique_names = true}));
    if (!message.is_object()) {
        return Failure{make_error_code(RpcError::kBadAnswer),
                       "the peer sent JSON that is no JSON-RPC message"};
    }
    if (message.contains("method")) {
        handle_notification(message, text.size());
    } else {
        handle_answer(message);
    }
    return success();
}

void Client::Impl::handle_notification(nlohmann::json& message, std::size_t bytes) {
    const auto params = message.find("params");
    if (message.contains("id") || params == message.end() || !params->is_object()) {
        return;
    }
    const auto id = params->find("subscription");
    const auto result = params->find("result");
    if (id == params->end() || result == params->end()) {
        return;
    }
    auto route = dumped(*id);
    if (const auto found = routes_.find(route); found != routes_.end()) {
        found->second->push(Notification{std::move(*result)}, bytes);
        return;
    }
    if (subscribes_in_flight_ > 0 && early_.size() < kEarlyNotificationsMax &&
        early_bytes_ + bytes <= options_.message_bytes_max) {
        early_bytes_ += bytes;
        early_.push_back({std::move(route), std::move(*result), bytes});
    }
}

void Client::Impl::handle_answer(nlohmann::json& message) {
    const auto id = message.find("id");
    if (id != message.end() && id->is_number_unsigned()) {
        const auto found = pending_.find(id->get<std::uint64_t>());
        if (found != pending_.end() && found->second->sent) {
            finish(found->first, result_of(message, found->second->method));
        }
        return;
    }
    // A peer that cannot read a request answers with a null id. When only one call is under way, it is meant.
    if (id != message.end() && id->is_null() && message.contains("error")) {
        std::optional<std::uint64_t> only;
        for (const auto& [number, pending] : pending_) {
            if (pending->sent) {
                if (only) {
                    return;
                }
                only = number;
            }
        }
        if (only) {
            finish(*only, result_of(message, pending_.at(*only)->method));
        }
    }
}

void Client::Impl::finish(std::uint64_t id, Reply<nlohmann::json> answer) {
    const auto found = pending_.find(id);
    const auto pending = found->second;
    pending_.erase(found);
    if (pending->subscription && pending->sent) {
        --subscribes_in_flight_;
        if (answer) {
            const auto& remote_id = answer.value();
            if (!remote_id.is_string() && !remote_id.is_number_integer()) {
                answer = malformed(pending->method, "the subscription id is neither text nor a number");
            } else {
                subscribed(pending, remote_id);
            }
        }
        if (subscribes_in_flight_ == 0) {
            early_.clear();
            early_bytes_ = 0;
        }
    }
    pending->answer = std::move(answer);
    pending->wake.cancel();
}

void Client::Impl::subscribed(const PendingPtr& pending, const nlohmann::json& remote_id) {
    const auto& subscription = pending->subscription;
    if (pending->abandoned || subscription->ended) {
        if (!subscription->options.unsubscribe.empty()) {
            send_and_forget(subscription->options.unsubscribe, nlohmann::json::array({remote_id}));
        }
        return;
    }
    subscription->remote_id = remote_id;
    auto route = dumped(remote_id);
    if (subscription->established) {
        subscription->push(Resubscribed{}, 0);
    } else {
        subscription->established = true;
        subscriptions_.push_back(subscription);
    }
    for (auto& early : early_) {
        if (early.route == route) {
            subscription->push(Notification{std::move(early.result)}, early.bytes);
        }
    }
    std::erase_if(early_, [&](const auto& early) { return early.route == route; });
    routes_[std::move(route)] = subscription;
}

}  // namespace redoubt::rpc
