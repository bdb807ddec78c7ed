#include <CLI/CLI.hpp>
#include <limits>
#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <primitives/uint128.hpp>
#include <registry-client/calls.hpp>
#include <stf/types/module_calls.hpp>
#include <stf/types/trusted_operation.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/return_value.hpp>
#include <tools/wallet/trusted_session.hpp>

namespace redoubt::wallet {
namespace {

/// The positional arguments of the trusted commands; each uses what it has.
struct TrustedArguments {
    std::string account = "//Alice";
    std::string to;
    std::string amount;
    std::string sudo = "//Alice";
    std::string number;
};

/// A whole number as it stands in the text; CLI11 would cut larger ones to the type's limit.
Fallible<std::uint64_t> parse_number(const std::string& text) {
    const auto value = parse_decimal_u128(text);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max()) {
        return usage_failure("bad_number", "\"" + text + "\" is no whole number up to 2^64 - 1",
                             "Give decimal digits only.");
    }
    return static_cast<std::uint64_t>(*value);
}

Fallible<SigningKey> unlock(Context& context, const ChainClientPtr& chain, const std::string& account) {
    BOOST_OUTCOME_TRY(auto key, context.accounts().unlock(account, chain->runtime()->ss58_prefix));
    return std::make_shared<const crypto::KeyPair>(std::move(key));
}

/// Signer and payer; one key when they are one account.
struct Keys {
    SigningKey signer;
    SigningKey payer;
};
Fallible<Keys> unlock_both(Context& context,
                           const ChainClientPtr& chain,
                           const std::string& signer,
                           const TrustedOptions& options) {
    Keys keys;
    BOOST_OUTCOME_TRY(keys.signer, unlock(context, chain, signer));
    keys.payer = keys.signer;
    if (options.payer && *options.payer != signer) {
        BOOST_OUTCOME_TRY(keys.payer, unlock(context, chain, *options.payer));
    }
    return keys;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

/// The part of the report that every executed call has.
Report report_of(const TrustedSession& session, const ExecutedCall& executed, Json document, Lines lines) {
    document.update(session_json(session));
    document["operation_hash"] = to_hex_0x(executed.operation_hash.view());
    document["nonce"] = executed.nonce;
    document["status"] = executed.status.status;
    document.update(outcome_json(executed.outcome));
    document["confirmation"] = confirmation_json(executed.confirmation);
    lines.emplace_back("operation", to_hex_0x(executed.operation_hash.view()));
    lines.emplace_back("in block", std::to_string(executed.outcome.block.number) + "  " +
                                       to_hex_0x(executed.outcome.block.hash.view()));
    lines.emplace_back("confirmed", "in block " + std::to_string(executed.confirmation.block.number) +
                                        " by " +
                                        address_of(executed.confirmation.worker, *session.chain->runtime()));
    return Report{.json = std::move(document), .text = aligned(lines)};
}

Task<Fallible<Report>> show_balance(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(const auto owner, unlock(context, chain, wanted.account));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    BOOST_OUTCOME_CO_TRY(const auto info, co_await trusted_account_info(session, owner));
    const auto runtime = chain->runtime();
    const auto format = amount_format(*runtime, context.settings());
    Report report;
    report.json = {{"account_id", to_hex_0x(owner->account_id().view())},
                   {"address", address_of(owner->account_id(), *runtime)},
                   {"free", to_decimal(info.free)},
                   {"reserved", to_decimal(info.reserved)},
                   {"nonce", info.nonce}};
    add_unit(report.json, format);
    report.json.update(session_json(session));
    report.text = aligned({{"account", address_of(owner->account_id(), *runtime)},
                           {"free", format_amount(info.free, format)},
                           {"reserved", format_amount(info.reserved, format)},
                           {"nonce", std::to_string(info.nonce)},
                           {"shard", to_base58(session.view.shard)}});
    co_return report;
}

Task<Fallible<Report>> show_nonce(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(const auto owner, unlock(context, chain, wanted.account));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    BOOST_OUTCOME_CO_TRY(const auto info, co_await trusted_account_info(session, owner));
    Report report;
    report.json = {{"account_id", to_hex_0x(owner->account_id().view())}, {"nonce", info.nonce}};
    report.json.update(session_json(session));
    report.text = std::to_string(info.nonce);
    co_return report;
}

Task<Fallible<Report>> transfer(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    const auto format = amount_format(*runtime, context.settings());
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_amount(wanted.amount, format));
    BOOST_OUTCOME_CO_TRY(const auto to, context.accounts().resolve(wanted.to, runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(const auto keys, unlock_both(context, chain, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    const auto from = keys.signer->account_id();
    stf::TrustedCall call = stf::call::BalanceTransfer{.from = from, .to = to, .amount = amount};
    BOOST_OUTCOME_CO_TRY(const auto executed, co_await execute_call(context, session, std::move(call),
                                                                    keys.signer, keys.payer, options));
    Json document = {
        {"from", to_hex_0x(from.view())}, {"to", to_hex_0x(to.view())}, {"amount", to_decimal(amount)}};
    add_unit(document, format);
    Lines lines{{"transferred", format_amount(amount, format)},
                {"from", address_of(from, *runtime)},
                {"to", address_of(to, *runtime)}};
    co_return report_of(session, executed, std::move(document), std::move(lines));
}

Task<Fallible<Report>> set_balance(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    const auto format = amount_format(*runtime, context.settings());
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_amount(wanted.amount, format));
    BOOST_OUTCOME_CO_TRY(const auto who, context.accounts().resolve(wanted.account, runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(const auto keys, unlock_both(context, chain, wanted.sudo, options));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    stf::TrustedCall call = stf::call::BalanceSetBalance{
        .sudo = keys.signer->account_id(), .who = who, .free = amount, .reserved = 0};
    BOOST_OUTCOME_CO_TRY(const auto executed, co_await execute_call(context, session, std::move(call),
                                                                    keys.signer, keys.payer, options));
    Json document = {{"account_id", to_hex_0x(who.view())}, {"free", to_decimal(amount)}};
    add_unit(document, format);
    Lines lines{{"set", format_amount(amount, format)}, {"account", address_of(who, *runtime)}};
    co_return report_of(session, executed, std::move(document), std::move(lines));
}

Task<Fallible<Report>> unshield(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    const auto format = amount_format(*runtime, context.settings());
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_amount(wanted.amount, format));
    BOOST_OUTCOME_CO_TRY(const auto to, context.accounts().resolve(wanted.to, runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(const auto keys, unlock_both(context, chain, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    const auto from = keys.signer->account_id();
    const stf::TrustedCall call = stf::call::BalanceUnshield{
        .from = from, .beneficiary = to, .amount = amount, .shard = session.view.shard};
    BOOST_OUTCOME_CO_TRY(const auto executed,
                         co_await execute_call(context, session, call, keys.signer, keys.payer, options));
    const auto call_hash = stf::unshield_call_hash(call, executed.nonce);
    BOOST_OUTCOME_CO_TRY(const auto payout, co_await await_payout(context, chain, executed.outcome.block,
                                                                  call_hash, options.confirmation_blocks));
    if (!payout) {
        auto failure =
            refused("payout_missing",
                    "the enclave executed the unshield, but the bridge has not paid within " +
                        std::to_string(options.confirmation_blocks) + " blocks",
                    "The amount is debited and the worker goes on trying: do not send it again, look at the "
                    "beneficiary's balance later.");
        failure.exit = ExitCode::kTimedOut;
        failure.details = {{"operation_hash", to_hex_0x(executed.operation_hash.view())},
                           {"call_hash", to_hex_0x(call_hash.view())}};
        co_return failure;
    }
    Json document = {{"from", to_hex_0x(from.view())},
                     {"beneficiary", to_hex_0x(to.view())},
                     {"amount", to_decimal(amount)},
                     {"call_hash", to_hex_0x(call_hash.view())},
                     {"paid_in_block", payout->number}};
    add_unit(document, format);
    Lines lines{{"unshielded", format_amount(amount, format)},
                {"from", address_of(from, *runtime)},
                {"beneficiary", address_of(to, *runtime)},
                {"paid", "in block " + std::to_string(payout->number)}};
    co_return report_of(session, executed, std::move(document), std::move(lines));
}

Task<Fallible<Report>> counter_get(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(const auto owner, unlock(context, chain, wanted.account));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    const stf::counter::Query query{stf::counter::Get{}};
    stf::TrustedGetter getter = stf::trusted_getter::ModuleQuery{.origin = owner->account_id(),
                                                                 .module = std::string{stf::counter::kName},
                                                                 .query = scale::encode(query)};
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await ask_getter(session, std::move(getter), owner));
    const auto value = scale::decode<std::uint64_t>(answer);
    if (!value) {
        co_return malformed_answer("the counter");
    }
    Report report;
    report.json = {{"account_id", to_hex_0x(owner->account_id().view())},
                   {"value", std::to_string(value.value())}};
    report.json.update(session_json(session));
    report.text = std::to_string(value.value());
    co_return report;
}

Task<Fallible<Report>> counter_add(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_number(wanted.number));
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(const auto keys, unlock_both(context, chain, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    const auto origin = keys.signer->account_id();
    const stf::counter::Call add{stf::counter::Add{.amount = amount}};
    stf::TrustedCall call = stf::call::ModuleCall{
        .origin = origin, .module = std::string{stf::counter::kName}, .call = scale::encode(add)};
    BOOST_OUTCOME_CO_TRY(const auto executed, co_await execute_call(context, session, std::move(call),
                                                                    keys.signer, keys.payer, options));
    Json document = {{"account_id", to_hex_0x(origin.view())}, {"added", std::to_string(amount)}};
    Lines lines{{"added", std::to_string(amount)}, {"account", address_of(origin, *chain->runtime())}};
    co_return report_of(session, executed, std::move(document), std::move(lines));
}

Task<Fallible<Report>> show_status(Context& context, std::string text, TrustedOptions options) {
    const auto hash = parse_hex_fixed<Hash256>(text);
    if (!hash) {
        co_return usage_failure("hash_malformed", "'" + text + "' is no operation hash",
                                "Write 0x and 64 hex digits.");
    }
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    BOOST_OUTCOME_CO_TRY(const auto status, co_await session.worker->call_status(hash.value()));
    Report report;
    report.json = {{"operation_hash", to_hex_0x(hash.value().view())},
                   {"status", status.status},
                   {"reason", status.reason.empty() ? Json(nullptr) : Json(status.reason)},
                   {"block_number", status.block_number ? Json(*status.block_number) : Json(nullptr)}};
    report.json.update(session_json(session));
    report.text = printable(status.status);
    if (status.block_number) {
        report.text += " in block " + std::to_string(*status.block_number);
    }
    if (!status.reason.empty()) {
        report.text += ": " + printable(status.reason);
    }
    co_return report;
}

Task<Fallible<Report>> shield(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    const auto format = amount_format(*runtime, context.settings());
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_amount(wanted.amount, format));
    BOOST_OUTCOME_CO_TRY(const auto to, context.accounts().resolve(wanted.to, runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(const auto payer, unlock(context, chain, wanted.account));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    BOOST_OUTCOME_CO_TRY(const auto shielding_key, co_await session.worker->shielding_key());
    BOOST_OUTCOME_CO_TRY(
        const auto encrypted,
        or_fail(shielding_key.encrypt_oaep(to.view()),
                refused("encryption_failed", "the account cannot be encrypted to the worker's key",
                        "Try another worker with --worker.")));
    warn_if_unattested(context, session.worker->enclave(), *runtime);
    BOOST_OUTCOME_CO_TRY(
        auto call,
        or_fail(registry_client::shield_funds_call(runtime->metadata, session.view.shard, encrypted, amount),
                refused("call_unknown", "EnclaveBridge.shield_funds cannot be encoded",
                        "The chain's EnclaveBridge has another layout.")));
    BOOST_OUTCOME_CO_TRY(const auto outcome, co_await submit_call(context, chain, std::move(call), payer));
    BOOST_OUTCOME_CO_TRY(const auto confirmation,
                         co_await await_confirmation(context, chain, outcome.block, session.view,
                                                     options.confirmation_blocks));
    Report report;
    report.json = {{"from", to_hex_0x(payer->account_id().view())},
                   {"to", to_hex_0x(to.view())},
                   {"amount", to_decimal(amount)}};
    add_unit(report.json, format);
    report.json.update(session_json(session));
    report.json.update(outcome_json(outcome));
    report.json["confirmation"] = confirmation_json(confirmation);
    report.text = aligned(
        {{"shielded", format_amount(amount, format)},
         {"from", address_of(payer->account_id(), *runtime)},
         {"to", address_of(to, *runtime)},
         {"shard", to_base58(session.view.shard)},
         {"in block", std::to_string(outcome.block.number) + "  " + to_hex_0x(outcome.block.hash.view())},
         {"confirmed", "in block " + std::to_string(confirmation.block.number) + " by " +
                           address_of(confirmation.worker, *runtime)}});
    co_return report;
}

using TrustedAction = Task<Fallible<Report>> (*)(Context&, TrustedArguments, TrustedOptions);

/// Adds the options that choose shard and worker.
void add_worker_options(CLI::App& command, TrustedOptions& options) {
    command.add_option("--shard", options.shard, "Base58 or hex; default the only shard of the chain")
        ->type_name("SHARD");
    command
        .add_option("--worker", options.worker_url, "Trusted endpoint to use instead of the registered URL")
        ->type_name("URL");
    command
        .add_option("--confirmation-blocks", options.confirmation_blocks, "Blocks to wait for a confirmation")
        ->check(CLI::Range(1U, 100'000U))
        ->capture_default_str();
}

struct TrustedCommands {
    TrustedOptions options;
    TrustedArguments arguments;
    std::string hash;
};

}  // namespace

void add_trusted_commands(CLI::App& app, CommandTask& chosen) {
    auto shared = std::make_shared<TrustedCommands>();
    auto& arguments = shared->arguments;
    const auto choose = [shared, &chosen](TrustedAction action) {
        return [shared, &chosen, action] {
            chosen = [shared, action](Context& context) {
                return action(context, shared->arguments, shared->options);
            };
        };
    };

    auto* shield_command =
        app.add_subcommand("shield", "Move funds from the chain to an account in the enclave");
    shield_command->add_option("FROM", arguments.account, "Account that pays and signs")->required();
    shield_command
        ->add_option("TO", arguments.to, "Account in the enclave; encrypted, the chain does not see it")
        ->required();
    shield_command->add_option("AMOUNT", arguments.amount)->required();
    add_worker_options(*shield_command, shared->options);
    shield_command->callback(choose(shield));

    auto* trusted =
        app.add_subcommand("trusted", "Encrypted calls and questions to the enclave")->require_subcommand(1);
    add_worker_options(*trusted, shared->options);
    trusted
        ->add_option("--payer,--signer", shared->options.payer,
                     "Account that pays the extrinsic; default the caller")
        ->type_name("ACCOUNT");
    trusted->add_option("--nonce", shared->options.nonce,
                        "Nonce of the call; default asked from the enclave");

    auto* balance = trusted->add_subcommand("balance", "Your balance in the enclave");
    balance->add_option("ACCOUNT", arguments.account)->required();
    balance->callback(choose(show_balance));

    auto* nonce = trusted->add_subcommand("nonce", "The nonce of your next call");
    nonce->add_option("ACCOUNT", arguments.account)->required();
    nonce->callback(choose(show_nonce));

    auto* send = trusted->add_subcommand("transfer", "Transfer privately inside the enclave");
    send->add_option("FROM", arguments.account)->required();
    send->add_option("TO", arguments.to)->required();
    send->add_option("AMOUNT", arguments.amount)->required();
    send->callback(choose(transfer));

    auto* set = trusted->add_subcommand("set-balance", "Set a balance (development shards only)");
    set->add_option("ACCOUNT", arguments.account)->required();
    set->add_option("AMOUNT", arguments.amount)->required();
    set->add_option("--sudo", arguments.sudo, "Account that may do this")->capture_default_str();
    set->callback(choose(set_balance));

    auto* out = trusted->add_subcommand("unshield", "Move funds from the enclave to an account on the chain");
    out->add_option("FROM", arguments.account)->required();
    out->add_option("BENEFICIARY", arguments.to)->required();
    out->add_option("AMOUNT", arguments.amount)->required();
    out->callback(choose(unshield));

    auto* counter = trusted->add_subcommand("counter", "The counter module")->require_subcommand(1);
    auto* get = counter->add_subcommand("get", "Your counter");
    get->add_option("ACCOUNT", arguments.account)->capture_default_str();
    get->callback(choose(counter_get));
    auto* add = counter->add_subcommand("add", "Add to your counter");
    add->add_option("ACCOUNT", arguments.account)->required();
    add->add_option("N", arguments.number)->required();
    add->callback(choose(counter_add));

    auto* status = trusted->add_subcommand("status", "What became of a call");
    status->add_option("HASH", shared->hash, "Operation hash that the call printed")->required();
    status->callback([shared, &chosen] {
        chosen = [shared](Context& context) { return show_status(context, shared->hash, shared->options); };
    });
}

}  // namespace redoubt::wallet
