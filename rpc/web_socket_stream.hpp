/// The common part of the plain and the TLS connection, over a Beast stream. Included by web_socket_plain.cpp
/// and web_socket_tls.cpp only: each inclusion costs many seconds of compilation.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <rpc/web_socket.hpp>
#include <utility>

namespace redoubt::rpc {

/// @tparam Layer boost::beast::tcp_stream, or an SSL stream over it
template <class Layer>
class WebSocketStream : public WebSocket, public std::enable_shared_from_this<WebSocketStream<Layer>> {
  public:
    // permessage-deflate is left out: it saves nothing on hex and costs memory.
    using Stream = boost::beast::websocket::stream<Layer, false>;

    template <class... LayerArguments>
    WebSocketStream(Executor strand,
                    Endpoint endpoint,
                    const ClientOptions& options,
                    LayerArguments&&... layer_arguments)
        : endpoint_(std::move(endpoint)),
          options_(options),
          resolver_(strand),
          guard_(strand),
          stream_(strand, std::forward<LayerArguments>(layer_arguments)...) {}

    Task<Reply<void>> open() override {
        guard(options_.connect_timeout);
        auto opened = co_await open_unguarded();
        guard_.cancel();
        if (!opened && timed_out_) {
            co_return Failure{make_error_code(RpcError::kConnectFailed),
                              endpoint_.authority() + " did not answer in time"};
        }
        co_return opened;
    }

    Task<Reply<std::string>> read() override {
        if (buffer_.capacity() > kBufferKeptMax) {
            buffer_ = {};
        }
        auto [error, size] =
            co_await stream_.async_read(buffer_, boost::asio::as_tuple(boost::asio::use_awaitable));
        if (error == boost::beast::websocket::error::message_too_big ||
            error == boost::beast::websocket::error::buffer_overflow) {
            co_return Failure{make_error_code(RpcError::kMessageTooLarge),
                              "the peer sent more than " + std::to_string(options_.message_bytes_max) +
                                  " bytes in one message"};
        }
        if (error) {
            co_return Failure{make_error_code(RpcError::kConnectionLost), reason_of(error)};
        }
        auto text = boost::beast::buffers_to_string(buffer_.cdata());
        buffer_.consume(size);
        co_return text;
    }

    Task<Reply<void>> write(std::string text) override {
        auto [error, size] = co_await stream_.async_write(boost::asio::buffer(text),
                                                          boost::asio::as_tuple(boost::asio::use_awaitable));
        static_cast<void>(size);
        if (error) {
            co_return Failure{make_error_code(RpcError::kConnectionLost), reason_of(error)};
        }
        co_return success();
    }

    Task<void> close() override {
        guard(std::chrono::seconds{1});
        co_await stream_.async_close(boost::beast::websocket::close_code::normal,
                                     boost::asio::as_tuple(boost::asio::use_awaitable));
        guard_.cancel();
    }

    void abort() override {
        resolver_.cancel();
        boost::beast::get_lowest_layer(stream_).close();
    }

  protected:
    /// What lies between TCP and the upgrade.
    virtual Task<Reply<void>> secure() = 0;

    [[nodiscard]] Stream& stream() { return stream_; }
    [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
    [[nodiscard]] Failure connect_failure(const boost::system::error_code& error) const {
        return {make_error_code(RpcError::kConnectFailed), endpoint_.authority() + ": " + error.message()};
    }

  private:
    static constexpr std::size_t kBufferKeptMax = std::size_t{1} << 20;

    Task<Reply<void>> open_unguarded() {
        namespace asio = boost::asio;
        namespace websocket = boost::beast::websocket;
        auto [lookup_error, addresses] = co_await resolver_.async_resolve(
            endpoint_.host, endpoint_.port, asio::as_tuple(asio::use_awaitable));
        if (lookup_error) {
            co_return connect_failure(lookup_error);
        }
        auto& tcp = boost::beast::get_lowest_layer(stream_);
        auto [connect_error, address] =
            co_await tcp.async_connect(addresses, asio::as_tuple(asio::use_awaitable));
        if (connect_error) {
            co_return connect_failure(connect_error);
        }
        tcp.socket().set_option(asio::ip::tcp::no_delay{true});
        BOOST_OUTCOME_CO_TRY(co_await secure());

        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = options_.connect_timeout;
        timeouts.idle_timeout = options_.idle_timeout;
        timeouts.keep_alive_pings = true;
        stream_.set_option(timeouts);
        stream_.auto_fragment(false);
        stream_.read_message_max(options_.message_bytes_max);
        stream_.text(true);
        auto [upgrade_error] = co_await stream_.async_handshake(endpoint_.authority(), endpoint_.path,
                                                                asio::as_tuple(asio::use_awaitable));
        if (upgrade_error) {
            co_return connect_failure(upgrade_error);
        }
        co_return success();
    }

    /// Aborts the connection when guard_ is not cancelled within `limit`.
    void guard(std::chrono::milliseconds limit) {
        guard_.expires_after(limit);
        guard_.async_wait([weak = this->weak_from_this()](boost::system::error_code error) {
            if (const auto self = weak.lock(); self && !error) {
                self->timed_out_ = true;
                self->abort();
            }
        });
    }

    [[nodiscard]] std::string reason_of(const boost::system::error_code& error) const {
        if (error == boost::beast::error::timeout) {
            return endpoint_.authority() + " is silent and answers no pings";
        }
        if (error == boost::beast::websocket::error::closed) {
            const auto& reason = stream_.reason();
            return endpoint_.authority() + " closed the connection (code " + std::to_string(reason.code) +
                   ")";
        }
        return endpoint_.authority() + ": " + error.message();
    }

    Endpoint endpoint_;
    ClientOptions options_;
    boost::asio::ip::tcp::resolver resolver_;
    boost::asio::steady_timer guard_;
    Stream stream_;
    boost::beast::flat_buffer buffer_;
    bool timed_out_ = false;
};

}  // namespace redoubt::rpc
