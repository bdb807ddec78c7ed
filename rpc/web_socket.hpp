/// One WebSocket connection as the client sees it; the Beast streams stay behind this interface.
#pragma once

#include <memory>
#include <rpc/client_options.hpp>
#include <rpc/endpoint.hpp>
#include <rpc/failure.hpp>
#include <rpc/task.hpp>
#include <string>

namespace redoubt::rpc {

/// Used on one strand. At most one read and one write are under way at a time.
class WebSocket {
  public:
    WebSocket() = default;
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;
    virtual ~WebSocket() = default;

    /// Name lookup, TCP, TLS and the upgrade, within ClientOptions::connect_timeout.
    /// @errors kConnectFailed, kCertificateRejected, kPeerKeyMismatch
    [[nodiscard]] virtual Task<Reply<void>> open() = 0;
    /// The next text message. @errors kConnectionLost, kMessageTooLarge
    [[nodiscard]] virtual Task<Reply<std::string>> read() = 0;
    /// @errors kConnectionLost
    [[nodiscard]] virtual Task<Reply<void>> write(std::string text) = 0;
    /// Says goodbye; ends within a second. No write may be under way.
    [[nodiscard]] virtual Task<void> close() = 0;
    /// Breaks the connection at once: what is under way fails.
    virtual void abort() = 0;
};

[[nodiscard]] std::shared_ptr<WebSocket> make_plain_web_socket(Executor strand,
                                                               Endpoint endpoint,
                                                               const ClientOptions& options);
/// @errors kCertificateRejected when the authorities named in the options cannot be read
[[nodiscard]] Reply<std::shared_ptr<WebSocket>> make_tls_web_socket(Executor strand,
                                                                    Endpoint endpoint,
                                                                    const ClientOptions& options);

}  // namespace redoubt::rpc
