#include <rpc/web_socket.hpp>
#include <rpc/web_socket_stream.hpp>

namespace redoubt::rpc {
namespace {

class PlainWebSocket final : public WebSocketStream<boost::beast::tcp_stream> {
  public:
    using WebSocketStream::WebSocketStream;

  private:
    Task<Reply<void>> secure() override { co_return success(); }
};

}  // namespace

std::shared_ptr<WebSocket> make_plain_web_socket(Executor strand,
                                                 Endpoint endpoint,
                                                 const ClientOptions& options) {
    return std::make_shared<PlainWebSocket>(std::move(strand), std::move(endpoint), options);
}

}  // namespace redoubt::rpc
