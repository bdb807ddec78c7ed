/// One worker's trusted endpoint: a TLS WebSocket that ends inside the enclave.
///
/// The TLS key has to be the Ed25519 key of the registered account, and the endpoint has to name the shard
/// and the fingerprint that were looked up. What the worker is, its evidence says (worker_evidence.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/rsa.hpp>
#include <rpc/client.hpp>
#include <stf/types/getter.hpp>
#include <string>
#include <tools/wallet/shard_lookup.hpp>

namespace redoubt::wallet {

/// What a worker says about the chain that it follows.
struct WorkerHealth {
    /// False when it takes blocks as its host gives them.
    bool verifies_finality = false;
    /// Its last block is older than it allows.
    bool is_stale = false;
    /// Finality of the chain is broken, and it follows no further.
    bool is_halted = false;
    std::optional<std::uint32_t> last_block;
};

/// What became of a trusted call.
struct CallStatus {
    std::string status;   ///< executed, failed or unknown
    std::string reason;   ///< why it failed; untrusted text
    std::string payment;  ///< of an unshield: pending, paid or returned; empty when it asks for none
    std::optional<std::uint32_t> block_number;
    std::optional<Hash256> block_hash;
};

/// How long a worker may take to show evidence: longer than its host waits for a TEE (90 s), so that its own
/// word of what is the matter comes first.
/// @source docs/PROTOCOL.md, "Trusted endpoint"
inline constexpr std::chrono::milliseconds kEvidenceTimeout{100'000};

class Worker;
using WorkerPtr = std::shared_ptr<Worker>;

class Worker {
  public:
    /// Says whether a connected worker may be used.
    using Judge = std::function<Task<Fallible<void>>(WorkerPtr)>;

    /// Connects to the shard's most recently active worker that answers and that `judge` takes.
    /// @param url  overrides the registered URLs; one of the shard's workers has to be behind it
    /// @param judge  outlives the task with all that it refers to
    /// @errors program_not_pinned, no_worker, shard_unknown, worker_unreachable, worker_wrong_fingerprint,
    /// worker_wrong_shard,
    ///         worker_key_mismatch, worker_without_tls; those of `judge`
    [[nodiscard]] static Task<Fallible<WorkerPtr>> connect(Context& context,
                                                           ShardView view,
                                                           std::optional<std::string> url,
                                                           Judge judge);

    Worker(EnclaveEntry enclave, std::string url, std::shared_ptr<rpc::Client> client)
        : enclave_(std::move(enclave)), url_(std::move(url)), client_(std::move(client)) {}

    [[nodiscard]] const EnclaveEntry& enclave() const noexcept { return enclave_; }
    [[nodiscard]] const std::string& url() const noexcept { return url_; }

    /// The key that calls are encrypted to. @errors worker_answer_malformed, worker_refused,
    /// worker_unreachable
    [[nodiscard]] Task<Fallible<crypto::RsaPublicKey>> shielding_key();
    /// The bundle of evidence that answers `nonce`, as it came.
    /// @errors worker_without_evidence, worker_evidence_delayed, worker_evidence_unavailable, worker_refused,
    /// worker_unreachable
    [[nodiscard]] Task<Fallible<std::string>> evidence(Bytes nonce,
                                                       std::chrono::milliseconds timeout = kEvidenceTimeout);
    /// The SCALE answer of a getter; nullopt when the enclave gives none (bad signature, or not allowed).
    [[nodiscard]] Task<Fallible<std::optional<Bytes>>> execute_getter(Hash256 shard, stf::Getter getter);
    /// @errors worker_answer_malformed, worker_refused, worker_unreachable
    [[nodiscard]] Task<Fallible<WorkerHealth>> health();
    /// What the enclave knows about an operation. @param hash  TOP hash, or hash of an unreadable ciphertext
    [[nodiscard]] Task<Fallible<CallStatus>> call_status(Hash256 hash);

  private:
    [[nodiscard]] Task<Fallible<std::string>> ask(std::string method, std::string parameter);
    [[nodiscard]] Task<Fallible<void>> check_identity(ShardView view);

    EnclaveEntry enclave_;
    std::string url_;
    std::shared_ptr<rpc::Client> client_;
};

/// How a worker is connected to: pinned to the account's key.
[[nodiscard]] rpc::ClientOptions worker_options(const EnclaveEntry& enclave, const std::string& url);

/// Reads the answer to system_health. @errors worker_answer_malformed
[[nodiscard]] Fallible<WorkerHealth> read_health(const nlohmann::json& answer);

/// Warns of finality that is not verified and of a state that does not advance; nothing for a healthy worker.
void warn_of_health(Context& context,
                    const EnclaveEntry& enclave,
                    const WorkerHealth& health,
                    const Runtime& runtime);

}  // namespace redoubt::wallet
