/// How a client connects, what it bears from its peer, and how it shows the state of its connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <string>

namespace redoubt::rpc {

struct TlsOptions {
    /// When set, the peer must prove possession of this Ed25519 key. The comparison replaces the
    /// verification of a certificate chain, and only ed25519 signatures are offered, so that a server
    /// with several certificates chooses that one.
    std::optional<FixedBytes<32>> pinned_ed25519_public_key = std::nullopt;
    /// PEM file of certificate authorities believed beside those of the system; empty for none.
    std::string extra_ca_file = {};
};

struct ClientOptions {
    /// ws://host[:port][/path] or wss://…; IPv6 addresses in brackets.
    std::string url;
    TlsOptions tls = {};

    std::chrono::milliseconds connect_timeout{10'000};  ///< name lookup, TCP, TLS and upgrade together
    std::chrono::milliseconds call_timeout{30'000};     ///< deadline of a call that names none
    /// A peer that is silent for this long, in spite of pings, is taken for dead.
    std::chrono::milliseconds idle_timeout{30'000};
    bool reconnect = true;  ///< false: the client closes when its connection breaks
    std::chrono::milliseconds backoff_min{250};
    std::chrono::milliseconds backoff_max{30'000};

    std::size_t message_bytes_max = std::size_t{64} << 20;         ///< incoming
    std::size_t outgoing_bytes_max = std::size_t{16} << 20;        ///< one outgoing message
    std::size_t outgoing_queue_bytes_max = std::size_t{64} << 20;  ///< all that wait to be written
    unsigned json_depth_max = 64;
    std::size_t json_values_max = std::size_t{16} << 20;  ///< separators in one message
    std::size_t calls_in_flight_max = 4096;
};

enum class ConnectionState : std::uint8_t { kConnecting, kConnected, kReconnecting, kClosed };

/// A snapshot of the connection, for status pages and logs.
struct ConnectionStatus {
    ConnectionState state = ConnectionState::kConnecting;
    std::string reason = {};        ///< why it is reconnecting or closed; else empty
    std::uint64_t connections = 0;  ///< how many times a connection came up
};

}  // namespace redoubt::rpc
