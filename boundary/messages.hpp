/// The closed, versioned list of messages between host and enclave.
///
/// Each frame of the host gets exactly one reply frame. Whatever fails is answered with Refused and changes
/// nothing. The messages are plain data: no behaviour, no keys in clear. Framing is in frame.hpp, size limits
/// are in limits.hpp, the codes that Refused carries in refusal.hpp; byte layouts in docs/PROTOCOL.md.
#pragma once

#include <boundary/bounded.hpp>
#include <boundary/limits.hpp>
#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>
#include <string>
#include <tuple>
#include <variant>

namespace redoubt::boundary {

/// Raised when a layout of this file changes in a way that an older peer would misread.
inline constexpr std::uint32_t kProtocolVersion = 9;

/// A block of the parent chain.
struct BlockId {
    std::uint32_t number = 0;
    Hash256 hash;
    static constexpr auto kScaleFields = std::tuple{&BlockId::number, &BlockId::hash};
    bool operator==(const BlockId&) const = default;
};

/// A block that is trusted without evidence, once: the genesis block or a checkpoint. The header's state root
/// vouches for the authority set that signs what follows.
struct TrustAnchor {
    Bytes header;
    /// Trie nodes that show Grandpa.Authorities, Grandpa.CurrentSetId, Grandpa.PendingChange,
    /// `:grandpa_authorities` and System.BlockHash(0), present or absent, under the header's state root.
    Bounded<Bytes, kProofNodesMax> state_proof;
    static constexpr auto kScaleFields = std::tuple{&TrustAnchor::header, &TrustAnchor::state_proof};
    bool operator==(const TrustAnchor&) const = default;
};

/// Of which relay chain a parachain takes its finality.
struct RelayChain {
    Hash256 genesis_hash;
    std::uint32_t para_id = 0;
    static constexpr auto kScaleFields = std::tuple{&RelayChain::genesis_hash, &RelayChain::para_id};
    bool operator==(const RelayChain&) const = default;
};

// Host -> enclave -------------------------------------------------------------------------------------

/// First message. Refused with kProtocolMismatch when the versions differ.
struct Hello {
    std::uint32_t protocol = kProtocolVersion;
    static constexpr auto kScaleFields = std::tuple{&Hello::protocol};
    bool operator==(const Hello&) const = default;
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

/// One sealed part of the journal, in the order in which Commit handed them out, beginning with a base.
struct Restore {
    std::uint64_t sequence = 0;
    Bytes sealed;
    static constexpr auto kScaleFields = std::tuple{&Restore::sequence, &Restore::sealed};
    bool operator==(const Restore&) const = default;
};

/// The journal is complete (or empty at the first start). Answered with Position.
struct RestoreDone {
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const RestoreDone&) const = default;
};

/// The metadata that blocks are read with and extrinsics are signed with. Needed before the first
/// ImportBlock or signature, and again after a runtime upgrade (kRuntimeOutdated).
struct SetRuntime {
    Bytes metadata;
    std::uint16_t ss58_prefix = 42;
    std::uint8_t decimals = 12;
    std::string symbol;
    static constexpr auto kScaleFields = std::tuple{&SetRuntime::metadata, &SetRuntime::ss58_prefix,
                                                    &SetRuntime::decimals, &SetRuntime::symbol};
    bool operator==(const SetRuntime&) const = default;
};

/// The next finalized block. Answered with Commit; the new state is visible after CommitPersisted. A block
/// whose calls read the chain's state is answered with StateNeeded.
/// The enclave must have verified before that the block is final (Finality), unless it was created for
/// unverified finality.
struct ImportBlock {
    Bytes header;
    /// Opaque extrinsics with their length prefix, in block order. They must give the header's extrinsics
    /// root.
    Bounded<Bytes, kExtrinsicsMax> extrinsics;
    /// Trie nodes that show System.Events, System.LastRuntimeUpgrade and Aura.Authorities, present or absent,
    /// under the header's state root.
    Bounded<Bytes, kProofNodesMax> state_proof;
    /// The SCALE value of System.Events, looked at with unverified finality only.
    Bytes events;
    std::uint64_t host_time_ms = 0;
    static constexpr auto kScaleFields =
        std::tuple{&ImportBlock::header, &ImportBlock::extrinsics, &ImportBlock::state_proof,
                   &ImportBlock::events, &ImportBlock::host_time_ms};
    bool operator==(const ImportBlock&) const = default;
};

/// The record of that sequence is on disk. Sending ImportBlock again before this message discards the
/// commit that waits.
struct CommitPersisted {
    std::uint64_t sequence = 0;
    static constexpr auto kScaleFields = std::tuple{&CommitPersisted::sequence};
    bool operator==(const CommitPersisted&) const = default;
};

/// Asks for `max` entries of the outbox that can be signed now, payments and confirmations in turn.
struct Outbox {
    std::uint32_t max = 0;
    static constexpr auto kScaleFields = std::tuple{&Outbox::max};
    bool operator==(const Outbox&) const = default;
};

/// Signs the outbox entry `id` as an extrinsic with account nonce `nonce`. May be repeated.
struct SignOutbox {
    std::uint64_t id = 0;
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields = std::tuple{&SignOutbox::id, &SignOutbox::nonce};
    bool operator==(const SignOutbox&) const = default;
};

/// Signs Teerex.register_sgx_enclave. The methods are the registry's: 0 Skip and 2 Dcap, both not proxied,
/// and 1 Ias. Without evidence (Skip) the enclave's measurement is what is registered, and `proof` is empty.
struct SignRegistration {
    std::string url;
    std::uint8_t method = 0;
    /// A quote, or the certificate with a report. The chain judges it; the enclave does not look into it.
    Bytes proof{};
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields = std::tuple{&SignRegistration::url, &SignRegistration::method,
                                                    &SignRegistration::proof, &SignRegistration::nonce};
    bool operator==(const SignRegistration&) const = default;
};

/// Signs EnclaveBridge.update_shard_config with this enclave's measurement as the shard's fingerprint.
struct SignShardConfig {
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields = std::tuple{&SignShardConfig::nonce};
    bool operator==(const SignShardConfig&) const = default;
};

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

/// Asks for StatusReport; allowed at any time.
struct Status {
    /// Advisory wall clock of the host, milliseconds since 1970.
    std::uint64_t host_time_ms = 0;
    static constexpr auto kScaleFields = std::tuple{&Status::host_time_ms};
    bool operator==(const Status&) const = default;
};

/// Evidence that blocks are final: the headers after the finalized block, and a justification of the last one
/// by the authority set in charge. Answered with FinalityMoved.
///
/// Without a justification the headers lead from the last imported block to the finalized one: after a
/// restart the enclave knows both and not what lies between.
///
/// With a relay chain all headers are the relay chain's, and there is always a justification.
struct Finality {
    Bounded<Bytes, kFinalityHeadersMax> headers;
    std::optional<Bytes> justification;
    static constexpr auto kScaleFields = std::tuple{&Finality::headers, &Finality::justification};
    bool operator==(const Finality&) const = default;
};

/// A warp sync response: moves the finalized block over authority set changes without the headers in between.
/// Only before the shard's first block; at any time when it is about a relay chain. Answered with
/// FinalityMoved.
struct FinalityHop {
    Bytes warp_sync;
    static constexpr auto kScaleFields = std::tuple{&FinalityHop::warp_sync};
    bool operator==(const FinalityHop&) const = default;
};

/// What StateNeeded asked for: trie nodes that show its keys, present or absent, under the state root of that
/// block. They have to show the first key; further rounds ask for what they do not show. Answered as
/// ImportBlock is. Any other message about the chain ends the import that waits.
struct ChainState {
    BlockId block;
    Bounded<Bytes, kProofNodesMax> proof;
    static constexpr auto kScaleFields = std::tuple{&ChainState::block, &ChainState::proof};
    bool operator==(const ChainState&) const = default;
};

/// A head of the parachain in the state of a relay block that was shown to be final: the head and the blocks
/// before it are final. Answered with FinalityMoved.
struct ParachainHead {
    /// One of the relay chain's recently finalized blocks.
    Hash256 relay_block;
    /// Trie nodes that show Paras.Heads of the parachain under the relay block's state root.
    Bounded<Bytes, kProofNodesMax> proof;
    /// The parachain's headers between the last head and this one, without both.
    Bounded<Bytes, kParachainHeadersMax> headers;
    /// Present when headers are left out, which is possible before the shard's first block: trie nodes that
    /// show System.BlockHash(0) under the head's own state root. Empty for the genesis block.
    std::optional<Bounded<Bytes, kProofNodesMax>> genesis_proof;
    static constexpr auto kScaleFields = std::tuple{&ParachainHead::relay_block, &ParachainHead::proof,
                                                    &ParachainHead::headers, &ParachainHead::genesis_proof};
    bool operator==(const ParachainHead&) const = default;
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

/// What the chain says of this worker's activity: the last block known to be final, and trie nodes that show
/// EnclaveBridge.ShardStatus of the shard under its state root. Needed once after a restart, before anything
/// else about the chain but finality: the enclave compares it with what it remembers. Answered with
/// ActivityChecked.
struct CheckActivity {
    Bytes header;
    Bounded<Bytes, kProofNodesMax> proof;
    /// The block that ActivityChecked asked for.
    std::optional<ImportBlock> block{};
    /// The state is a backup that was brought back on purpose. When it is an older copy, the enclave may
    /// import what it has missed, and signs and answers nothing before it was asked again.
    bool catch_up = false;
    static constexpr auto kScaleFields = std::tuple{&CheckActivity::header, &CheckActivity::proof,
                                                    &CheckActivity::block, &CheckActivity::catch_up};
    bool operator==(const CheckActivity&) const = default;
};

/// Answers PageNeeded, and is sent at no other time: the sealed page, or nothing when there is none or it
/// cannot be read.
struct Page {
    std::optional<Bytes> sealed;
    static constexpr auto kScaleFields = std::tuple{&Page::sealed};
    bool operator==(const Page&) const = default;
};

/// In place of Start: opens what was stored to look at it, and does nothing else with it. Restore with every
/// part of the journal follows, and then VerifyState. Answered with VerifyingStarted.
struct StartVerifying {
    Bytes sealed_identity;
    static constexpr auto kScaleFields = std::tuple{&StartVerifying::sealed_identity};
    bool operator==(const StartVerifying&) const = default;
};

/// The name of a page of the state: tells nothing of its content.
using PageId = FixedBytes<16>;

/// Goes on with the verification of everything that the journal leads to, a step at a time. Answered with
/// StateVerified.
struct VerifyState {
    /// Pages to read in this step, at most kVerifyPagesMax.
    std::uint32_t pages_max = 0;
    /// Pages that nothing led to: whether they are genuine.
    Bounded<PageId, kVerifyPagesMax> unreached;
    static constexpr auto kScaleFields = std::tuple{&VerifyState::pages_max, &VerifyState::unreached};
    bool operator==(const VerifyState&) const = default;
};

/// Asks what has become of the evidence that clients wait for, and lets the next piece of it begin: the host
/// sends it from time to time while ClientEffects::evidence_waits is set, and so says how often the TEE is
/// asked. Answered with ClientEffects.
struct TakeEvidence {
    /// Advisory wall clock of the host, milliseconds since 1970: when the evidence was issued.
    std::uint64_t host_time_ms = 0;
    /// Nobody waits any longer: who asked is told that the TEE does not answer.
    bool give_up = false;
    /// What verifiers need beside the evidence, from now on: present when it changed, empty for nothing. The
    /// JSON object of an evidence bundle. Verifiers check it; the enclave only looks at its form.
    std::optional<Bytes> endorsements;
    static constexpr auto kScaleFields =
        std::tuple{&TakeEvidence::host_time_ms, &TakeEvidence::give_up, &TakeEvidence::endorsements};
    bool operator==(const TakeEvidence&) const = default;
};

/// Asks for evidence that the registry takes: it vouches for the worker's account in its first 32 bytes of
/// report data. Sent again, with the same nonce, until RegistrationEvidenceMade has it; another nonce begins
/// anew.
struct RegistrationEvidence {
    /// The hash of a recent finalized block, which the chain compares.
    Hash256 nonce;
    std::uint64_t host_time_ms = 0;
    static constexpr auto kScaleFields =
        std::tuple{&RegistrationEvidence::nonce, &RegistrationEvidence::host_time_ms};
    bool operator==(const RegistrationEvidence&) const = default;
};

/// What quotes are judged by: a signed document for the registry, which verifies it.
enum class CollateralKind : std::uint8_t {
    kQuotingEnclave = 0,  ///< Teerex.register_quoting_enclave
    kTcbInfo = 1,         ///< Teerex.register_tcb_info
};

/// Signs the registration of collateral. Anybody may send it; the enclave's account pays.
struct SignCollateral {
    std::uint8_t kind = 0;  ///< a CollateralKind
    Bytes document;
    Bytes signature;
    Bytes issuer_chain;
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields =
        std::tuple{&SignCollateral::kind, &SignCollateral::document, &SignCollateral::signature,
                   &SignCollateral::issuer_chain, &SignCollateral::nonce};
    bool operator==(const SignCollateral&) const = default;
};

/// Host -> enclave. The index is the wire tag: append only.
using ToEnclave = std::variant<Hello,                 // 0
                               Start,                 // 1
                               Restore,               // 2
                               RestoreDone,           // 3
                               SetRuntime,            // 4
                               ImportBlock,           // 5
                               CommitPersisted,       // 6
                               Outbox,                // 7
                               SignOutbox,            // 8
                               SignRegistration,      // 9
                               SignShardConfig,       // 10
                               ClientOpened,          // 11
                               ClientBytes,           // 12
                               ClientClosed,          // 13
                               Status,                // 14
                               Finality,              // 15
                               FinalityHop,           // 16
                               ChainState,            // 17
                               ParachainHead,         // 18
                               ClientState,           // 19
                               Page,                  // 20
                               CheckActivity,         // 21
                               StartVerifying,        // 22
                               VerifyState,           // 23
                               TakeEvidence,          // 24
                               RegistrationEvidence,  // 25
                               SignCollateral>;       // 26
static_assert(std::variant_size_v<ToEnclave> == 27,
              "extend docs/PROTOCOL.md, limits.hpp and the fuzz target");

// Enclave -> host -------------------------------------------------------------------------------------

/// The message was not carried out and changed nothing. See refusal.hpp.
struct Refused {
    std::uint8_t domain = 0;
    std::uint32_t value = 0;
    static constexpr auto kScaleFields = std::tuple{&Refused::domain, &Refused::value};
    bool operator==(const Refused&) const = default;
};

/// Answers Hello.
struct HelloReply {
    std::uint32_t protocol = kProtocolVersion;
    std::string enclave_version;
    static constexpr auto kScaleFields = std::tuple{&HelloReply::protocol, &HelloReply::enclave_version};
    bool operator==(const HelloReply&) const = default;
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

/// Answers Restore.
struct Restored {
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const Restored&) const = default;
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

/// Answers SetRuntime.
struct RuntimeSet {
    std::uint32_t spec_version = 0;
    /// Present when the chain supports CheckMetadataHash: signatures then cover this hash.
    std::optional<Hash256> metadata_hash;
    static constexpr auto kScaleFields = std::tuple{&RuntimeSet::spec_version, &RuntimeSet::metadata_hash};
    bool operator==(const RuntimeSet&) const = default;
};

struct SealedPage {
    PageId id;
    Bytes sealed;
    static constexpr auto kScaleFields = std::tuple{&SealedPage::id, &SealedPage::sealed};
    bool operator==(const SealedPage&) const = default;
};

/// Answers ImportBlock: one journal record, in one or more sealed parts, and with a base the pages of the
/// state that changed since the base before. The host stores all parts under (sequence, part index), takes
/// out the removed pages and puts in the written ones, in one synced write, then sends CommitPersisted. After
/// a base is persisted, records of smaller sequences may be deleted.
struct Commit {
    std::uint64_t sequence = 0;
    bool is_base = false;
    Bounded<Bytes, kCommitPartsMax> sealed;
    Bounded<PageId, kCommitPagesMax> pages_removed{};
    Bounded<SealedPage, kCommitPagesMax> pages_written{};
    static constexpr auto kScaleFields = std::tuple{&Commit::sequence, &Commit::is_base, &Commit::sealed,
                                                    &Commit::pages_removed, &Commit::pages_written};
    bool operator==(const Commit&) const = default;
};

/// Comes before the answer to any message of the phase after RestoreDone, as often as it takes: the enclave
/// needs this page of its state. The host answers with Page at once; the answer to its own message follows.
struct PageNeeded {
    PageId id;
    /// What the host gave for it was refused.
    bool again = false;
    static constexpr auto kScaleFields = std::tuple{&PageNeeded::id, &PageNeeded::again};
    bool operator==(const PageNeeded&) const = default;
};

/// Answers CommitPersisted.
struct Committed {
    BlockId last_block;
    /// Trusted calls of this block that took effect, and that did not.
    std::uint32_t calls_executed = 0;
    std::uint32_t calls_failed = 0;
    std::uint32_t outbox_size = 0;
    static constexpr auto kScaleFields = std::tuple{&Committed::last_block, &Committed::calls_executed,
                                                    &Committed::calls_failed, &Committed::outbox_size};
    bool operator==(const Committed&) const = default;
};

/// Kinds of OutboxItem.
inline constexpr std::uint8_t kOutboxConfirm = 0;
inline constexpr std::uint8_t kOutboxUnshield = 1;
inline constexpr std::uint8_t kOutboxPublishRoot = 2;

/// Something the enclave wants on the chain.
struct OutboxItem {
    std::uint64_t id = 0;
    std::uint8_t kind = kOutboxConfirm;
    /// The block that caused it.
    std::uint32_t block_number = 0;
    static constexpr auto kScaleFields =
        std::tuple{&OutboxItem::id, &OutboxItem::kind, &OutboxItem::block_number};
    bool operator==(const OutboxItem&) const = default;
};

/// Answers Outbox: payments in turn with confirmations and the root, each kind oldest first.
struct OutboxItems {
    Bounded<OutboxItem, kOutboxItemsMax> items;
    static constexpr auto kScaleFields = std::tuple{&OutboxItems::items};
    bool operator==(const OutboxItems&) const = default;
};

/// Answers SignOutbox, SignRegistration and SignShardConfig.
struct Signed {
    /// The extrinsic with its length prefix, ready for author_submitExtrinsic.
    Bytes extrinsic;
    /// The last block number in which it can be included.
    std::uint32_t valid_until_block = 0;
    static constexpr auto kScaleFields = std::tuple{&Signed::extrinsic, &Signed::valid_until_block};
    bool operator==(const Signed&) const = default;
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

/// Answers ImportBlock and ChainState: the block is not executed to its end, because calls in it read these
/// keys of its state. At least one key; the first is the one that the execution cannot go on without.
struct StateNeeded {
    BlockId block;
    Bounded<Bytes, kChainKeysMax> keys;
    static constexpr auto kScaleFields = std::tuple{&StateNeeded::block, &StateNeeded::keys};
    bool operator==(const StateNeeded&) const = default;
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

/// Where the view of a parachain's relay chain stands.
struct RelayReport {
    RelayChain chain;
    BlockId finalized;
    static constexpr auto kScaleFields = std::tuple{&RelayReport::chain, &RelayReport::finalized};
    bool operator==(const RelayReport&) const = default;
};

/// Where the enclave's own view of the chain stands. For a parachain the anchor and the authority set are the
/// relay chain's.
struct FinalityReport {
    /// The block that was trusted at first.
    BlockId anchor;
    BlockId finalized;
    /// The authority set that signs what follows, and how many members it has.
    std::uint64_t set_id = 0;
    std::uint32_t authorities = 0;
    /// Blocks known to be final that wait to be imported.
    std::uint32_t blocks_waiting = 0;
    /// A Refusal after which only a new identity with another anchor helps; 0 while all is well.
    std::uint32_t halted = 0;
    /// Present for a parachain.
    std::optional<RelayReport> relay;
    static constexpr auto kScaleFields =
        std::tuple{&FinalityReport::anchor,      &FinalityReport::finalized,      &FinalityReport::set_id,
                   &FinalityReport::authorities, &FinalityReport::blocks_waiting, &FinalityReport::halted,
                   &FinalityReport::relay};
    bool operator==(const FinalityReport&) const = default;
};

/// Answers Finality, FinalityHop and ParachainHead.
struct FinalityMoved {
    FinalityReport now;
    static constexpr auto kScaleFields = std::tuple{&FinalityMoved::now};
    bool operator==(const FinalityMoved&) const = default;
};

/// Answers CheckActivity.
struct ActivityChecked {
    /// The worker was active in this block, which is not imported yet: CheckActivity has to come again with
    /// it.
    std::optional<BlockId> block_needed;
    /// The backup is older than what the worker has signed: blocks up to this one may be imported, and then
    /// CheckActivity has to come again. Both absent: the state is the newest that the chain knows of, and the
    /// enclave goes on.
    std::optional<std::uint32_t> catching_up_to;
    static constexpr auto kScaleFields =
        std::tuple{&ActivityChecked::block_needed, &ActivityChecked::catching_up_to};
    bool operator==(const ActivityChecked&) const = default;
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

/// Answers StartVerifying: what the identity was made for.
struct VerifyingStarted {
    Hash256 shard;
    Hash256 genesis_hash;
    static constexpr auto kScaleFields =
        std::tuple{&VerifyingStarted::shard, &VerifyingStarted::genesis_hash};
    bool operator==(const VerifyingStarted&) const = default;
};

/// A page that cannot be used.
struct PageFault {
    PageId id;
    /// A Refusal: kPageMissing, kPageDamaged, kPageOutdated.
    std::uint32_t reason = 0;
    static constexpr auto kScaleFields = std::tuple{&PageFault::id, &PageFault::reason};
    bool operator==(const PageFault&) const = default;
};

/// One of the two tries: what the newest record says of it, and what was found.
struct VerifiedTrie {
    Hash256 root;
    std::uint64_t entries = 0;
    /// Of all keys and values.
    std::uint64_t bytes = 0;
    /// In the pages that could be read, with the changes since they were written.
    std::uint64_t entries_found = 0;
    std::uint64_t bytes_found = 0;
    /// That could be read.
    std::uint64_t pages = 0;
    static constexpr auto kScaleFields =
        std::tuple{&VerifiedTrie::root,          &VerifiedTrie::entries,     &VerifiedTrie::bytes,
                   &VerifiedTrie::entries_found, &VerifiedTrie::bytes_found, &VerifiedTrie::pages};
    bool operator==(const VerifiedTrie&) const = default;
};

/// Answers VerifyState. All but `faults` is about everything up to now.
struct StateVerified {
    /// Nothing is left to be looked at.
    bool done = false;
    /// Of this step; the pages below one that cannot be used are passed over.
    Bounded<PageFault, kPageFaultsMax> faults;
    /// The last record that could be used, and its block; 0 and nothing when there is none.
    std::uint64_t sequence = 0;
    std::optional<BlockId> block;
    /// Of the last base; absent when none could be used: then nothing leads to the pages.
    std::optional<std::uint64_t> base;
    /// The last record has all its parts.
    bool is_complete = true;
    VerifiedTrie shard;
    VerifiedTrie worker;
    /// The hash of the shard's entries as the original protocol encodes them; present when all were read.
    std::optional<Hash256> state_hash;
    /// The first record whose changes do not give the state that was sealed with them. Looked at when no page
    /// has a fault.
    std::optional<std::uint64_t> differs_at;
    static constexpr auto kScaleFields =
        std::tuple{&StateVerified::done,      &StateVerified::faults, &StateVerified::sequence,
                   &StateVerified::block,     &StateVerified::base,   &StateVerified::is_complete,
                   &StateVerified::shard,     &StateVerified::worker, &StateVerified::state_hash,
                   &StateVerified::differs_at};
    bool operator==(const StateVerified&) const = default;
};

/// Evidence of the TEE, and what it vouches for.
struct ProducedEvidence {
    /// The code of the type of evidence (attestation.md, section 1.3).
    std::uint16_t type = 0;
    Bytes evidence;
    /// Certificates that came with it, in the TEE's own form; empty where there are none.
    Bytes endorsements;
    /// The binding block, of the profile that the registry reads.
    Bytes binding_block;
    static constexpr auto kScaleFields =
        std::tuple{&ProducedEvidence::type, &ProducedEvidence::evidence, &ProducedEvidence::endorsements,
                   &ProducedEvidence::binding_block};
    bool operator==(const ProducedEvidence&) const = default;
};

/// Answers RegistrationEvidence.
struct RegistrationEvidenceMade {
    /// Absent while it is being made.
    std::optional<ProducedEvidence> evidence;
    /// Why the TEE gave none: a value of attestation::produce::ProduceError; 0 when it did not fail.
    std::uint32_t failure = 0;
    static constexpr auto kScaleFields =
        std::tuple{&RegistrationEvidenceMade::evidence, &RegistrationEvidenceMade::failure};
    bool operator==(const RegistrationEvidenceMade&) const = default;
};

/// Enclave -> host. The index is the wire tag: append only.
using FromEnclave = std::variant<Refused,                    // 0
                                 HelloReply,                 // 1
                                 Started,                    // 2
                                 Restored,                   // 3
                                 Position,                   // 4
                                 RuntimeSet,                 // 5
                                 Commit,                     // 6
                                 Committed,                  // 7
                                 OutboxItems,                // 8
                                 Signed,                     // 9
                                 ClientEffects,              // 10
                                 StatusReport,               // 11
                                 FinalityMoved,              // 12
                                 StateNeeded,                // 13
                                 PageNeeded,                 // 14
                                 ActivityChecked,            // 15
                                 VerifyingStarted,           // 16
                                 StateVerified,              // 17
                                 RegistrationEvidenceMade>;  // 18
static_assert(std::variant_size_v<FromEnclave> == 19, "extend docs/PROTOCOL.md and limits.hpp");

}  // namespace redoubt::boundary
