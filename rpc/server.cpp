#include <rpc/server.hpp>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <rpc/server_connection.hpp>
#include <rpc/task_group.hpp>
#include <set>
#include <utility>

namespace redoubt::rpc {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string random_id_prefix() {
    std::random_device random;
    static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string out;
    for (int i = 0; i < 10; ++i) {
        out += kLetters[random() % kLetters.size()];
    }
    return out + '-';
}

Reply<tcp::acceptor> bind(const Executor& executor, const ServerOptions& options) {
    const auto where = options.address + ':' + std::to_string(options.port);
    boost::system::error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) {
        return Failure{make_error_code(ServerError::kBadAddress), options.address};
    }
    const tcp::endpoint endpoint{address, options.port};
    tcp::acceptor acceptor{executor};
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error == asio::error::address_in_use) {
        return Failure{make_error_code(ServerError::kPortInUse), where};
    }
    if (error == boost::system::errc::address_not_available) {
        return Failure{make_error_code(ServerError::kBadAddress), options.address};
    }
    if (error) {
        return Failure{make_error_code(ServerError::kListenFailed), where + ": " + error.message()};
    }
    return acceptor;
}

}  // namespace

std::string_view error_domain(ServerError) {
    return "JSON-RPC server";
}

std::string_view error_message(ServerError error) {
    switch (error) {
        case ServerError::kBadAddress:
            return "not an IP address of this machine";
        case ServerError::kPortInUse:
            return "another program listens on this port";
        case ServerError::kListenFailed:
            return "cannot listen";
    }
    return "unknown error";
}

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
  public:
    Impl(Executor executor, tcp::acceptor acceptor, std::shared_ptr<ServerShared> shared)
        : acceptor_(std::move(acceptor)),
          retry_(executor),
          all_gone_(executor),
          shared_(std::move(shared)),
          tasks_(executor) {
        boost::system::error_code error;
        port_ = acceptor_.local_endpoint(error).port();
        all_gone_.expires_at(asio::steady_timer::time_point::max());
    }

    void start() { tasks_.spawn(accept_all(shared_from_this())); }

    Task<void> stop() {
        is_stopped_ = true;
        boost::system::error_code error;
        acceptor_.close(error);
        retry_.cancel();
        for_each_connection([](ServerConnection& each) { each.close(); });
        if (!connections_.empty()) {
            all_gone_.expires_after(std::chrono::seconds{1});
            co_await all_gone_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        drop();
        co_await tasks_.join();
    }

    /// At once; used by the destructor too.
    void end() {
        is_stopped_ = true;
        boost::system::error_code error;
        acceptor_.close(error);
        retry_.cancel();
        drop();
        tasks_.cancel();
    }

    void drop() {
        for_each_connection([](ServerConnection& each) { each.abort(); });
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::string& address() const { return shared_->options.address; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }

  private:
    template <class Action>
    void for_each_connection(const Action& action) {
        // A connection may go while the action runs.
        const auto snapshot = connections_;
        for (const auto& each : snapshot) {
            action(*each);
        }
    }

    static Task<void> accept_all(std::shared_ptr<Impl> self) {
        while (!self->is_stopped_) {
            auto [error, socket] = co_await self->acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (self->is_stopped_) {
                co_return;
            }
            if (error) {
                spdlog::warn("cannot accept a connection: {}", error.message());
                self->retry_.expires_after(std::chrono::milliseconds{100});
                co_await self->retry_.async_wait(asio::as_tuple(asio::use_awaitable));
                continue;
            }
            if (self->connections_.size() >= self->shared_->options.connections_max) {
                spdlog::warn("a connection is refused: there are {} already", self->connections_.size());
                continue;
            }
            socket.set_option(tcp::no_delay{true}, error);
            self->tasks_.spawn(serve(self, make_server_connection(std::move(socket), self->shared_)));
        }
    }

    static Task<void> serve(std::shared_ptr<Impl> self, std::shared_ptr<ServerConnection> connection) {
        self->connections_.insert(connection);
        co_await connection->run();
        self->connections_.erase(connection);
        if (self->connections_.empty()) {
            self->all_gone_.cancel();
        }
    }

    tcp::acceptor acceptor_;
    asio::steady_timer retry_;
    asio::steady_timer all_gone_;
    std::shared_ptr<ServerShared> shared_;
    std::set<std::shared_ptr<ServerConnection>> connections_;
    TaskGroup tasks_;
    std::uint16_t port_ = 0;
    bool is_stopped_ = false;
};

Reply<std::unique_ptr<Server>> Server::listen(Executor executor,
                                              ServerOptions options,
                                              std::shared_ptr<const MethodTable> methods) {
    BOOST_OUTCOME_TRY(auto acceptor, bind(executor, options));
    auto shared = std::make_shared<ServerShared>();
    shared->options = std::move(options);
    shared->methods = std::move(methods);
    shared->id_prefix = random_id_prefix();
    auto impl = std::make_shared<Impl>(executor, std::move(acceptor), std::move(shared));
    impl->start();
    return std::make_unique<Server>(std::move(impl));
}

Server::~Server() {
    impl_->end();
}

std::uint16_t Server::port() const {
    return impl_->port();
}

std::string Server::url() const {
    const auto& address = impl_->address();
    const bool is_v6 = address.find(':') != std::string::npos;
    return "ws://" + (is_v6 ? '[' + address + ']' : address) + ':' + std::to_string(port());
}

std::size_t Server::connections() const {
    return impl_->connections();
}

Task<void> Server::stop() {
    return impl_->stop();
}

void Server::drop_connections() {
    impl_->drop();
}

}  // namespace redoubt::rpc
