/// The public TCP port. It accepts; what is spoken on a connection is client_server.hpp's matter.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <node/config.hpp>
#include <node/problem.hpp>
#include <rpc/task.hpp>

#include <memory>

namespace redoubt::node {

class ClientListener {
  public:
    /// Binds and listens. Nothing is accepted before a ClientServer runs.
    /// @errors kUsage: the address is in use or not of this machine
    [[nodiscard]] static Outcome<std::shared_ptr<ClientListener>> bind(Executor executor,
                                                                       const ListenAddress& address);

    /// The address with the port that is really used.
    [[nodiscard]] const ListenAddress& address() const { return address_; }
    [[nodiscard]] boost::asio::ip::tcp::acceptor& acceptor() { return acceptor_; }

  private:
    ClientListener(boost::asio::ip::tcp::acceptor acceptor, ListenAddress address)
        : acceptor_(std::move(acceptor)), address_(std::move(address)) {}

    boost::asio::ip::tcp::acceptor acceptor_;
    ListenAddress address_;
};

}  // namespace redoubt::node
