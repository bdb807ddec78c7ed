/// TLS 1.2 and 1.3 on memory buffers, server side: bytes of the wire in, plaintext out, and back.
/// No sockets, no client certificates, no resumption: each connection is a full handshake.
#pragma once

#include <enclave/endpoint/certificate.hpp>
#include <enclave/endpoint/tls_keys.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::enclave::endpoint {

/// What all sessions share: the two certificates and the rules.
class TlsContext {
  public:
    /// @errors those of EndpointError
    [[nodiscard]] static Result<TlsContext> create(const TlsKeys& keys, const CertificateSubject& subject);

    [[nodiscard]] SSL_CTX* get() const noexcept { return context_.get(); }
    [[nodiscard]] X509* ed25519_certificate() const noexcept { return ed25519_certificate_.get(); }
    [[nodiscard]] X509* p256_certificate() const noexcept { return p256_certificate_.get(); }

  private:
    TlsContext() = default;
    SslContextHandle context_;
    X509Handle ed25519_certificate_;
    X509Handle p256_certificate_;
};

/// One connection's TLS.
class TlsSession {
  public:
    enum class Status {
        kOpen,    ///< more can follow
        kClosed,  ///< the client said goodbye
        kFailed,  ///< a protocol error; take_outgoing() may hold an alert
    };

    /// @param context  outlives the session
    explicit TlsSession(const TlsContext& context);

    /// Takes bytes from the wire and appends what they decrypt to.
    [[nodiscard]] Status receive(ByteView wire, Bytes& plaintext);
    /// Encrypts plaintext into the outgoing bytes. @pre is_ready()
    void send(ByteView plaintext);
    /// Says goodbye (close_notify).
    void shut_down();

    /// True when the handshake is done.
    [[nodiscard]] bool is_ready() const noexcept;
    /// Bytes for the wire since the last call.
    [[nodiscard]] Bytes take_outgoing();

  private:
    SslHandle ssl_;
    /// Both belong to ssl_.
    BIO* incoming_ = nullptr;
    BIO* outgoing_ = nullptr;
};

}  // namespace redoubt::enclave::endpoint
