/// What the trusted commands share: chain, shard, worker, and the way of one call from signature to its
/// result.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stf/types/returns.hpp>
#include <stf/types/trusted_call.hpp>
#include <string>
#include <tools/wallet/confirmation.hpp>
#include <tools/wallet/submission.hpp>
#include <tools/wallet/worker.hpp>
#include <tools/wallet/worker_evidence.hpp>

namespace redoubt::wallet {

/// Options of `trusted` and `shield`.
struct TrustedOptions {
    std::optional<std::string> shard;
    std::optional<std::string> worker_url;
    std::optional<std::string> payer;
    std::optional<std::uint32_t> nonce;
    /// The extrinsic's call is the result; nothing is submitted.
    bool print_call = false;
    unsigned confirmation_blocks = 20;
};

/// A connected worker of a shard.
struct TrustedSession {
    ChainClientPtr chain;
    ShardView view;
    WorkerPtr worker;
    /// Its evidence, accepted by the policy; nullopt when the registry is believed (--trust-registry).
    std::optional<JudgedWorker> judged;
    /// What the worker said before anything was asked: its state is that of this block, or of a later one.
    std::optional<std::uint32_t> state_block;
};

/// Looks the shard up, connects to one of its workers whose evidence the policy accepts, and warns of what
/// the worker says about the chain that it follows. The context outlives the task.
[[nodiscard]] Task<Fallible<TrustedSession>> open_session(Context& context, TrustedOptions options);

/// The key that calls are encrypted to: the one that the worker's evidence vouches for.
/// @errors those of Worker::shielding_key
[[nodiscard]] Task<Fallible<crypto::RsaPublicKey>> shielding_key_of(TrustedSession session);

/// Says on standard error that no hardware vouches for the session's worker; nothing for an attested one.
void warn_if_unattested(Context& context, const TrustedSession& session);

/// Asks a signed getter. @errors getter_refused when the enclave gives no answer; those of Worker
[[nodiscard]] Task<Fallible<Bytes>> ask_getter(TrustedSession session,
                                               stf::TrustedGetter getter,
                                               SigningKey owner);

/// The account as the enclave sees it; zeros for an account it does not know.
[[nodiscard]] Task<Fallible<stf::AccountInfo>> trusted_account_info(TrustedSession session, SigningKey owner);

/// A trusted call that is signed and encrypted, but not submitted.
struct PreparedCall {
    Hash256 operation_hash;
    std::uint32_t nonce = 0;
    Bytes invoke;  ///< EnclaveBridge.invoke, as an extrinsic or another call holds it
};

/// Asks for the nonce unless it is given, signs, encrypts and encodes; warns when no hardware vouches for the
/// worker. @errors those of every step
[[nodiscard]] Task<Fallible<PreparedCall>> prepare_call(Context& context,
                                                        TrustedSession session,
                                                        stf::TrustedCall call,
                                                        SigningKey signer,
                                                        TrustedOptions options);

/// A trusted call that was executed.
struct ExecutedCall {
    Hash256 operation_hash;
    std::uint32_t nonce = 0;
    TransactionOutcome outcome;
    Confirmation confirmation;
    CallStatus status;
};

/// Submits a call and waits for its confirmation and result.
/// @param payer  signs and pays the extrinsic
/// @errors call_failed with the enclave's reason; those of every step
[[nodiscard]] Task<Fallible<ExecutedCall>> execute_call(Context& context,
                                                        TrustedSession session,
                                                        PreparedCall call,
                                                        SigningKey payer,
                                                        TrustedOptions options);

/// How often a worker is asked for a call whose block is confirmed.
inline constexpr unsigned kStatusAttempts = 20;

/// Asks a worker twice a second until it knows the operation. @errors those of Worker::call_status
/// @param attempts_max  0 for as long as the command runs
[[nodiscard]] Task<Fallible<CallStatus>> await_status(Context& context,
                                                      WorkerPtr worker,
                                                      Hash256 hash,
                                                      unsigned attempts_max = kStatusAttempts);

/// Shard, worker and attestation, the same in every document.
[[nodiscard]] Json session_json(const TrustedSession& session);
[[nodiscard]] Json confirmation_json(const Confirmation& confirmation);

}  // namespace redoubt::wallet
