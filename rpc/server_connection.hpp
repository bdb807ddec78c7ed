/// An accepted connection: HTTP requests, one of which may turn it into a WebSocket.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <rpc/server_session.hpp>
#include <rpc/task.hpp>

namespace redoubt::rpc {

class ServerConnection : public ServerSession {
  public:
    using ServerSession::ServerSession;

    /// Serves until the connection is gone.
    [[nodiscard]] virtual Task<void> run() = 0;
};

[[nodiscard]] std::shared_ptr<ServerConnection> make_server_connection(boost::asio::ip::tcp::socket socket,
                                                                       std::shared_ptr<ServerShared> shared);

}  // namespace redoubt::rpc
