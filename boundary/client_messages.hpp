/// Messages of the connections of clients: bytes of TLS, which the host cannot read.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <boundary/block_messages.hpp>
#include <boundary/bounded.hpp>
#include <boundary/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <tuple>

namespace redoubt::boundary {

/// A client connected to the public listener. The host chooses ids and does not reuse an open one.
struct ClientOpened {
    std::uint64_t connection = 0;
    static constexpr auto kScaleFields = std::tuple{&ClientOpened::connection};
    bool operator==(const ClientOpened&) const = default;
};

/// Bytes (TLS records) that a client sent.
struct ClientBytes {
    std::uint64_t connection = 0;
    Bytes bytes;
    static constexpr auto kScaleFields = std::tuple{&ClientBytes::connection, &ClientBytes::bytes};
    bool operator==(const ClientBytes&) const = default;
};

/// The connection is gone. Never an error.
struct ClientClosed {
    std::uint64_t connection = 0;
    static constexpr auto kScaleFields = std::tuple{&ClientClosed::connection};
    bool operator==(const ClientClosed&) const = default;
};

/// What ClientEffects::needed asked for: the header of its block, and trie nodes that show its keys under the
/// header's state root. Both empty when the host cannot give them: then the client is told so. Answered with
/// ClientEffects.
struct ClientState {
    std::uint64_t connection = 0;
    Bytes header;
    Bounded<Bytes, kProofNodesMax> proof;
    static constexpr auto kScaleFields =
        std::tuple{&ClientState::connection, &ClientState::header, &ClientState::proof};
    bool operator==(const ClientState&) const = default;
};

/// What the host does with one connection: send `bytes`, then close it when `close` is set.
struct ClientEffect {
    std::uint64_t connection = 0;
    Bytes bytes;
    bool close = false;
    /// The TLS and WebSocket handshakes are done: the host ends its handshake deadline.
    bool established = false;
    static constexpr auto kScaleFields = std::tuple{&ClientEffect::connection, &ClientEffect::bytes,
                                                    &ClientEffect::close, &ClientEffect::established};
    bool operator==(const ClientEffect&) const = default;
};

/// Answers ClientOpened, ClientBytes, ClientClosed, ClientState and TakeEvidence; effects may concern other
/// connections too.
struct ClientEffects {
    Bounded<ClientEffect, kClientEffectsMax> effects;
    /// A question of this message's connection reads these keys of the state of the last imported block. It
    /// waits, and the connection's next message has to be ClientState or ClientClosed.
    std::optional<StateNeeded> needed{};
    /// Clients wait for evidence: TakeEvidence has to follow.
    bool evidence_waits = false;
    static constexpr auto kScaleFields =
        std::tuple{&ClientEffects::effects, &ClientEffects::needed, &ClientEffects::evidence_waits};
    bool operator==(const ClientEffects&) const = default;
};

}  // namespace redoubt::boundary
