#include <tools/wallet/trusted_session.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <registry-client/calls.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/return_value.hpp>
#include <tools/wallet/trusted_request.hpp>

namespace redoubt::wallet {
namespace {

/// The confirmation can reach the chain before another worker of the shard has the block, and a worker can be
/// away for a moment.
constexpr std::chrono::milliseconds kStatusPause{500};

Json call_details(const ExecutedCall& call) {
    auto details = outcome_json(call.outcome);
    details["operation_hash"] = to_hex_0x(call.operation_hash.view());
    return details;
}

Failure call_failed(const ExecutedCall& call) {
    auto failure =
        refused("call_failed", "the enclave did not execute the call: " + printable(call.status.reason),
                "No balance in the enclave changed; the fee of the extrinsic was paid.");
    failure.details = call_details(call);
    failure.details["reason"] = call.status.reason;
    return failure;
}

Failure fate_unknown(const ExecutedCall& call) {
    auto failure =
        refused("call_status_unknown", "the block was confirmed, but the worker does not know the call",
                "Read the balance before sending the call again.");
    failure.details = call_details(call);
    return failure;
}

}  // namespace

namespace {

/// Accepts a worker whose evidence is good enough, and keeps it.
Task<Fallible<void>> accept_worker(Context& context, TrustedSession& session, WorkerPtr worker) {
    if (context.settings().trusts_registry) {
        co_return judge_registration(worker->enclave(), wall_clock_ms());
    }
    BOOST_OUTCOME_CO_TRY(auto judged,
                         co_await judge_worker(context, session.chain, worker, session.view.shard));
    if (!judged.verification.is_accepted()) {
        co_return distrusted(judged, worker->url());
    }
    session.judged = std::move(judged);
    co_return success();
}

/// What the user has to know of how the worker was judged, before anything is asked or sent.
void warn_of_judgement(Context& context, const TrustedSession& session) {
    if (session.judged) {
        warn_if_program_unrestricted(context, *session.judged);
        warn_of_debug(context.console(), session.judged->verification);
        return;
    }
    const auto& enclave = session.worker->enclave();
    if (!context.settings().fingerprint) {
        context.console().warn(
            "program_unrestricted",
            "--fingerprint names no program, and without evidence no policy is looked at: the "
            "chain node's word is all there is on which program gets what is sent");
    }
    context.console().warn(
        "registry_trusted",
        "no evidence was asked for: the chain node's word is all there is on the worker at " +
            printable(session.worker->url()));
    if (!is_unattested(enclave) && enclave.status != "Ok") {
        context.console().warn("registration_status", "the worker is registered with the status " +
                                                          printable(enclave.status) +
                                                          ": its platform is not in order");
    }
}

/// True when neither evidence nor registry speak of hardware.
bool is_without_hardware(const TrustedSession& session) {
    return session.judged ? !session.judged->verification.verdict.is_hardware
                          : is_unattested(session.worker->enclave());
}

}  // namespace

Task<Fallible<TrustedSession>> open_session(Context& context, TrustedOptions options) {
    TrustedSession session;
    BOOST_OUTCOME_CO_TRY(session.chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(session.view, co_await look_up_shard(context, session.chain, options.shard));
    Worker::Judge judge = [&context, &session](WorkerPtr worker) {
        return accept_worker(context, session, std::move(worker));
    };
    BOOST_OUTCOME_CO_TRY(session.worker, co_await Worker::connect(context, session.view, options.worker_url,
                                                                  std::move(judge)));
    warn_of_judgement(context, session);
    BOOST_OUTCOME_CO_TRY(const auto health, co_await session.worker->health());
    warn_of_health(context, session.worker->enclave(), health, *session.chain->runtime());
    session.state_block = health.last_block;
    co_return session;
}

Task<Fallible<crypto::RsaPublicKey>> shielding_key_of(TrustedSession session) {
    if (session.judged) {
        co_return session.judged->shielding_key;
    }
    co_return co_await session.worker->shielding_key();
}

void warn_if_unattested(Context& context, const TrustedSession& session) {
    if (!is_without_hardware(session)) {
        return;
    }
    context.console().warn(
        "worker_unattested",
        "the worker " + address_of(session.worker->enclave().account, *session.chain->runtime()) +
            " is not attested by hardware: whoever runs it may be able to read what is sent "
            "to it");
}

Task<Fallible<Bytes>> ask_getter(TrustedSession session, stf::TrustedGetter getter, SigningKey owner) {
    auto signed_getter = sign_getter(getter, *owner);
    BOOST_OUTCOME_CO_TRY(
        auto answer, co_await session.worker->execute_getter(session.view.shard, std::move(signed_getter)));
    if (!answer) {
        co_return refused("getter_refused", "the enclave gives no answer to this account",
                          "Only the owner of an account may ask about it: use the account's own key.");
    }
    co_return std::move(*answer);
}

Task<Fallible<stf::AccountInfo>> trusted_account_info(TrustedSession session, SigningKey owner) {
    stf::TrustedGetter getter = stf::trusted_getter::AccountInfo{.account = owner->account_id()};
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await ask_getter(session, std::move(getter), owner));
    const auto info = scale::decode<stf::AccountInfo>(answer);
    if (!info) {
        co_return malformed_answer("the account's data");
    }
    co_return info.value();
}

Task<Fallible<CallStatus>> await_status(Context& context,
                                        WorkerPtr worker,
                                        Hash256 hash,
                                        unsigned attempts_max) {
    boost::asio::steady_timer pause{context.executor()};
    for (unsigned attempt = 1;; ++attempt) {
        auto status = co_await worker->call_status(hash);
        const bool is_away = !status && status.error().exit == ExitCode::kUnreachable;
        if ((!is_away && (!status || status.value().status != "unknown")) || attempt == attempts_max) {
            co_return status;
        }
        pause.expires_after(kStatusPause);
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

Task<Fallible<PreparedCall>> prepare_call(Context& context,
                                          TrustedSession session,
                                          stf::TrustedCall call,
                                          SigningKey signer,
                                          TrustedOptions options) {
    PreparedCall out;
    warn_if_unattested(context, session);
    if (options.nonce) {
        out.nonce = *options.nonce;
    } else {
        BOOST_OUTCOME_CO_TRY(const auto info, co_await trusted_account_info(session, signer));
        out.nonce = info.nonce;
    }
    BOOST_OUTCOME_CO_TRY(const auto shielding_key, co_await shielding_key_of(session));
    BOOST_OUTCOME_CO_TRY(const auto sealed, seal_call(call, out.nonce, session.view.fingerprint,
                                                      session.view.shard, *signer, shielding_key));
    out.operation_hash = sealed.hash;
    BOOST_OUTCOME_CO_TRY(out.invoke,
                         or_fail(registry_client::invoke_call(session.chain->runtime()->metadata,
                                                              session.view.shard, sealed.ciphertext),
                                 refused("call_unknown", "EnclaveBridge.invoke cannot be encoded",
                                         "The chain's EnclaveBridge has another layout.")));
    co_return out;
}

Task<Fallible<ExecutedCall>> execute_call(Context& context,
                                          TrustedSession session,
                                          PreparedCall call,
                                          SigningKey payer,
                                          TrustedOptions options) {
    ExecutedCall out;
    out.operation_hash = call.operation_hash;
    out.nonce = call.nonce;
    const auto operation = to_hex_0x(call.operation_hash.view());
    context.remember("operation_hash", operation);
    context.console().progress("operation " + operation + " with nonce " + std::to_string(call.nonce));
    BOOST_OUTCOME_CO_TRY(out.outcome,
                         co_await submit_call(context, session.chain, std::move(call.invoke), payer));
    BOOST_OUTCOME_CO_TRY(out.confirmation,
                         co_await await_confirmation(context, session.chain, out.outcome.block, session.view,
                                                     options.confirmation_blocks));
    context.stage("asking the worker for the result");
    BOOST_OUTCOME_CO_TRY(out.status, co_await await_status(context, session.worker, out.operation_hash));
    if (out.status.status == "failed") {
        co_return call_failed(out);
    }
    if (out.status.status != "executed") {
        co_return fate_unknown(out);
    }
    co_return out;
}

Json session_json(const TrustedSession& session) {
    return {{"shard", to_hex_0x(session.view.shard.view())},
            {"shard_base58", to_base58(session.view.shard)},
            {"worker", to_hex_0x(session.worker->enclave().account.view())},
            {"worker_url", session.worker->url()},
            {"evidence", session.judged ? summary_json(*session.judged) : Json(nullptr)},
            {"attestation", attestation_json(session.worker->enclave(), wall_clock_ms())}};
}

Json confirmation_json(const Confirmation& confirmation) {
    return {{"worker", to_hex_0x(confirmation.worker.view())},
            {"block_number", confirmation.block.number},
            {"block_hash", to_hex_0x(confirmation.block.hash.view())},
            {"merkle_root", to_hex_0x(confirmation.merkle_root.view())},
            {"merkle_root_matches", confirmation.root_matches}};
}

}  // namespace redoubt::wallet
