/// One connection of a server above its transport: subscriptions, and the queue of what is to be sent.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <rpc/server.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::rpc {

/// What all connections of a server share; outlives none of them.
struct ServerShared {
    ServerOptions options;
    std::shared_ptr<const MethodTable> methods;
    std::string id_prefix;  ///< unlike that of other runs
    std::uint64_t next_id = 0;
};

/// Everything happens on the server's executor. A transport derives from this.
class ServerSession : public CallContext, public std::enable_shared_from_this<ServerSession> {
  public:
    ServerSession(const Executor& executor, std::shared_ptr<ServerShared> shared);
    ~ServerSession() override;

    Expected<ServerSubscriptionPtr> subscribe(std::string notification) override;
    ServerSubscriptionPtr find(std::string_view notification, std::string_view id) override;
    [[nodiscard]] std::size_t count(std::string_view notification) const override;

    /// Answers one message; what its subscriptions said meanwhile follows the reply.
    void receive(std::string_view message);
    /// Says goodbye once the queue is sent.
    void close();
    /// Breaks the connection: all subscriptions end.
    void abort();

  protected:
    /// Begins sending; ends in written(). `message` stays where it is until then.
    virtual void start_write(const std::string& message) = 0;
    virtual void start_close() = 0;
    virtual void break_transport() = 0;

    void written(bool is_sent);
    /// Returns when so little waits to be sent that the next message may be read.
    [[nodiscard]] Task<void> readable();
    /// The connection is gone.
    void ended();
    [[nodiscard]] const ServerShared& shared() const { return *shared_; }
    /// Counts as a WebSocket: subscriptions are possible.
    void open_for_subscriptions() { can_subscribe_ = true; }

  private:
    class Subscription;
    friend class Subscription;

    void send(std::string message);
    void send_next();
    void remove(const Subscription& subscription);
    void tell_drained();

    std::shared_ptr<ServerShared> shared_;
    std::map<std::string, std::shared_ptr<Subscription>, std::less<>> subscriptions_;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    std::vector<std::function<void()>> when_drained_;
    std::vector<std::string> held_;  ///< notifications that wait for the reply being made
    boost::asio::steady_timer delay_;
    boost::asio::steady_timer drained_;
    bool is_answering_ = false;
    bool can_subscribe_ = false;
    bool is_writing_ = false;
    bool is_closing_ = false;
    bool is_gone_ = false;
};

}  // namespace redoubt::rpc
