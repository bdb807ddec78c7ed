/// A WebSocket JSON-RPC peer whose every word a test decides, on 127.0.0.1 and a free port.
///
/// It runs on a thread of its own; handlers run on that thread. It misbehaves on request: silence,
/// garbage, oversized messages, broken connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace redoubt::tests {

/// Thrown by a handler: the call is answered with this error object.
struct ScriptedError : std::runtime_error {
    ScriptedError(int error_code, const std::string& message, nlohmann::json error_data = nullptr)
        : std::runtime_error(message), code(error_code), data(std::move(error_data)) {}
    int code;
    nlohmann::json data;
};

struct ScriptedTls {
    std::string certificate_chain_pem;
    std::string private_key_pem;
    /// A second certificate for peers that do not want the first (P-256 beside Ed25519, for example).
    std::string other_certificate_chain_pem = {};
    std::string other_private_key_pem = {};
};

class ScriptedRpcServer {
  public:
    /// What a handler may do with one call. May be kept and used later, from any thread.
    class Exchange {
      public:
        virtual ~Exchange() = default;
        virtual void reply(nlohmann::json result) = 0;
        virtual void fail(int code, std::string message, nlohmann::json data = nullptr) = 0;
        /// Sends a text frame as it is, in place of or beside an answer.
        virtual void send_text(std::string text) = 0;
        /// Sends a notification on this connection.
        virtual void notify(std::string method, nlohmann::json subscription, nlohmann::json result) = 0;
        virtual void drop_connection() = 0;
        [[nodiscard]] virtual nlohmann::json id() const = 0;
    };
    using ExchangePtr = std::shared_ptr<Exchange>;
    using Answer = std::function<nlohmann::json(const nlohmann::json& params)>;
    using Handler = std::function<void(const nlohmann::json& params, ExchangePtr exchange)>;

    ScriptedRpcServer();
    explicit ScriptedRpcServer(ScriptedTls tls);
    ScriptedRpcServer(const ScriptedRpcServer&) = delete;
    ScriptedRpcServer& operator=(const ScriptedRpcServer&) = delete;
    ~ScriptedRpcServer();

    /// ws://127.0.0.1:port, or wss://.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const;

    /// Answers `method` with what the function returns; a ScriptedError becomes an error object.
    void on(const std::string& method, Answer answer);
    /// Leaves the whole exchange to `handler`.
    void on_exchange(const std::string& method, Handler handler);
    /// A subscription: `subscribe` answers with a new id per connection, notify_all(notification, …)
    /// reaches all of them, `unsubscribe` answers true.
    void on_subscription(const std::string& subscribe,
                         const std::string& unsubscribe,
                         const std::string& notification);
    /// Sends a notification to every live subscription of on_subscription with that notification name.
    void notify_all(const std::string& notification, const nlohmann::json& result);
    /// The number of such live subscriptions.
    [[nodiscard]] std::size_t subscribers(const std::string& notification) const;

    /// Calls of `method` so far. Methods without a handler are answered with -32601 and counted too.
    [[nodiscard]] std::size_t calls(const std::string& method) const;
    /// Connections accepted so far.
    [[nodiscard]] std::size_t connections() const;
    /// Waits until `condition` holds; it is tried again after every call, connection and disconnection.
    [[nodiscard]] bool wait_until(const std::function<bool()>& condition,
                                  std::chrono::milliseconds limit = std::chrono::seconds{20});

    /// Breaks all connections without a goodbye.
    void drop_connections();
    /// From now on connections read nothing and say nothing: half-open peers.
    void freeze();
    /// Refuses connections, and breaks those there are, until listen() on the same port.
    void stop_listening();
    void listen();

    struct Core;

  private:
    std::shared_ptr<Core> core_;
};

}  // namespace redoubt::tests
