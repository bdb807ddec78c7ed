/// One client from its first byte to its close: TLS, then the HTTP upgrade, then WebSocket messages that are
/// answered as JSON-RPC. Which connections exist is endpoint.hpp.
#pragma once

#include <enclave/endpoint/http_upgrade.hpp>
#include <enclave/endpoint/tls_session.hpp>
#include <enclave/endpoint/websocket_session.hpp>
#include <enclave/endpoint_backend.hpp>

namespace redoubt::enclave::endpoint {

/// What the host has to do for one connection, in this order.
struct Effects {
    /// Bytes for the client's socket; may be empty.
    Bytes bytes{};
    /// The WebSocket upgrade has just succeeded.
    bool established = false;
    /// The connection is over once `bytes` are sent.
    bool close = false;
};

class Connection {
  public:
    /// Both outlive the connection.
    Connection(const TlsContext& context, const EndpointBackend& backend);

    /// Takes bytes of the client. After `close` the connection is over.
    [[nodiscard]] Effects receive(ByteView bytes);
    /// Ends a connection that holds too much of the endpoint's memory.
    [[nodiscard]] Effects end_for_lack_of_memory();

    /// Bytes held for a message that is not complete.
    [[nodiscard]] std::size_t buffered_bytes() const noexcept { return websocket_.buffered_bytes(); }

  private:
    enum class Phase { kHandshake, kUpgrade, kMessages, kOver };

    void handle_plaintext(ByteView bytes, Effects& effects);
    [[nodiscard]] ByteView handle_upgrade(ByteView bytes, Effects& effects);
    void handle_messages(ByteView bytes);
    [[nodiscard]] Effects finish(Effects effects);

    const EndpointBackend& backend_;
    TlsSession tls_;
    HttpUpgrade upgrade_;
    WebSocketSession websocket_;
    Phase phase_ = Phase::kHandshake;
    std::size_t handshake_bytes_ = 0;
};

}  // namespace redoubt::enclave::endpoint
