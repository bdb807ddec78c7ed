#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <rpc/tls.hpp>
#include <rpc/web_socket.hpp>
#include <rpc/web_socket_stream.hpp>

namespace redoubt::rpc {
namespace {

using TlsLayer = boost::beast::ssl_stream<boost::beast::tcp_stream>;

class TlsWebSocket final : public WebSocketStream<TlsLayer> {
  public:
    TlsWebSocket(Executor strand,
                 Endpoint endpoint,
                 const ClientOptions& options,
                 std::shared_ptr<boost::asio::ssl::context> context)
        : WebSocketStream(std::move(strand), std::move(endpoint), options, *context),
          tls_(options.tls),
          context_(std::move(context)) {}

  private:
    Task<Reply<void>> secure() override {
        auto& layer = stream().next_layer();
        prepare_tls(layer.native_handle(), tls_, endpoint().host);
        auto [error] = co_await layer.async_handshake(boost::asio::ssl::stream_base::client,
                                                      boost::asio::as_tuple(boost::asio::use_awaitable));
        if (error) {
            co_return tls_failure(layer.native_handle(), tls_, endpoint().authority(), error.message());
        }
        co_return success();
    }

    TlsOptions tls_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace

Reply<std::shared_ptr<WebSocket>> make_tls_web_socket(Executor strand,
                                                      Endpoint endpoint,
                                                      const ClientOptions& options) {
    BOOST_OUTCOME_TRY(auto context, make_tls_context(options.tls));
    std::shared_ptr<WebSocket> socket =
        std::make_shared<TlsWebSocket>(std::move(strand), std::move(endpoint), options, std::move(context));
    return socket;
}

}  // namespace redoubt::rpc
