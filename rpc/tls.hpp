/// How the client judges the TLS certificate of a wss:// peer.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <rpc/client_options.hpp>
#include <rpc/failure.hpp>
#include <string>

namespace redoubt::rpc {

/// A client context for TLS 1.2 and newer: system authorities (and ours, if named), or the pinned key.
/// @errors kCertificateRejected when the named file of authorities cannot be read
[[nodiscard]] Reply<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

/// Sets what one connection needs: SNI, and the host name to verify unless a key is pinned.
/// @param connection an SSL made from a context of make_tls_context with the same options
void prepare_tls(SSL* connection, const TlsOptions& options, const std::string& host);

/// Why a handshake failed. @param error what the handshake itself said
[[nodiscard]] Failure tls_failure(SSL* connection,
                                  const TlsOptions& options,
                                  const std::string& host,
                                  const std::string& error);

}  // namespace redoubt::rpc
