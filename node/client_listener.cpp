#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <node/client_listener.hpp>

namespace redoubt::node {

namespace asio = boost::asio;
using asio::ip::tcp;

Outcome<std::shared_ptr<ClientListener>> ClientListener::bind(Executor executor,
                                                              const ListenAddress& address) {
    const auto failed = [&address](const boost::system::error_code& error) {
        const bool in_use = error == asio::error::address_in_use;
        return Problem{
            ExitCode::kUsage, fmt::format("cannot listen on {}: {}", to_text(address), error.message()),
            in_use ? "Stop the program that uses the port, or choose another with --listen HOST:PORT "
                     "(port 0 takes a free one)."
                   : "Choose an address of this machine with --listen HOST:PORT."};
    };
    boost::system::error_code error;
    const auto host = asio::ip::make_address(address.host, error);
    if (error) {
        return failed(error);
    }
    const tcp::endpoint endpoint{host, address.port};
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
    const auto local = error ? tcp::endpoint{} : acceptor.local_endpoint(error);
    if (error) {
        return failed(error);
    }
    return std::shared_ptr<ClientListener>{
        new ClientListener{std::move(acceptor), ListenAddress{address.host, local.port()}}};
}

}  // namespace redoubt::node
