/// Serves the trusted endpoint with a backend of fixed answers on a free port of 127.0.0.1, so that clients
/// can be tried against it without a chain. Prints the port and runs until it is killed.
///
/// It is the host's part in its smallest form: it moves bytes, half-closes and drains. Deadlines and limits
/// of the real host live in node/.
#include <enclave/endpoint/endpoint.hpp>
#include <enclave/endpoint/fake_backend_test.hpp>
#include <primitives/crypto/rsa.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace redoubt;
using enclave::endpoint::tests::FakeBackend;

constexpr std::uint32_t kNonce = 7;
constexpr std::uint64_t kFreeBalance = 1'000'000'000'000;

/// The getters of client 0.14.2 for the balance and the nonce, without a look at the signature: one byte for
/// "trusted", one for the getter, the account.
Result<std::optional<Bytes>> answer_getter(const stf::Request& request) {
    const auto& getter = request.cyphertext;
    if (getter.size() < 2 || getter[0] != 1) {
        return std::optional<Bytes>{};
    }
    if (getter[1] == 2) {
        return std::optional{scale::encode(kNonce)};
    }
    return std::optional{scale::encode(uint128{kFreeBalance})};
}

class Server {
  public:
    explicit Server(enclave::ClientEndpoint& endpoint) : endpoint_(endpoint) {}

    void serve(tcp::socket socket, std::uint64_t id) {
        {
            const std::lock_guard lock{mutex_};
            if (!endpoint_.opened(id)) {
                return;
            }
        }
        std::array<std::uint8_t, 64 * 1024> buffer;
        boost::system::error_code failure;
        for (;;) {
            const auto size = socket.read_some(asio::buffer(buffer), failure);
            if (failure) {
                break;
            }
            auto effects = receive(id, ByteView{buffer}.first(size));
            if (!effects || !write(socket, effects.value())) {
                break;
            }
        }
        const std::lock_guard lock{mutex_};
        static_cast<void>(endpoint_.closed(id));
    }

  private:
    Result<boundary::ClientEffects> receive(std::uint64_t id, ByteView bytes) {
        const std::lock_guard lock{mutex_};
        return endpoint_.received(id, bytes);
    }

    /// @return whether the connection goes on
    static bool write(tcp::socket& socket, const boundary::ClientEffects& effects) {
        boost::system::error_code failure;
        for (const auto& effect : effects.effects) {
            asio::write(socket, asio::buffer(effect.bytes), failure);
            if (failure) {
                return false;
            }
            if (effect.close) {
                std::array<std::uint8_t, 4096> rest;
                socket.shutdown(tcp::socket::shutdown_send, failure);
                while (!failure) {
                    socket.read_some(asio::buffer(rest), failure);
                }
                return false;
            }
        }
        return true;
    }

    enclave::ClientEndpoint& endpoint_;
    std::mutex mutex_;
};

}  // namespace

int main() {
    enclave::endpoint::initialise();
    auto rsa = crypto::RsaKeyPair::generate();
    FakeBackend backend;
    backend.key_json = rsa.value().public_key().to_json();
    backend.getter = answer_getter;
    enclave::endpoint::TlsEndpointFactory factory;
    const auto identity = factory.create_identity();
    backend.identity = to_bytes(identity.value().expose());
    const std::vector<std::string> names{"localhost", "127.0.0.1"};
    const auto endpoint = factory.make(backend, names, 0);
    Server server{*endpoint.value()};

    asio::io_context io;
    tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
    std::cout << acceptor.local_endpoint().port() << std::endl;
    std::vector<std::jthread> clients;
    for (std::uint64_t id = 0;; ++id) {
        auto socket = acceptor.accept();
        clients.emplace_back([&server, id](tcp::socket client) { server.serve(std::move(client), id); },
                             std::move(socket));
    }
}
