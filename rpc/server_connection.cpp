#include <rpc/server_connection.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>
#include <string>
#include <utility>

namespace redoubt::rpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr std::size_t kBufferKeptMax = std::size_t{1} << 20;
constexpr std::uint32_t kHttpHeaderBytesMax = 16 * 1024;

class SocketConnection final : public ServerConnection {
  public:
    SocketConnection(asio::ip::tcp::socket socket, std::shared_ptr<ServerShared> shared)
        : ServerConnection(socket.get_executor(), std::move(shared)), stream_(std::move(socket)) {}

    Task<void> run() override {
        // Keeps the object until the coroutine has ended.
        const auto self = shared_from_this();
        buffer_.max_size(this->shared().options.message_bytes_max + kHttpHeaderBytesMax);
        while (co_await serve_request()) {
        }
        ended();
        break_transport();
    }

  private:
    using WebSocketStream = websocket::stream<beast::tcp_stream&, false>;

    /// Reads one HTTP request and answers it; false when the connection is over.
    Task<bool> serve_request() {
        const auto& options = shared().options;
        http::request_parser<http::string_body> parser;
        parser.header_limit(kHttpHeaderBytesMax);
        parser.body_limit(options.message_bytes_max);
        stream_.expires_after(options.handshake_timeout);
        auto [error, size] =
            co_await http::async_read(stream_, buffer_, parser, asio::as_tuple(asio::use_awaitable));
        static_cast<void>(size);
        if (error == http::error::body_limit) {
            auto refused = response_to({}, http::status::payload_too_large, "the message is too long\n");
            refused.keep_alive(false);
            co_await respond(std::move(refused));
            co_return false;
        }
        if (error) {
            co_return false;
        }
        auto request = parser.release();
        if (websocket::is_upgrade(request)) {
            stream_.expires_never();
            co_await serve_web_socket(std::move(request));
            co_return false;
        }
        auto response = answer(request);
        co_return co_await respond(std::move(response));
    }

    static Response response_to(const Request& request, http::status status, std::string body) {
        Response out{status, request.version()};
        out.set(http::field::content_type, "text/plain");
        out.keep_alive(request.keep_alive());
        out.body() = std::move(body);
        return out;
    }

    Response answer(const Request& request) {
        if (request.method() != http::verb::post) {
            return response_to(request, http::status::method_not_allowed,
                               "POST a JSON-RPC request, or open a WebSocket\n");
        }
        // A page in a browser cannot send this type elsewhere without asking first.
        if (!request[http::field::content_type].starts_with("application/json")) {
            return response_to(request, http::status::unsupported_media_type,
                               "the content type has to be application/json\n");
        }
        auto reply = shared().methods->answer(request.body(), shared().options.answers, *this);
        auto out = response_to(request, http::status::ok, std::move(reply).value_or(std::string{}));
        out.set(http::field::content_type, "application/json");
        return out;
    }

    /// True when another request may follow.
    Task<bool> respond(Response response) {
        response.prepare_payload();
        stream_.expires_after(shared().options.idle_timeout);
        auto [error, size] =
            co_await http::async_write(stream_, response, asio::as_tuple(asio::use_awaitable));
        static_cast<void>(size);
        co_return !error && response.keep_alive();
    }

    Task<void> serve_web_socket(Request request) {
        const auto& options = shared().options;
        web_socket_.emplace(stream_);
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = options.handshake_timeout;
        timeouts.idle_timeout = options.idle_timeout;
        timeouts.keep_alive_pings = true;
        web_socket_->set_option(timeouts);
        web_socket_->auto_fragment(false);
        web_socket_->read_message_max(options.message_bytes_max);
        web_socket_->text(true);
        auto [refused] = co_await web_socket_->async_accept(request, asio::as_tuple(asio::use_awaitable));
        if (refused) {
            co_return;
        }
        open_for_subscriptions();
        buffer_.consume(buffer_.size());
        for (;;) {
            auto [error, size] =
                co_await web_socket_->async_read(buffer_, asio::as_tuple(asio::use_awaitable));
            if (error) {
                co_return;
            }
            const auto data = buffer_.cdata();
            receive({static_cast<const char*>(data.data()), data.size()});
            buffer_.consume(size);
            if (buffer_.capacity() > kBufferKeptMax) {
                buffer_.shrink_to_fit();
            }
            co_await readable();
        }
    }

    void start_write(const std::string& message) override {
        web_socket_->async_write(asio::buffer(message),
                                 [self = shared_from_this(), this](boost::system::error_code error,
                                                                   std::size_t) { written(!error); });
    }

    void start_close() override {
        if (!web_socket_ || !web_socket_->is_open()) {
            abort();
            return;
        }
        web_socket_->async_close(websocket::close_code::going_away,
                                 [self = shared_from_this(), this](boost::system::error_code) { abort(); });
    }

    void break_transport() override { stream_.close(); }

    beast::tcp_stream stream_;
    std::optional<WebSocketStream> web_socket_;
    beast::flat_buffer buffer_;
};

}  // namespace

std::shared_ptr<ServerConnection> make_server_connection(asio::ip::tcp::socket socket,
                                                         std::shared_ptr<ServerShared> shared) {
    return std::make_shared<SocketConnection>(std::move(socket), std::move(shared));
}

}  // namespace redoubt::rpc
