/// The worker's trusted endpoint: a TLS WebSocket server with JSON-RPC that ends inside the enclave.
///
/// It is a synchronous state machine over bytes. The host owns the sockets and moves what arrives and what
/// is to be sent; it sees ciphertext only. The endpoint opens nothing, reads no clock and starts no thread.
/// It does not hold state of the shard: it asks its EndpointBackend.
///
/// @source integritee-wire.md, section 4; docs/PROTOCOL.md, "Trusted endpoint"
#pragma once

#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/tls_keys.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace redoubt::enclave {
class EndpointBackend;
}

namespace redoubt::enclave::endpoint {

/// Readies OpenSSL's TLS: loads no configuration file, and runs one handshake per certificate kind in
/// memory so that everything it ever looks up is there. Called once before the sandbox closes.
void initialise();

/// What the host has to do for one connection, in this order.
struct Effects {
    /// Bytes for the client's socket; may be empty.
    Bytes bytes;
    /// The WebSocket upgrade has just succeeded: the host's deadline for new connections is met.
    bool established = false;
    /// The connection is over: send `bytes`, then close. The host half-closes and drains for a moment, so
    /// that a client that is still sending receives the reason. The id is free again.
    bool close = false;
};

/// SHA-256 over the SubjectPublicKeyInfo of each certificate: what a client can pin.
struct TlsPins {
    Hash256 ed25519_spki_sha256;
    Hash256 p256_spki_sha256;
};

class Endpoint {
  public:
    /// Makes both certificates and an endpoint without connections.
    /// @param keys     copied into OpenSSL's key objects; the caller keeps and wipes its own
    /// @param names    DNS names and IP addresses for the certificates, beside the name `Enclave`
    /// @param backend  what answers; outlives the endpoint
    /// @errors those of EndpointError
    [[nodiscard]] static Result<std::unique_ptr<Endpoint>> create(const TlsKeys& keys,
                                                                  std::span<const std::string> names,
                                                                  EndpointBackend& backend);

    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;
    ~Endpoint();

    /// A client has connected. `close` is set when kConnectionsMax are open or the id is in use.
    [[nodiscard]] Effects open(std::uint64_t connection);
    /// Bytes of a client, in any division, at most kReceiveBytesMax. An unknown id is answered with `close`.
    [[nodiscard]] Effects receive(std::uint64_t connection, ByteView bytes);
    /// A client has gone; unknown ids are ignored.
    void close(std::uint64_t connection);

    /// Open connections, in whatever state.
    [[nodiscard]] std::size_t connection_count() const noexcept;
    [[nodiscard]] const TlsPins& pins() const noexcept;
    /// The certificates as sent, DER.
    [[nodiscard]] ByteView ed25519_certificate() const noexcept;
    [[nodiscard]] ByteView p256_certificate() const noexcept;

  private:
    struct State;
    explicit Endpoint(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace redoubt::enclave::endpoint
