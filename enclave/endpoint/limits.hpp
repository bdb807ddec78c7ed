/// What the trusted endpoint takes from a client at most. Everything a client sends is hostile; each limit
/// here is checked before memory or time is spent on what it bounds.
///
/// The enclave has no clock: that a client is slow or silent is the host's to notice and to end.
#pragma once

#include <boundary/limits.hpp>

#include <cstddef>

namespace redoubt::enclave::endpoint {

/// Connections at the same time; further ones are closed at once. More than the host admits, so that a
/// newcomer need not wait until the enclave has heard that another one is gone.
inline constexpr std::size_t kConnectionsMax = 512;
/// Bytes of one receive().
inline constexpr std::size_t kReceiveBytesMax = boundary::kClientBytesMax;
/// Plaintext the endpoint will answer to one receive(); a client that wants more is closed with 1008.
inline constexpr std::size_t kOutgoingBytesMax = 8 * 1024 * 1024;
/// Bytes that unfinished messages of all connections may hold together; beyond it the connection that asks
/// for more is closed with 1013.
inline constexpr std::size_t kBufferedBytesTotalMax = 64 * 1024 * 1024;

/// Bytes a client may send until its TLS handshake is done. A ClientHello has a few hundred.
inline constexpr std::size_t kHandshakeBytesMax = 64 * 1024;
/// The HTTP upgrade request, request line and fields together.
inline constexpr std::size_t kHttpHeadBytesMax = 8 * 1024;
inline constexpr std::size_t kHttpFieldsMax = 64;

/// A WebSocket message: 5 MiB, which is what Substrate's clients expect, and room for the envelope.
inline constexpr std::size_t kMessageBytesMax = 5 * 1024 * 1024 + 64 * 1024;

inline constexpr std::size_t kBatchRequestsMax = 64;
inline constexpr std::size_t kJsonDepthMax = 16;
/// Brackets, commas and colons of one message: bounds what the parsed form takes.
inline constexpr std::size_t kJsonTokensMax = 8192;
inline constexpr std::size_t kParamsMax = 16;
inline constexpr std::size_t kIdBytesMax = 256;
/// One reply text, single or batch.
inline constexpr std::size_t kReplyBytesMax = 4 * 1024 * 1024;
/// SCALE bytes of one getter.
inline constexpr std::size_t kGetterBytesMax = 64 * 1024;

/// How often one message may ask for chain state: reads that follow from other reads, and new blocks
/// meanwhile.
inline constexpr std::size_t kReadRoundsMax = 32;
/// Chain state that one message may hold before it is told that it asks for too much.
inline constexpr std::size_t kProvenBytesMax = 4 * 1024 * 1024;

/// Nonces of a question for evidence, as binding blocks have them.
inline constexpr std::size_t kEvidenceNonceBytesMin = 16;
inline constexpr std::size_t kEvidenceNonceBytesMax = 64;
/// Pieces of evidence for one connection.
inline constexpr std::size_t kEvidencePerConnectionMax = 64;
/// Plaintext that a client may send while it waits for evidence.
inline constexpr std::size_t kBehindEvidenceBytesMax = 64 * 1024;

/// Names that the host may ask to have in the certificates, and the length of one (RFC 1035).
inline constexpr std::size_t kTlsNamesMax = boundary::kTlsNamesMax;
inline constexpr std::size_t kTlsNameBytesMax = 253;

}  // namespace redoubt::enclave::endpoint
