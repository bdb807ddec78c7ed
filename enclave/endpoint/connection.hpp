/// One client from its first byte to its close: TLS, then the HTTP upgrade, then WebSocket messages that are
/// answered as JSON-RPC. Which connections exist is endpoint.hpp.
///
/// A message whose answer needs chain state waits for it, and what follows waits behind it. Then it is
/// answered anew as a whole, so that all of an answer is of one block; what could not be had is an error in
/// the answer. A message that asks for evidence waits in the same way.
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

    /// Takes bytes of the client. After `close` the connection is over. @pre !is_waiting()
    [[nodiscard]] Effects receive(ByteView bytes);
    /// A message waits for chain state: reads() names it.
    [[nodiscard]] bool is_waiting() const noexcept { return is_waiting_; }
    [[nodiscard]] const ChainReads& reads() const noexcept { return reads_; }
    /// A message waits for evidence: reads().evidence_nonce is its nonce. What the client sends meanwhile
    /// waits behind it.
    [[nodiscard]] bool is_waiting_for_evidence() const noexcept { return is_waiting_for_evidence_; }
    /// Goes on with the message that waits. @param header  empty when the host has no state to give
    /// @pre is_waiting()
    [[nodiscard]] Effects give_state(ByteView header, std::span<const Bytes> proof);
    /// The nonce of a message that has begun to wait for evidence since the last time.
    [[nodiscard]] std::optional<Bytes> take_evidence_question();
    /// Goes on with the message that waits for evidence. @pre is_waiting_for_evidence()
    [[nodiscard]] Effects give_evidence(EvidenceAnswer given);
    /// Ends a connection that holds too much of the endpoint's memory.
    [[nodiscard]] Effects end_for_lack_of_memory();

    /// Bytes held for messages that are not answered.
    [[nodiscard]] std::size_t buffered_bytes() const noexcept;

  private:
    enum class Phase { kHandshake, kUpgrade, kMessages, kOver };

    void handle_plaintext(ByteView bytes, Effects& effects);
    [[nodiscard]] ByteView handle_upgrade(ByteView bytes, Effects& effects);
    /// @param out  answers to earlier messages
    void handle_messages(ByteView bytes, Bytes out);
    /// Appends the answer to the present message; false when it has to wait.
    [[nodiscard]] bool answer(Bytes& out);
    [[nodiscard]] Effects finish(Effects effects);

    const EndpointBackend& backend_;
    TlsSession tls_;
    HttpUpgrade upgrade_;
    WebSocketSession websocket_;
    Phase phase_ = Phase::kHandshake;
    std::size_t handshake_bytes_ = 0;
    bool is_waiting_ = false;
    bool is_waiting_for_evidence_ = false;
    bool has_new_question_ = false;
    std::size_t evidence_given_ = 0;
    ChainReads reads_;
    std::size_t read_rounds_ = 0;
    /// Plaintext behind the message that waits.
    Bytes rest_;
};

}  // namespace redoubt::enclave::endpoint
