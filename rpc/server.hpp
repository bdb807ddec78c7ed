/// A JSON-RPC 2.0 server over WebSocket, and over HTTP POST for calls without subscriptions.
///
/// It knows no chain words. It serves anybody who can reach its address: there is no TLS and no login, so it
/// listens on this machine alone unless told otherwise.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <rpc/failure.hpp>
#include <rpc/method_table.hpp>
#include <rpc/task.hpp>
#include <string>
#include <string_view>

namespace redoubt::rpc {

enum class ServerError : int {
    kBadAddress = 1,  ///< not an IP address of this machine
    kPortInUse,       ///< another program listens there
    kListenFailed,    ///< anything else; the detail has the system's words
};
[[nodiscard]] std::string_view error_domain(ServerError);
[[nodiscard]] std::string_view error_message(ServerError);
REDOUBT_ERROR_DOMAIN(ServerError)

/// What becomes of one outgoing message when somebody interferes.
struct Delivery {
    std::chrono::milliseconds delay{0};  ///< before it is sent; later messages wait behind it
    bool drop_connection = false;        ///< in place of sending it
};

struct ServerOptions {
    std::string address = "127.0.0.1";  ///< an IP address
    std::uint16_t port = 0;             ///< 0 takes a free one

    std::size_t connections_max = 1024;                     ///< further ones are closed at once
    std::size_t message_bytes_max = std::size_t{16} << 20;  ///< incoming
    AnswerLimits answers = {};
    std::size_t subscriptions_max = 1024;  ///< of one connection
    /// Outgoing messages that wait on one connection. While as many bytes as `unread_bytes_max` wait, nothing
    /// more is read from it; notifications that go above the other limits break it.
    std::size_t unread_bytes_max = std::size_t{1} << 20;
    std::size_t queued_bytes_max = std::size_t{64} << 20;
    std::size_t queued_messages_max = 16'384;

    std::chrono::milliseconds handshake_timeout{10'000};  ///< for an HTTP request to arrive
    /// A peer that is silent for this long, in spite of pings, is taken for dead.
    std::chrono::milliseconds idle_timeout{60'000};

    /// For tests of clients: sees each outgoing message before it is sent, may change it, hold it up or break
    /// the connection. Empty for none.
    std::function<Delivery(std::string& message)> interfere = {};
};

class Server {
  public:
    class Impl;

    /// Listens; connections are accepted from now on.
    /// @param executor  runs one handler at a time; methods run there too
    /// @errors kBadAddress, kPortInUse, kListenFailed
    [[nodiscard]] static Reply<std::unique_ptr<Server>> listen(Executor executor,
                                                               ServerOptions options,
                                                               std::shared_ptr<const MethodTable> methods);

    explicit Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    /// Breaks all connections.
    ~Server();

    [[nodiscard]] std::uint16_t port() const;
    /// ws://address:port
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::size_t connections() const;

    /// Accepts no more, says goodbye on every connection, and waits until they are gone; breaks those that do
    /// not go within a second.
    [[nodiscard]] Task<void> stop();
    /// Breaks all connections without a goodbye and goes on listening; for tests of clients.
    void drop_connections();

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace redoubt::rpc

template <>
struct std::is_error_code_enum<redoubt::rpc::ServerError> : std::true_type {};
