/// Messages of the enclave's life: greeting, identity, what is restored at a start, and how it is at any
/// time.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <boundary/bounded.hpp>
#include <boundary/chain_messages.hpp>
#include <boundary/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace redoubt::boundary {

/// Raised when a layout of the messages changes in a way that an older peer would misread.
inline constexpr std::uint32_t kProtocolVersion = 9;

/// First message. Refused with kProtocolMismatch when the versions differ.
struct Hello {
    std::uint32_t protocol = kProtocolVersion;
    static constexpr auto kScaleFields = std::tuple{&Hello::protocol};
    bool operator==(const Hello&) const = default;
};

/// Answers Hello.
struct HelloReply {
    std::uint32_t protocol = kProtocolVersion;
    std::string enclave_version;
    static constexpr auto kScaleFields = std::tuple{&HelloReply::protocol, &HelloReply::enclave_version};
    bool operator==(const HelloReply&) const = default;
};

/// Creates the enclave's identity, or unseals the one that an earlier Started handed over.
struct Start {
    std::optional<Bytes> sealed_identity;
    Hash256 genesis_hash;
    /// The shard to serve; absent: the enclave's own measurement. Must equal the sealed one on later starts.
    std::optional<Hash256> shard;
    /// Permits balance_set_balance by //Alice. Refused unless the TEE is the simulation; fixed at creation.
    bool dev = false;
    /// Advisory wall clock of the host, milliseconds since 1970.
    std::uint64_t host_time_ms = 0;
    /// DNS names and IP addresses for the certificates of the client endpoint.
    Bounded<std::string, kTlsNamesMax> tls_names;
    /// Needed when an identity is created that verifies finality; later it may be absent, and has to name the
    /// sealed block when it is given. With `relay` it is a block of the relay chain.
    std::optional<TrustAnchor> anchor;
    /// Takes blocks and events from the host as they are. For development chains that offer no evidence;
    /// refused without `dev`; fixed at creation.
    bool unverified_finality = false;
    /// How old the last block's time may be before nothing is signed any more. Fixed at creation, later
    /// starts can only shorten it. 0 means for ever and is refused without `dev`.
    std::uint64_t stale_after_ms = 0;
    /// Present when the chain is a parachain; fixed at creation.
    std::optional<RelayChain> relay;
    static constexpr auto kScaleFields =
        std::tuple{&Start::sealed_identity, &Start::genesis_hash, &Start::shard,  &Start::dev,
                   &Start::host_time_ms,    &Start::tls_names,    &Start::anchor, &Start::unverified_finality,
                   &Start::stale_after_ms,  &Start::relay};
    bool operator==(const Start&) const = default;
};

/// Answers Start.
struct Started {
    /// Present when an identity was created: the host persists it before it goes on.
    std::optional<Bytes> sealed_identity;
    Hash256 measurement;
    /// The Ed25519 key the enclave signs extrinsics with.
    AccountId account;
    std::string shielding_key_json;
    Hash256 shard;
    Hash256 tls_spki_sha256;
    /// The block that everything believed follows from, of the relay chain for a parachain; absent with
    /// unverified finality.
    std::optional<BlockId> anchor;
    /// The limit in force; 0 for ever.
    std::uint64_t stale_after_ms = 0;
    static constexpr auto kScaleFields = std::tuple{
        &Started::sealed_identity, &Started::measurement,     &Started::account, &Started::shielding_key_json,
        &Started::shard,           &Started::tls_spki_sha256, &Started::anchor,  &Started::stale_after_ms};
    bool operator==(const Started&) const = default;
};

/// One sealed part of the journal, in the order in which Commit handed them out, beginning with a base.
struct Restore {
    std::uint64_t sequence = 0;
    Bytes sealed;
    static constexpr auto kScaleFields = std::tuple{&Restore::sequence, &Restore::sealed};
    bool operator==(const Restore&) const = default;
};

/// Answers Restore.
struct Restored {
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const Restored&) const = default;
};

/// The journal is complete (or empty at the first start). Answered with Position.
struct RestoreDone {
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const RestoreDone&) const = default;
};

/// Answers RestoreDone: where the enclave stands. Without a last block the finalized one can be imported
/// first.
struct Position {
    /// Sequence of the last record; 0 before the first one.
    std::uint64_t sequence = 0;
    std::optional<BlockId> last_block;
    Hash256 shard;
    std::uint64_t state_bytes = 0;
    /// The highest block known to be final; absent with unverified finality. Above the last block when blocks
    /// were verified and not yet imported.
    std::optional<BlockId> finalized;
    /// The highest block of the relay chain known to be final; present for a parachain.
    std::optional<BlockId> relay_finalized;
    /// CheckActivity has to come before anything is imported, signed or answered.
    bool check_activity = false;
    static constexpr auto kScaleFields = std::tuple{
        &Position::sequence,  &Position::last_block,      &Position::shard,         &Position::state_bytes,
        &Position::finalized, &Position::relay_finalized, &Position::check_activity};
    bool operator==(const Position&) const = default;
};

/// Asks for StatusReport; allowed at any time.
struct Status {
    /// Advisory wall clock of the host, milliseconds since 1970.
    std::uint64_t host_time_ms = 0;
    static constexpr auto kScaleFields = std::tuple{&Status::host_time_ms};
    bool operator==(const Status&) const = default;
};

/// How a process ended.
struct ProcessEnd {
    bool by_signal = false;
    /// The signal's number, or the exit code.
    std::uint8_t code = 0;
    static constexpr auto kScaleFields = std::tuple{&ProcessEnd::by_signal, &ProcessEnd::code};
    bool operator==(const ProcessEnd&) const = default;
};

/// Answers Status. Counters count from the start of this process, except where said otherwise.
struct StatusReport {
    std::optional<BlockId> last_block;
    /// Sequence of the last persisted journal record.
    std::uint64_t sequence = 0;
    std::uint32_t outbox_size = 0;
    std::uint32_t clients = 0;
    std::uint64_t blocks_imported = 0;
    std::uint64_t calls_executed = 0;
    std::uint64_t calls_failed = 0;
    std::uint64_t state_entries = 0;
    std::uint64_t state_bytes = 0;
    /// spec_version of the runtime in use; absent before SetRuntime.
    std::optional<std::uint32_t> spec_version;
    /// A runtime upgrade was seen: nothing goes on until SetRuntime.
    bool runtime_outdated = false;
    /// Absent with unverified finality.
    std::optional<FinalityReport> finality;
    /// The time of the last imported block, milliseconds since 1970; 0 before the first.
    std::uint64_t chain_time_ms = 0;
    /// The last block is older than allowed: nothing is signed until newer ones were imported.
    bool stale = false;
    /// How often what makes evidence has ended and was started again.
    std::uint32_t evidence_restarts = 0;
    /// It has ended for good: there is no evidence until the enclave is started again.
    bool evidence_gone = false;
    /// How, as far as it is known by now.
    std::optional<ProcessEnd> evidence_end;
    static constexpr auto kScaleFields =
        std::tuple{&StatusReport::last_block,        &StatusReport::sequence,
                   &StatusReport::outbox_size,       &StatusReport::clients,
                   &StatusReport::blocks_imported,   &StatusReport::calls_executed,
                   &StatusReport::calls_failed,      &StatusReport::state_entries,
                   &StatusReport::state_bytes,       &StatusReport::spec_version,
                   &StatusReport::runtime_outdated,  &StatusReport::finality,
                   &StatusReport::chain_time_ms,     &StatusReport::stale,
                   &StatusReport::evidence_restarts, &StatusReport::evidence_gone,
                   &StatusReport::evidence_end};
    bool operator==(const StatusReport&) const = default;
};

/// The message was not carried out and changed nothing. See refusal.hpp.
struct Refused {
    std::uint8_t domain = 0;
    std::uint32_t value = 0;
    static constexpr auto kScaleFields = std::tuple{&Refused::domain, &Refused::value};
    bool operator==(const Refused&) const = default;
};

}  // namespace redoubt::boundary
