/// The worker's trusted endpoint: a TLS WebSocket server with JSON-RPC that ends inside the enclave.
///
/// It is a synchronous state machine over bytes. The host owns the sockets and moves what arrives and what
/// is to be sent; it sees ciphertext only. The endpoint opens nothing, reads no clock and starts no thread.
/// It does not hold state of the shard: it asks its EndpointBackend.
///
/// What a client does wrong is answered to the client; errors here are the host's.
///
/// @source integritee-wire.md, section 4; docs/PROTOCOL.md, "Trusted endpoint"
#pragma once

#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/tls_keys.hpp>
#include <enclave/endpoint_backend.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace redoubt::enclave::endpoint {

/// Readies OpenSSL's TLS: loads no configuration file, and completes handshakes with both certificate kinds
/// and both protocol versions in memory, so that everything OpenSSL ever looks up is there. Called once
/// before the sandbox closes; a failure ends the process.
void initialise();

class Endpoint final : public ClientEndpoint {
  public:
    /// Makes both certificates and an endpoint without connections.
    /// @param keys     copied into OpenSSL's key objects; the caller keeps and wipes its own
    /// @param names    DNS names and IP addresses for the certificates, beside the name `Enclave`
    /// @param backend  what answers; outlives the endpoint
    /// @errors those of EndpointError
    [[nodiscard]] static Result<std::unique_ptr<Endpoint>> create(const TlsKeys& keys,
                                                                  std::span<const std::string> names,
                                                                  const EndpointBackend& backend);

    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;
    ~Endpoint() override;

    /// A client has connected. @errors Refusal::kTooManyClients, Refusal::kOutOfOrder for an id in use
    [[nodiscard]] Result<boundary::ClientEffects> opened(std::uint64_t connection) override;
    /// Bytes of a client, in any division. More than kReceiveBytesMax at once end the connection.
    /// An effect with `close` frees the id. The host sends its bytes, half-closes the socket and drains it
    /// for a moment, so that a client which is still sending receives the reason.
    /// @errors Refusal::kUnknownConnection; Refusal::kOutOfOrder while a question waits for chain state
    [[nodiscard]] Result<boundary::ClientEffects> received(std::uint64_t connection, ByteView bytes) override;
    [[nodiscard]] Result<boundary::ClientEffects> state_given(const boundary::ClientState& state) override;
    [[nodiscard]] std::vector<EvidenceQuestion> take_evidence_questions() override;
    [[nodiscard]] boundary::ClientEffects evidence_given(EvidenceAnswer answer) override;
    /// A client has gone; unknown ids are ignored.
    [[nodiscard]] boundary::ClientEffects closed(std::uint64_t connection) override;
    /// Open connections, in whatever state.
    [[nodiscard]] std::uint32_t clients() const override;

    /// SHA-256 of the SubjectPublicKeyInfo of the P-256 certificate: what a browser's user can compare.
    [[nodiscard]] Hash256 tls_spki_sha256() const override;
    /// The same of the Ed25519 certificate.
    [[nodiscard]] Hash256 ed25519_spki_sha256() const;
    /// The certificates as sent, DER.
    [[nodiscard]] ByteView ed25519_certificate() const noexcept;
    [[nodiscard]] ByteView p256_certificate() const noexcept;

  private:
    struct State;
    /// Lets a client do something, and keeps account of the memory it holds.
    template <class Action>
    [[nodiscard]] boundary::ClientEffects serve(std::uint64_t connection, Action action);
    explicit Endpoint(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Makes the endpoint from what the sealed identity holds. Its part of the identity is one version byte and
/// the P-256 scalar.
class TlsEndpointFactory final : public EndpointFactory {
  public:
    [[nodiscard]] Result<crypto::SecretBuffer> create_identity() override;
    /// @param host_time_ms  not used: validity is fixed, because the host's time is no evidence
    /// @errors those of EndpointError; kBadIdentity when the identity's part cannot be read
    [[nodiscard]] Result<std::unique_ptr<ClientEndpoint>> make(const EndpointBackend& backend,
                                                               std::span<const std::string> tls_names,
                                                               std::uint64_t host_time_ms) override;
};

}  // namespace redoubt::enclave::endpoint
