/// The seam between the enclave core and its client endpoint (TLS, WebSocket, JSON-RPC).
///
/// EndpointBackend is what the endpoint may ask the core; ClientEndpoint is what the core may ask the
/// endpoint; EndpointFactory makes one and creates the endpoint's part of the sealed identity. Everything
/// here is synchronous and single-threaded; references live as long as the process.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/call_statuses.hpp>
#include <map>
#include <memory>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>
#include <span>
#include <stf/types/basic.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::enclave {

/// What became of an indirect call.
enum class CallOutcome : std::uint8_t {
    kUnknown = 0,   ///< never seen, or forgotten after kCallStatusesMax later ones
    kExecuted = 1,  ///< took effect
    kFailed = 2,    ///< had no effect; `reason` says why
};

struct CallStatus {
    CallOutcome outcome = CallOutcome::kUnknown;
    /// Human text for a failed call or a returned payment: cause and remedy, without secrets.
    std::optional<std::string> reason;
    /// The block whose import decided it; absent for unknown calls.
    std::optional<boundary::BlockId> block;
    /// What became of the payment of an unshield, or of a refund under its call hash.
    PaymentState payment = PaymentState::kNone;
};

/// For system_health.
struct HealthReport {
    /// Blocks are being imported: a runtime is set and a block was persisted.
    bool following = false;
    std::optional<boundary::BlockId> last_block;
    /// Of the shard's state after it.
    std::optional<Hash256> state_root;
    std::optional<std::uint32_t> spec_version;
    std::uint32_t outbox_size = 0;
    /// The enclave's own view of the chain; absent when it takes blocks from the host as they are.
    std::optional<boundary::FinalityReport> finality;
    /// The time of the last block, milliseconds since 1970; 0 before the first.
    std::uint64_t chain_time_ms = 0;
    /// The last block is too old: answers may be outdated, and nothing is signed.
    bool stale = false;
};

/// What the answers to one client message rest upon beside the shard's state: values of the chain's state at
/// one block, and evidence.
struct ChainReads {
    /// The last imported block when the message was answered last; absent before the first.
    std::optional<boundary::BlockId> block;
    /// Proven for that block.
    std::map<Bytes, std::optional<Bytes>> proven;
    /// Asked for and not proven; at most boundary::kChainKeysMax keys.
    std::vector<Bytes> missing;
    /// Why nothing more can be had: for the client, in place of an answer.
    std::string failure;
    /// The nonce that the message asks for evidence with; empty when it does not.
    Bytes evidence_nonce{};
    /// What it was answered: a bundle, or why there is none.
    std::optional<Result<std::string>> evidence{};
    /// There is none now, and may be one in a moment.
    bool may_ask_for_evidence_again = false;
};

/// A client's question for evidence.
struct EvidenceQuestion {
    std::uint64_t connection = 0;
    /// Of the length that binding blocks allow.
    Bytes nonce;
};

struct EvidenceAnswer {
    std::uint64_t connection = 0;
    Bytes nonce;
    /// An evidence bundle (docs/PROTOCOL.md, "Evidence bundles").
    Result<std::string> bundle;
    /// Without a bundle: the same question may be answered in a moment.
    bool may_ask_again = false;
};

/// What the endpoint may ask. All answers are about persisted state.
class EndpointBackend {
  public:
    virtual ~EndpointBackend() = default;

    /// The public shielding key: `{"n":[…],"e":[…]}`, little-endian bytes, no spaces.
    [[nodiscard]] virtual std::string shielding_key_json() const = 0;
    [[nodiscard]] virtual stf::ShardId shard() const = 0;
    /// The enclave's measurement (MRENCLAVE).
    [[nodiscard]] virtual Hash256 fingerprint() const = 0;
    /// The nonce that the account's next call has to carry.
    [[nodiscard]] virtual std::uint32_t nonce_of(const AccountId& account) const = 0;
    /// Answers a getter: the SCALE value, or nullopt when the signature is wrong or the getter unknown (the
    /// client sees None). `request.cyphertext` is the plain SCALE getter of either client generation.
    /// @param reads  what is proven; when another block was imported since, that is forgotten. Missing keys
    ///   are appended
    /// @errors EnclaveError::kWrongShard, DecodeError when the getter cannot be decoded,
    ///   stf::ChainReadError::kNotProvenYet, StfError
    [[nodiscard]] virtual Result<std::optional<Bytes>> execute_getter(const stf::Request& request,
                                                                      ChainReads& reads) const = 0;
    /// Takes what a proof shows of the missing keys into `reads`, and empties the list of what is missing.
    /// @errors Refusal: kWrongParent when the header is not of the reads' block, kHeaderUnusable,
    ///   kBlockTooLarge, kStateProofMissing when the first key is not shown, kStateProofBad
    [[nodiscard]] virtual Result<void> prove_reads(ByteView header,
                                                   std::span<const Bytes> proof,
                                                   ChainReads& reads) const = 0;
    /// By TOP hash, or BLAKE2b-256 of the ciphertext of a call that could not be decrypted.
    [[nodiscard]] virtual CallStatus call_status(const Hash256& hash) const = 0;
    /// The root of the shard's state after a block; nullopt for one that was not processed or is forgotten.
    [[nodiscard]] virtual std::optional<Hash256> state_root(std::uint32_t block) const = 0;
    [[nodiscard]] virtual HealthReport health() const = 0;
    /// False when storage did not give what an answer needed: the answer is void.
    [[nodiscard]] virtual bool state_is_readable() const = 0;
    /// The release of the enclave program, for example "0.1.0".
    [[nodiscard]] virtual std::string_view version() const = 0;

    /// The seed of the enclave's Ed25519 signing key: the key of the native clients' certificate.
    [[nodiscard]] virtual const crypto::SecretBytes<32>& signing_seed() const = 0;
    /// What EndpointFactory::create_identity returned when the identity was created.
    [[nodiscard]] virtual ByteView identity_extension() const = 0;
};

/// What the core asks the endpoint: one call for each client message of the boundary.
class ClientEndpoint {
  public:
    virtual ~ClientEndpoint() = default;

    /// @errors Refusal::kTooManyClients; Refusal::kOutOfOrder when the id is open already
    [[nodiscard]] virtual Result<boundary::ClientEffects> opened(std::uint64_t connection) = 0;
    /// @errors Refusal::kUnknownConnection; Refusal::kOutOfOrder while a question waits for chain state
    [[nodiscard]] virtual Result<boundary::ClientEffects> received(std::uint64_t connection,
                                                                   ByteView bytes) = 0;
    /// What a question of the connection waits for.
    /// @errors Refusal::kUnknownConnection, Refusal::kChainStateUnwanted
    [[nodiscard]] virtual Result<boundary::ClientEffects> state_given(const boundary::ClientState& state) = 0;
    /// An unknown id is no error: both sides may close at once.
    [[nodiscard]] virtual boundary::ClientEffects closed(std::uint64_t connection) = 0;
    /// Questions for evidence that came since the last time; each connection has one at most. An endpoint
    /// that never asks needs neither this nor what follows.
    [[nodiscard]] virtual std::vector<EvidenceQuestion> take_evidence_questions() { return {}; }
    /// The answer to such a question. One that nobody waits for is dropped.
    [[nodiscard]] virtual boundary::ClientEffects evidence_given(EvidenceAnswer /*answer*/) { return {}; }
    /// Open connections.
    [[nodiscard]] virtual std::uint32_t clients() const = 0;
    /// SHA-256 of the SubjectPublicKeyInfo of the P-256 certificate key.
    [[nodiscard]] virtual Hash256 tls_spki_sha256() const = 0;
};

/// Makes the endpoint. main.cpp passes the real one, tests may pass one that serves nobody.
class EndpointFactory {
  public:
    virtual ~EndpointFactory() = default;

    /// Secrets of the endpoint for a new identity (its P-256 key); at most 4 KiB. Called once in the life of
    /// an identity; the bytes come back through EndpointBackend::identity_extension().
    [[nodiscard]] virtual Result<crypto::SecretBuffer> create_identity() = 0;

    /// @param backend       outlives the endpoint
    /// @param tls_names     DNS names and IP addresses for the certificates, at most kTlsNamesMax
    /// @param host_time_ms  advisory time, for the certificates' validity
    [[nodiscard]] virtual Result<std::unique_ptr<ClientEndpoint>> make(const EndpointBackend& backend,
                                                                       std::span<const std::string> tls_names,
                                                                       std::uint64_t host_time_ms) = 0;
};

}  // namespace redoubt::enclave
