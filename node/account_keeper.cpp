#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <attestation/produce/produce_error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <node/account_funding.hpp>
#include <node/account_keeper.hpp>
#include <node/blocking.hpp>
#include <node/chain_retry.hpp>
#include <node/enclave_start.hpp>
#include <node/log.hpp>
#include <node/registration_evidence.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace redoubt::node {

using boundary::Refusal;
using registry_client::CollateralEntry;
using registry_client::EnclaveEntry;
using registry_client::RegistryFlags;
using rpc::Reply;
using std::chrono::milliseconds;

namespace {

/// How long before the collateral on the chain expires the operator is told.
constexpr std::uint64_t kExpiryNoticeMs = std::uint64_t{3} * 86'400'000;
/// What registering collateral may cost, in registrations.
constexpr std::uint32_t kCollateralTransactions = 8;

/// Refusals to sign that no waiting cures.
bool is_final_refusal(std::error_code error) {
    return error == Refusal::kUrlUnusable || error == Refusal::kMethodUnsupported ||
           error == Refusal::kChainUnsupported || error == Refusal::kMetadataUnusable;
}

/// That there is no evidence lies with the TEE, or with what answers in its place.
bool is_about_the_tee(std::error_code error) {
    return error == Refusal::kEvidenceFailed || error == std::errc::timed_out ||
           error.category() == error_category<attestation::produce::ProduceError>();
}

Task<Reply<std::optional<EnclaveEntry>>> entry_at_finalized(registry_client::ChainClientPtr chain,
                                                            AccountId account) {
    const auto head = co_await chain->finalized_head();
    if (!head.has_value()) {
        co_return head.error();
    }
    const std::optional<Hash256> at = head.value().hash;
    co_return co_await registry_client::enclave(chain, account, at);
}

}  // namespace

void AccountKeeper::doubt() {
    in_doubt_ = true;
    doubted_.notify();
}

Task<void> AccountKeeper::wait_until_may_sign() {
    constexpr milliseconds kLookInterval{100};
    while (!options_.may_sign()) {
        co_await pause_for(kLookInterval);
    }
}

Task<Outcome<>> AccountKeeper::ensure_funds(std::uint32_t transactions) {
    co_await wait_until_may_sign();
    auto signer = registration_signer(enclave_, options_.identity.url,
                                      proof_ ? proof_->method : AttestationMethod::kSkip,
                                      proof_ ? proof_->proof : Bytes{});
    if (proof_) {
        transactions += kCollateralTransactions;
    }
    auto probe = co_await signer(0);
    while (!probe.has_value()) {
        if (is_final_refusal(probe.error().code)) {
            co_return problem_of_refusal(probe.error().code);
        }
        co_await pause_for(options_.pauses.retry);
        probe = co_await signer(0);
    }
    const auto fee = co_await fee_of(chain_, std::move(probe.value().bytes));
    const auto deposit = registry_client::existential_deposit(*chain_->runtime());
    const auto needed = funds_needed(deposit.has_value() ? deposit.value() : 0, fee, transactions);
    const auto account = options_.identity.account;

    std::function<Task<Reply<registry_client::AccountInfo>>()> call = [chain = chain_, account] {
        return chain->account_info(account);
    };
    const auto info = co_await until_answered<registry_client::AccountInfo>(
        std::move(call), "reading the balance", chain_->url());
    if (!info.has_value()) {
        co_return info.error();
    }
    if (spendable(info.value()) < needed) {
        funded_ = false;
        if (options_.dev) {
            constexpr std::uint32_t kDevTransactions = 1'000;
            const auto gift = funds_needed(deposit.has_value() ? deposit.value() : 0, fee,
                                           std::max(kDevTransactions, transactions));
            BOOST_OUTCOME_CO_TRY(co_await fund_from_alice(chain_, account, gift));
        }
        BOOST_OUTCOME_CO_TRY(co_await wait_for_funds(chain_, account, needed));
    }
    funded_ = true;
    co_return success();
}

Task<Outcome<std::optional<registry_client::TransactionOutcome>>> AccountKeeper::send(
    registry_client::Signer signer,
    std::string what) {
    co_await wait_until_may_sign();
    registry_client::SubmitOptions options;
    options.account = options_.identity.account;
    options.on_progress = log_retries(what);
    auto sent =
        co_await registry_client::submit_until_finalized(chain_, std::move(signer), std::move(options));
    if (sent.has_value()) {
        co_return std::optional{std::move(sent.value())};
    }
    if (is_final_refusal(sent.error().code)) {
        co_return problem_of_refusal(sent.error().code);
    }
    if (is_permanent(sent.error())) {
        co_return chain_problem(sent.error(), chain_->url());
    }
    log_chain_trouble(what, sent.error().describe());
    co_await pause_for(options_.pauses.retry);
    in_doubt_ = true;  // it may have been the money
    co_return std::optional<registry_client::TransactionOutcome>{};
}

Task<Outcome<>> AccountKeeper::ensure_proof(bool waits) {
    const auto& attestation = options_.attestation;
    if (attestation.method == AttestationMethod::kSkip) {
        co_return success();
    }
    if (attestation.evidence.empty()) {
        auto made = co_await make_proof();
        co_return keep(std::move(made));
    }
    co_await wait_for_evidence(waits);
    const auto read = [attestation, registrant = registrant()] {
        return read_proof(attestation, registrant, host_time_ms());
    };
    auto proof = co_await run_blocking(*options_.pool, read);
    co_return keep(std::move(proof));
}

Task<void> AccountKeeper::wait_for_evidence(bool waits) {
    const auto& file = options_.attestation.evidence;
    const auto is_there = [file] {
        std::error_code error;
        return std::filesystem::exists(file, error);
    };
    for (bool told = false; !co_await run_blocking(*options_.pool, is_there);) {
        if (!std::exchange(told, true)) {
            announce("waiting_for_evidence",
                     {{"file", file.string()},
                      {"account", format_account(options_.identity.account, chain_->runtime()->ss58_prefix)},
                      {"account_hex", to_hex_0x(options_.identity.account.view())},
                      {"measurement", to_hex_0x(options_.identity.measurement.view())}});
        }
        if (!waits) {
            co_return;
        }
        co_await pause_for(options_.pauses.evidence);
    }
}

Task<Outcome<RegistrationProof>> AccountKeeper::make_proof() {
    std::function<Task<Reply<registry_client::BlockReference>>()> call = [chain = chain_] {
        return chain->finalized_head();
    };
    for (;;) {
        const auto head = co_await until_answered<registry_client::BlockReference>(
            call, "reading the finalized head", chain_->url());
        if (!head.has_value()) {
            co_return head.error();
        }
        const auto produced = co_await registration_evidence(enclave_, head.value().hash);
        if (produced.has_value()) {
            const auto prove = [attestation = options_.attestation, made = produced.value(),
                                registrant = registrant()] {
                return prove_with_produced(attestation, made, registrant, host_time_ms());
            };
            co_return co_await run_blocking(*options_.pool, prove);
        }
        if (is_about_the_tee(produced.error())) {
            co_return Problem{
                ExitCode::kEnclave,
                fmt::format("the enclave's TEE gives no evidence: {}", produced.error().message()),
                "Do what is said there; the enclave's lines in the log may say more. A quote that was made "
                "elsewhere can be named with --attestation-evidence."};
        }
        // An enclave that ended, or what makes evidence beside it, is somebody else's to report.
        co_await pause_for(options_.pauses.retry);
    }
}

Registrant AccountKeeper::registrant() const {
    return {options_.identity.account, options_.identity.measurement};
}

Outcome<> AccountKeeper::keep(Outcome<RegistrationProof> proof) {
    if (!proof) {
        return proof.error();
    }
    if (auto obstacle = evidence_obstacle(proof.value(), options_.dev)) {
        return std::move(*obstacle);
    }
    if (!proof_ && !options_.attestation.test_root.empty()) {
        spdlog::warn("the evidence was verified under {} in place of Intel's root, which is for tests alone",
                     options_.attestation.test_root.string());
    }
    auto warning = platform_warning(proof.value());
    if (told_ != warning) {
        if (!warning.empty()) {
            spdlog::warn("{}", warning);
        }
        told_ = std::move(warning);
    }
    proof_ = std::move(proof).value();
    return success();
}

Task<Outcome<>> AccountKeeper::ensure_collateral() {
    if (!proof_) {
        co_return success();
    }
    for (const auto& document : proof_->collateral) {
        const bool is_tcb_info = document.kind == boundary::CollateralKind::kTcbInfo;
        const auto fmspc = proof_->fmspc;
        std::function<Task<Reply<std::optional<CollateralEntry>>>()> call = [chain = chain_, is_tcb_info,
                                                                             fmspc] {
            return is_tcb_info ? registry_client::tcb_info(chain, fmspc)
                               : registry_client::quoting_enclave(chain);
        };
        const auto known = co_await until_answered<std::optional<CollateralEntry>>(
            std::move(call), "reading the registry's collateral", chain_->url());
        if (!known.has_value()) {
            co_return known.error();
        }
        if (!is_news(document, known.value())) {
            continue;
        }
        const auto what = is_tcb_info ? fmt::format("TCB info of {}", to_hex(fmspc.view()))
                                      : std::string{"the quoting enclave's identity"};
        spdlog::info("registering {} in Teerex", what);
        auto signer = collateral_signer(enclave_, document);
        auto sent = co_await send(std::move(signer), "registering collateral");
        if (!sent.has_value()) {
            co_return sent.error();
        }
        if (!sent.value()) {
            continue;  // the registration that follows says what is missing, and all of it is tried again
        }
        if (!sent.value()->succeeded()) {
            Problem problem{
                ExitCode::kChain,
                fmt::format("the chain refuses {}: {}", what, *sent.value()->dispatch_error),
                "Fetch the collateral anew; the chain's clock has to lie between its issue and its expiry."};
            if (known.value()) {
                spdlog::warn("{}. {} It goes on judging by what it has", problem.cause, problem.remedy);
                continue;
            }
            co_return problem;
        }
        announce("collateral_registered", {{"kind", is_tcb_info ? "tcb_info" : "quoting_enclave"},
                                           {"next_update_ms", document.next_update_ms},
                                           {"block", sent.value()->block.number}});
    }
    co_return success();
}

Task<Outcome<>> AccountKeeper::look_at_collateral() {
    if (!proof_ || !options_.attestation.evidence.empty()) {
        co_return co_await ensure_proof(false);
    }
    // The TEE need not be asked again because of the collateral.
    const auto prove = [attestation = options_.attestation, quote = proof_->proof,
                        registrant = registrant()] {
        return prove_with_quote(attestation, quote, registrant, host_time_ms());
    };
    auto proof = co_await run_blocking(*options_.pool, prove);
    co_return keep(std::move(proof));
}

Task<void> AccountKeeper::refresh_collateral() {
    const auto now = std::chrono::steady_clock::now();
    if (options_.attestation.method != AttestationMethod::kDcap ||
        (collateral_looked_at_.time_since_epoch().count() != 0 &&
         now - collateral_looked_at_ < options_.pauses.collateral)) {
        co_return;
    }
    collateral_looked_at_ = now;
    const auto proof = co_await look_at_collateral();
    if (!proof.has_value()) {
        spdlog::warn("the registration cannot be renewed as it is: {}. {}", proof.error().cause,
                     proof.error().remedy);
        co_return;
    }
    const auto refreshed = co_await ensure_collateral();
    if (!refreshed.has_value()) {
        spdlog::warn("the collateral on the chain stays as it is: {}. {}", refreshed.error().cause,
                     refreshed.error().remedy);
    }
    for (const auto& document : proof_->collateral) {
        if (document.next_update_ms < host_time_ms() + kExpiryNoticeMs) {
            spdlog::warn("the collateral expires within three days: fetch it anew into {}",
                         options_.attestation.collateral.string());
            break;
        }
    }
}

Task<Outcome<std::optional<EnclaveEntry>>> AccountKeeper::read_entry() {
    std::function<Task<Reply<std::optional<EnclaveEntry>>>()> call =
        [chain = chain_, account = options_.identity.account] { return entry_at_finalized(chain, account); };
    co_return co_await until_answered<std::optional<EnclaveEntry>>(std::move(call), "reading the registry",
                                                                   chain_->url());
}

Task<Outcome<milliseconds>> AccountKeeper::ensure_registered() {
    const auto entry = co_await read_entry();
    if (!entry.has_value()) {
        co_return entry.error();
    }
    const auto& known = entry.value();
    const auto method = options_.attestation.method;
    const bool is_same_method = known && known->method == registry_name(method);
    const auto valid_for = is_same_method ? registration_valid_for(known, options_.identity, host_time_ms(),
                                                                   options_.reregister_after)
                                          : milliseconds{0};
    if (valid_for > milliseconds{0}) {
        registered_ = was_registered_ = true;
        renewal_due_.reset();
        put_off_for_ = milliseconds{0};
        co_await refresh_collateral();
        co_return valid_for;
    }
    if (registered_ && !known) {
        registered_ = false;
        renewal_due_.reset();
        put_off_for_ = milliseconds{0};
        spdlog::warn(
            "the enclave is no longer in the registry: somebody removed its entry; it registers again");
        announce("registration_removed",
                 {{"account", format_account(options_.identity.account, chain_->runtime()->ss58_prefix)}});
    }
    // An entry that counts still goes on counting: the worker runs, and what is wrong can be put right. A
    // stored report cannot be renewed at all.
    const bool counts = is_same_method && known->fingerprint == options_.identity.measurement &&
                        (method == AttestationMethod::kIas ||
                         host_time_ms() < known->timestamp_ms + registry_client::kRemovableAfterMs);
    if (counts) {
        registered_ = was_registered_ = true;
    }
    if (renewal_due_) {
        const auto left = *renewal_due_ - std::chrono::steady_clock::now();
        if (left > left.zero()) {
            co_return std::chrono::ceil<milliseconds>(left);
        }
    }
    const auto renewed = co_await renew(!was_registered_);
    if (!renewed.has_value() && was_registered_) {
        co_return put_off(renewed.error());
    }
    co_return renewed;
}

Task<Outcome<milliseconds>> AccountKeeper::renew(bool waits_for_evidence) {
    const auto proof = co_await ensure_proof(waits_for_evidence);
    if (!proof.has_value()) {
        co_return proof.error();
    }
    co_return co_await register_now();
}

milliseconds AccountKeeper::put_off(const Problem& problem) {
    put_off_for_ = std::clamp(2 * put_off_for_, options_.pauses.renewal_first, options_.pauses.renewal_last);
    renewal_due_ = std::chrono::steady_clock::now() + put_off_for_;
    spdlog::warn("the registration is not renewed, and the next attempt is in {} seconds: {}. {}",
                 std::chrono::ceil<std::chrono::seconds>(put_off_for_).count(), problem.cause,
                 problem.remedy);
    return put_off_for_;
}

Task<Outcome<milliseconds>> AccountKeeper::register_now() {
    const auto account = options_.identity.account;
    const auto method = options_.attestation.method;
    std::function<Task<Reply<RegistryFlags>>()> read = [chain = chain_] {
        return registry_client::registry_flags(chain);
    };
    const auto flags = co_await until_answered<RegistryFlags>(std::move(read), "reading the registry's rules",
                                                              chain_->url());
    if (!flags.has_value()) {
        co_return flags.error();
    }
    if (auto obstacle = method_obstacle(flags.value(), method, proof_ && proof_->is_debug)) {
        co_return std::move(*obstacle);
    }
    const auto collateral = co_await ensure_collateral();
    if (!collateral.has_value()) {
        co_return collateral.error();
    }
    spdlog::info("registering the enclave in Teerex as {} ({})", options_.identity.url,
                 registry_name(method));
    auto signer =
        registration_signer(enclave_, options_.identity.url, method, proof_ ? proof_->proof : Bytes{});
    auto sent = co_await send(std::move(signer), "registering the enclave");
    if (!sent.has_value()) {
        co_return sent.error();
    }
    if (!sent.value()) {
        co_return milliseconds{0};
    }
    const auto& outcome = *sent.value();
    if (!outcome.succeeded()) {
        co_return Problem{
            ExitCode::kChain,
            fmt::format("the chain refuses to register the enclave: {}", *outcome.dispatch_error),
            "Check the registry's rules on this chain, the evidence, and the URL (--external-url)."};
    }
    announce("registered", {{"account", format_account(account, chain_->runtime()->ss58_prefix)},
                            {"url", options_.identity.url},
                            {"method", registry_name(method)},
                            {"block", outcome.block.number},
                            {"block_hash", to_hex_0x(outcome.block.hash.view())}});
    registered_ = was_registered_ = true;
    renewal_due_.reset();
    put_off_for_ = milliseconds{0};
    co_return options_.reregister_after;
}

Task<Outcome<>> AccountKeeper::ensure_shard_config() {
    for (;;) {
        const auto shard = options_.identity.shard;
        std::function<Task<Reply<ShardOnChain>>()> call = [chain = chain_, shard] {
            return read_shard(chain, shard);
        };
        const auto known =
            co_await until_answered<ShardOnChain>(std::move(call), "reading the shard", chain_->url());
        if (!known.has_value()) {
            co_return known.error();
        }
        if (auto obstacle = shard_obstacle(known.value(), options_.identity, true)) {
            co_return std::move(*obstacle);
        }
        if (known.value().config) {
            co_return success();
        }
        spdlog::info("setting the configuration of the shard {}", to_hex_0x(shard.view()));
        auto signer = shard_config_signer(enclave_);
        auto sent = co_await send(std::move(signer), "setting the shard's configuration");
        if (!sent.has_value()) {
            co_return sent.error();
        }
        if (!sent.value()) {
            BOOST_OUTCOME_CO_TRY(co_await ensure_funds(2));
            continue;
        }
        if (!sent.value()->succeeded()) {
            co_return Problem{
                ExitCode::kChain,
                fmt::format("the chain refuses the shard's configuration: {}", *sent.value()->dispatch_error),
                "Carry another shard (--shard), or ask who configured this one."};
        }
        announce("shard_configured",
                 {{"shard", to_hex_0x(shard.view())}, {"block", sent.value()->block.number}});
        co_return success();
    }
}

Task<Problem> AccountKeeper::run() {
    using namespace boost::asio::experimental::awaitable_operators;
    std::uint32_t transactions = options_.confirmations_funded + 2;
    for (bool configured = false;;) {
        in_doubt_ = false;
        if (!funded_) {
            // A worker that was registered before has proven that it can pay; it needs enough to go on.
            const auto entry = co_await read_entry();
            if (!entry.has_value()) {
                co_return entry.error();
            }
            const bool known = entry.value().has_value();
            if (!proof_ && !was_registered_) {
                const auto proof = co_await ensure_proof(!known);
                if (!proof.has_value() && !known) {
                    co_return proof.error();
                }
            }
            const auto funds = co_await ensure_funds(known ? 2 : transactions);
            if (!funds.has_value()) {
                co_return funds.error();
            }
        }
        const auto valid_for = co_await ensure_registered();
        if (!valid_for.has_value()) {
            co_return valid_for.error();
        }
        if (valid_for.value() == milliseconds{0}) {
            funded_ = false;
            continue;
        }
        if (registered_ && !configured) {
            const auto config = co_await ensure_shard_config();
            if (!config.has_value()) {
                co_return config.error();
            }
            configured = true;
        }
        if (registered_) {
            transactions = 2;
            on_able_();
        }
        if (!in_doubt_) {
            co_await (doubted_.wait() || pause_for(std::min(valid_for.value(), options_.pauses.look)));
        }
        if (in_doubt_) {
            co_await pause_for(options_.pauses.retry);
            funded_ = false;
        }
    }
}

}  // namespace redoubt::node
