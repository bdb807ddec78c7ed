/// A JSON-RPC 2.0 client over one WebSocket (ws:// or wss://) that comes back by itself.
///
/// It knows no chain words: methods are names, parameters are positional. Answers are checked to be
/// JSON-RPC; whether they are true is the caller's matter. All functions may be called from any thread;
/// the connection lives on its own strand of the given executor.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <rpc/client_options.hpp>
#include <rpc/failure.hpp>
#include <rpc/subscription.hpp>
#include <rpc/task.hpp>
#include <string>

namespace redoubt::rpc {

/// A call made on every new connection before anything else uses it. When `judge` fails, the client
/// closes for good, and everything that waits or is called later fails with the judge's failure. When the
/// call itself fails, the connection counts as failed and is tried again.
struct ConnectionCheck {
    std::string method;
    nlohmann::json params = nlohmann::json::array();
    std::function<Reply<void>(const nlohmann::json& result)> judge;
};

class Client {
  public:
    class Impl;

    /// Connects once, without retries; from then on the client reconnects by itself.
    /// @errors kBadUrl, kConnectFailed, kCertificateRejected, kPeerKeyMismatch, those of the check
    [[nodiscard]] static Task<Reply<std::shared_ptr<Client>>>
    connect(Executor executor, ClientOptions options, std::optional<ConnectionCheck> check = std::nullopt);

    explicit Client(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    /// Closes: waiting calls and subscriptions fail with kClosed.
    ~Client();

    /// Calls `method` with the client's call_timeout. While the connection is down a call waits for it
    /// within its deadline; a call that was sent is never sent again.
    /// @param params a JSON array
    /// @errors kRemoteError (Failure::remote holds the peer's words), kNotConnected, kConnectionLost,
    ///         kDeadline, kBadAnswer, kMessageTooLarge, kTooManyCalls, kClosed or the failure of the check
    [[nodiscard]] Task<Reply<nlohmann::json>> call(std::string method, nlohmann::json params);
    /// The same with a deadline of its own.
    [[nodiscard]] Task<Reply<nlohmann::json>> call(std::string method,
                                                   nlohmann::json params,
                                                   std::chrono::milliseconds timeout);

    /// Subscribes. Notifications that overtake the answer are not lost.
    /// @errors those of call
    [[nodiscard]] Task<Reply<Subscription>> subscribe(SubscribeOptions options);

    [[nodiscard]] ConnectionStatus status() const;
    [[nodiscard]] const ClientOptions& options() const;

    /// Ends the connection and everything that waits on it; idempotent.
    void close();

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace redoubt::rpc
