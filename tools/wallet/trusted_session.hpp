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

namespace redoubt::wallet {

/// Options of `trusted` and `shield`.
struct TrustedOptions {
    std::optional<std::string> shard;
    std::optional<std::string> worker_url;
    std::optional<std::string> payer;
    std::optional<std::uint32_t> nonce;
    unsigned confirmation_blocks = 20;
};

/// A connected worker of a shard.
struct TrustedSession {
    ChainClientPtr chain;
    ShardView view;
    WorkerPtr worker;
};

/// Looks the shard up and connects to one of its workers. The context outlives the task.
[[nodiscard]] Task<Fallible<TrustedSession>> open_session(Context& context, TrustedOptions options);

/// Asks a signed getter. @errors getter_refused when the enclave gives no answer; those of Worker
[[nodiscard]] Task<Fallible<Bytes>> ask_getter(TrustedSession session,
                                               stf::TrustedGetter getter,
                                               SigningKey owner);

/// The account as the enclave sees it; zeros for an account it does not know.
[[nodiscard]] Task<Fallible<stf::AccountInfo>> trusted_account_info(TrustedSession session, SigningKey owner);

/// A trusted call that was executed.
struct ExecutedCall {
    Hash256 operation_hash;
    std::uint32_t nonce = 0;
    TransactionOutcome outcome;
    Confirmation confirmation;
    CallStatus status;
};

/// Sends a call by EnclaveBridge.invoke and waits for its confirmation and result.
/// @param payer  signs and pays the extrinsic
/// @errors call_failed with the enclave's reason; those of every step
[[nodiscard]] Task<Fallible<ExecutedCall>> execute_call(Context& context,
                                                        TrustedSession session,
                                                        stf::TrustedCall call,
                                                        SigningKey signer,
                                                        SigningKey payer,
                                                        TrustedOptions options);

/// Asks a worker until it knows the operation, a few times. @errors those of Worker::call_status
[[nodiscard]] Task<Fallible<CallStatus>> await_status(Context& context, WorkerPtr worker, Hash256 hash);

/// Shard, worker and attestation, the same in every document.
[[nodiscard]] Json session_json(const TrustedSession& session);
[[nodiscard]] Json confirmation_json(const Confirmation& confirmation);

}  // namespace redoubt::wallet
