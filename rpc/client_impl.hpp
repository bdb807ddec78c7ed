/// The inside of Client and Subscription. Everything here runs on one strand.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <rpc/client.hpp>
#include <rpc/endpoint.hpp>
#include <rpc/task_group.hpp>
#include <rpc/web_socket.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace redoubt::rpc {

/// What a Subscription handle and its client share.
struct Subscription::State : std::enable_shared_from_this<Subscription::State> {
    State(std::weak_ptr<Client::Impl> owner, Executor on, SubscribeOptions how)
        : client(std::move(owner)), strand(std::move(on)), options(std::move(how)), wake(strand) {
        wake.expires_at(boost::asio::steady_timer::time_point::max());
    }

    void push(SubscriptionEvent event, std::size_t bytes);
    /// No more events come; those in the queue can still be read.
    void end(Failure why);
    [[nodiscard]] Task<Reply<SubscriptionEvent>> next(std::chrono::milliseconds limit);

    std::weak_ptr<Client::Impl> client;
    Executor strand;
    SubscribeOptions options;
    boost::asio::steady_timer wake;
    struct Queued {
        SubscriptionEvent event;
        std::size_t bytes;
    };
    std::deque<Queued> queue;
    std::size_t queue_bytes = 0;
    std::optional<Failure> ended;
    nlohmann::json remote_id;  ///< null while it has no counterpart at the peer
    bool established = false;  ///< was subscribed at least once
};

class Client::Impl : public std::enable_shared_from_this<Client::Impl> {
  public:
    using Clock = std::chrono::steady_clock;
    using SubscriptionPtr = std::shared_ptr<Subscription::State>;

    Impl(Executor executor, ClientOptions options, Endpoint endpoint, std::optional<ConnectionCheck> check);

    /// Begins connecting; waits for the outcome of the first attempt.
    [[nodiscard]] Task<Reply<void>> start();
    [[nodiscard]] Task<Reply<nlohmann::json>> call(std::string method,
                                                   nlohmann::json params,
                                                   std::chrono::milliseconds timeout,
                                                   SubscriptionPtr subscription);
    void unsubscribe(const SubscriptionPtr& subscription);
    void shut_down(Failure why);

    [[nodiscard]] const Executor& strand() const { return strand_; }
    [[nodiscard]] const ClientOptions& options() const { return options_; }
    [[nodiscard]] ConnectionStatus status() const;

  private:
    struct Pending {
        explicit Pending(const Executor& strand) : wake(strand) {}
        boost::asio::steady_timer wake;
        std::optional<Reply<nlohmann::json>> answer;
        std::string method;
        std::string text;              ///< empty once it was handed to the socket
        SubscriptionPtr subscription;  ///< set for subscribe calls
        bool sent = false;
        bool setup = false;      ///< may be sent before the connection is ready
        bool abandoned = false;  ///< nobody waits for the answer any more
    };
    using PendingPtr = std::shared_ptr<Pending>;
    class Abandon;

    [[nodiscard]] Task<void> run();
    [[nodiscard]] Task<Reply<void>> run_connection();
    [[nodiscard]] Task<void> write_loop(std::shared_ptr<WebSocket> socket, std::uint64_t connection);
    [[nodiscard]] Task<void> set_up(std::shared_ptr<WebSocket> socket, std::uint64_t connection);
    [[nodiscard]] Task<Reply<nlohmann::json>> call_now(std::string method,
                                                       nlohmann::json params,
                                                       std::chrono::milliseconds timeout,
                                                       SubscriptionPtr subscription,
                                                       bool setup);
    [[nodiscard]] Task<std::chrono::milliseconds> back_off(unsigned attempt);

    /// An error means that the connection cannot be used further.
    [[nodiscard]] Reply<void> handle(const std::string& text);
    void handle_notification(nlohmann::json& message, std::size_t bytes);
    void handle_answer(nlohmann::json& message);
    void finish(std::uint64_t id, Reply<nlohmann::json> answer);
    void subscribed(const PendingPtr& pending, const nlohmann::json& remote_id);
    void connection_ended(const Failure& why);
    void set_status(ConnectionState state, std::string reason);
    void send_and_forget(std::string method, nlohmann::json params);
    [[nodiscard]] Reply<std::uint64_t> enqueue(const PendingPtr& pending, nlohmann::json params);
    [[nodiscard]] bool may_send(const Pending& pending) const;

    Executor strand_;
    ClientOptions options_;
    Endpoint endpoint_;
    std::optional<ConnectionCheck> check_;
    TaskGroup tasks_;

    std::shared_ptr<WebSocket> socket_;
    std::uint64_t connection_ = 0;  ///< counts connections; tells a writer that its own is over
    bool up_ = false;               ///< the socket is open
    bool ready_ = false;            ///< and the connection check has passed
    std::optional<Failure> closed_;
    std::optional<Failure> set_up_failure_;  ///< why a new connection was given up
    std::optional<Reply<void>> first_attempt_;
    boost::asio::steady_timer first_attempt_done_;
    boost::asio::steady_timer write_wake_;
    boost::asio::steady_timer back_off_;

    std::uint64_t next_id_ = 1;
    std::unordered_map<std::uint64_t, PendingPtr> pending_;
    std::deque<std::uint64_t> outgoing_;
    std::size_t outgoing_bytes_ = 0;

    std::unordered_map<std::string, SubscriptionPtr> routes_;  ///< by the peer's id, as JSON text
    std::vector<std::weak_ptr<Subscription::State>> subscriptions_;
    struct EarlyNotification {
        std::string route;
        nlohmann::json result;
        std::size_t bytes;
    };
    std::vector<EarlyNotification> early_;  ///< overtook the answer that names their subscription
    std::size_t early_bytes_ = 0;
    unsigned subscribes_in_flight_ = 0;

    std::minstd_rand jitter_;
    mutable std::mutex status_mutex_;
    ConnectionStatus status_;
};

}  // namespace redoubt::rpc
