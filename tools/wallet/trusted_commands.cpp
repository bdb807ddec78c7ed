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
#include <tools/wallet/trusted_questions.hpp>
#include <tools/wallet/trusted_session.hpp>

namespace redoubt::wallet {
namespace {

/// A whole number as it stands in the text; CLI11 would cut larger ones to the type's limit.
Fallible<std::uint64_t> parse_number(const std::string& text) {
    const auto value = parse_decimal_u128(text);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max()) {
        return usage_failure("bad_number", "\"" + text + "\" is no whole number up to 2^64 - 1",
                             "Give decimal digits only.");
    }
    return static_cast<std::uint64_t>(*value);
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

/// What a command that moves funds to an account is told.
struct Payment {
    Place place;
    uint128 amount = 0;
    AccountId to;
};
Task<Fallible<Payment>> read_payment(Context& context, TrustedArguments wanted) {
    Payment out;
    BOOST_OUTCOME_CO_TRY(out.place, co_await open_chain(context));
    BOOST_OUTCOME_CO_TRY(out.amount, parse_payment(wanted.amount, out.place.format));
    BOOST_OUTCOME_CO_TRY(out.to, context.accounts().resolve(wanted.to, out.place.runtime->ss58_prefix));
    co_return out;
}

/// Who makes a call, with a worker to make it at.
struct Caller {
    Keys keys;
    TrustedSession session;
    [[nodiscard]] AccountId account() const { return keys.signer->account_id(); }
};
Task<Fallible<Caller>> open_caller(Context& context, std::string signer, TrustedOptions options) {
    Caller out;
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(out.keys, unlock_both(context, chain, signer, options));
    BOOST_OUTCOME_CO_TRY(out.session, co_await open_session(context, options));
    co_return out;
}

/// The call of an extrinsic, for whoever signs or wraps it; the text is the call alone, so that it can be
/// piped.
Report printed(Bytes call, Json document) {
    Report report{.json = std::move(document), .text = to_hex_0x(call)};
    report.json["call"] = report.text;
    return report;
}
Report printed_trusted(Context& context,
                       const TrustedSession& session,
                       const PreparedCall& prepared,
                       Json document) {
    const auto operation = to_hex_0x(prepared.operation_hash.view());
    context.console().progress("operation " + operation + " with nonce " + std::to_string(prepared.nonce));
    document.update(session_json(session));
    document["operation_hash"] = operation;
    document["nonce"] = prepared.nonce;
    return printed(prepared.invoke, std::move(document));
}

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

/// Carries a call out (or prints it) whose report is known beforehand, except for the call's own part.
Task<Fallible<Report>> execute_and_report(Context& context,
                                          Caller caller,
                                          stf::TrustedCall call,
                                          TrustedOptions options,
                                          Json document,
                                          Lines lines) {
    BOOST_OUTCOME_CO_TRY(const auto prepared, co_await prepare_call(context, caller.session, std::move(call),
                                                                    caller.keys.signer, options));
    if (options.print_call) {
        co_return printed_trusted(context, caller.session, prepared, std::move(document));
    }
    BOOST_OUTCOME_CO_TRY(const auto executed, co_await execute_call(context, caller.session, prepared,
                                                                    caller.keys.payer, options));
    co_return report_of(caller.session, executed, std::move(document), std::move(lines));
}

Task<Fallible<Report>> transfer(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto payment, co_await read_payment(context, wanted));
    BOOST_OUTCOME_CO_TRY(const auto caller, co_await open_caller(context, wanted.account, options));
    const auto from = caller.account();
    stf::TrustedCall call =
        stf::call::BalanceTransfer{.from = from, .to = payment.to, .amount = payment.amount};
    Json document = {{"from", to_hex_0x(from.view())},
                     {"to", to_hex_0x(payment.to.view())},
                     {"amount", to_decimal(payment.amount)}};
    add_unit(document, payment.place.format);
    Lines lines{{"transferred", format_amount(payment.amount, payment.place.format)},
                {"from", address_of(from, *payment.place.runtime)},
                {"to", address_of(payment.to, *payment.place.runtime)}};
    co_return co_await execute_and_report(context, caller, std::move(call), options, std::move(document),
                                          std::move(lines));
}

Task<Fallible<Report>> set_balance(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto place, co_await open_chain(context));
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_amount(wanted.amount, place.format));
    BOOST_OUTCOME_CO_TRY(const auto who,
                         context.accounts().resolve(wanted.account, place.runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(const auto caller, co_await open_caller(context, wanted.sudo, options));
    stf::TrustedCall call =
        stf::call::BalanceSetBalance{.sudo = caller.account(), .who = who, .free = amount, .reserved = 0};
    Json document = {{"account_id", to_hex_0x(who.view())}, {"free", to_decimal(amount)}};
    add_unit(document, place.format);
    Lines lines{{"set", format_amount(amount, place.format)}, {"account", address_of(who, *place.runtime)}};
    co_return co_await execute_and_report(context, caller, std::move(call), options, std::move(document),
                                          std::move(lines));
}

Failure payout_missing(const ExecutedCall& executed, const Hash256& call_hash, unsigned blocks) {
    auto failure =
        timed_out("payout_missing",
                  "the enclave executed the unshield, but the bridge has not paid within " +
                      std::to_string(blocks) + " blocks",
                  "The amount is debited and the worker goes on trying: do not send it again. When the chain "
                  "refuses the payment for good, the amount comes back to the sender's trusted balance: ask "
                  "redoubt trusted status " +
                      to_hex_0x(executed.operation_hash.view()) + ".");
    failure.details = {{"operation_hash", to_hex_0x(executed.operation_hash.view())},
                       {"call_hash", to_hex_0x(call_hash.view())}};
    return failure;
}

Task<Fallible<Report>> unshield(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto payment, co_await read_payment(context, wanted));
    BOOST_OUTCOME_CO_TRY(const auto caller, co_await open_caller(context, wanted.account, options));
    const auto from = caller.account();
    const stf::TrustedCall call = stf::call::BalanceUnshield{.from = from,
                                                             .beneficiary = payment.to,
                                                             .amount = payment.amount,
                                                             .shard = caller.session.view.shard};
    BOOST_OUTCOME_CO_TRY(const auto prepared,
                         co_await prepare_call(context, caller.session, call, caller.keys.signer, options));
    const auto call_hash = stf::unshield_call_hash(call, prepared.nonce);
    context.remember("call_hash", to_hex_0x(call_hash.view()));
    Json document = {{"from", to_hex_0x(from.view())},
                     {"beneficiary", to_hex_0x(payment.to.view())},
                     {"amount", to_decimal(payment.amount)},
                     {"call_hash", to_hex_0x(call_hash.view())}};
    if (options.print_call) {
        add_unit(document, payment.place.format);
        co_return printed_trusted(context, caller.session, prepared, std::move(document));
    }
    BOOST_OUTCOME_CO_TRY(const auto executed, co_await execute_call(context, caller.session, prepared,
                                                                    caller.keys.payer, options));
    BOOST_OUTCOME_CO_TRY(const auto payout,
                         co_await await_payout(context, payment.place.chain, executed.outcome.block,
                                               call_hash, options.confirmation_blocks));
    if (!payout) {
        co_return payout_missing(executed, call_hash, options.confirmation_blocks);
    }
    document["paid_in_block"] = payout->number;
    add_unit(document, payment.place.format);
    Lines lines{{"unshielded", format_amount(payment.amount, payment.place.format)},
                {"from", address_of(from, *payment.place.runtime)},
                {"beneficiary", address_of(payment.to, *payment.place.runtime)},
                {"paid", "in block " + std::to_string(payout->number)}};
    co_return report_of(caller.session, executed, std::move(document), std::move(lines));
}

Task<Fallible<Report>> counter_add(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_number(wanted.number));
    BOOST_OUTCOME_CO_TRY(const auto caller, co_await open_caller(context, wanted.account, options));
    const auto origin = caller.account();
    const stf::counter::Call add{stf::counter::Add{.amount = amount}};
    stf::TrustedCall call = stf::call::ModuleCall{
        .origin = origin, .module = std::string{stf::counter::kName}, .call = scale::encode(add)};
    Json document = {{"account_id", to_hex_0x(origin.view())}, {"added", std::to_string(amount)}};
    Lines lines{{"added", std::to_string(amount)},
                {"account", address_of(origin, *caller.session.chain->runtime())}};
    co_return co_await execute_and_report(context, caller, std::move(call), options, std::move(document),
                                          std::move(lines));
}

stf::TrustedCall gated_call(const AccountId& origin, const stf::gated::Call& call) {
    return stf::call::ModuleCall{
        .origin = origin, .module = std::string{stf::gated::kName}, .call = scale::encode(call)};
}

Task<Fallible<Report>> gated_open(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto place, co_await open_chain(context));
    BOOST_OUTCOME_CO_TRY(const auto threshold, parse_amount(wanted.amount, place.format));
    BOOST_OUTCOME_CO_TRY(const auto caller, co_await open_caller(context, wanted.account, options));
    const auto owner = caller.account();
    auto call = gated_call(owner, stf::gated::Open{.threshold = threshold});
    Json document = {{"room", to_hex_0x(owner.view())}, {"threshold", to_decimal(threshold)}};
    add_unit(document, place.format);
    Lines lines{{"opened", address_of(owner, *place.runtime)},
                {"to who holds", format_amount(threshold, place.format) + " on the chain"}};
    co_return co_await execute_and_report(context, caller, std::move(call), options, std::move(document),
                                          std::move(lines));
}

Task<Fallible<Report>> gated_enter(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto place, co_await open_chain(context));
    BOOST_OUTCOME_CO_TRY(const auto room, context.accounts().resolve(wanted.to, place.runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(const auto caller, co_await open_caller(context, wanted.account, options));
    const auto guest = caller.account();
    auto call = gated_call(guest, stf::gated::Enter{.room = room});
    Json document = {{"account_id", to_hex_0x(guest.view())}, {"room", to_hex_0x(room.view())}};
    Lines lines{{"entered", address_of(room, *place.runtime)},
                {"account", address_of(guest, *place.runtime)}};
    co_return co_await execute_and_report(context, caller, std::move(call), options, std::move(document),
                                          std::move(lines));
}

Task<Fallible<Report>> shield(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto payment, co_await read_payment(context, wanted));
    const auto chain = payment.place.chain;
    const auto runtime = payment.place.runtime;
    BOOST_OUTCOME_CO_TRY(const auto payer, unlock(context, chain, wanted.account));
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    BOOST_OUTCOME_CO_TRY(const auto shielding_key, co_await shielding_key_of(session));
    BOOST_OUTCOME_CO_TRY(
        const auto encrypted,
        or_fail(shielding_key.encrypt_oaep(payment.to.view()),
                refused("encryption_failed", "the account cannot be encrypted to the worker's key",
                        "Try another worker with --worker.")));
    warn_if_unattested(context, session);
    BOOST_OUTCOME_CO_TRY(auto call,
                         or_fail(registry_client::shield_funds_call(runtime->metadata, session.view.shard,
                                                                    encrypted, payment.amount),
                                 refused("call_unknown", "EnclaveBridge.shield_funds cannot be encoded",
                                         "The chain's EnclaveBridge has another layout.")));
    Report report;
    report.json = {{"from", to_hex_0x(payer->account_id().view())},
                   {"to", to_hex_0x(payment.to.view())},
                   {"amount", to_decimal(payment.amount)}};
    add_unit(report.json, payment.place.format);
    report.json.update(session_json(session));
    if (options.print_call) {
        co_return printed(std::move(call), std::move(report.json));
    }
    BOOST_OUTCOME_CO_TRY(const auto outcome, co_await submit_call(context, chain, std::move(call), payer));
    BOOST_OUTCOME_CO_TRY(const auto confirmation,
                         co_await await_confirmation(context, chain, outcome.block, session.view,
                                                     options.confirmation_blocks));
    report.json.update(outcome_json(outcome));
    report.json["confirmation"] = confirmation_json(confirmation);
    report.text = aligned(
        {{"shielded", format_amount(payment.amount, payment.place.format)},
         {"from", address_of(payer->account_id(), *runtime)},
         {"to", address_of(payment.to, *runtime)},
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

/// For commands that make a call.
void add_print_option(CLI::App& command, TrustedOptions& options) {
    command.add_flag(
        "--print-call", options.print_call,
        "Print the extrinsic's call in hex instead of submitting it: for batches, proxies, multisigs");
}

struct TrustedCommands {
    TrustedOptions options;
    TrustedArguments arguments;
    std::string hash;
    bool wait = false;
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
    add_print_option(*shield_command, shared->options);
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
    add_print_option(*send, shared->options);
    send->callback(choose(transfer));

    auto* set = trusted->add_subcommand("set-balance", "Set a balance (development shards only)");
    set->add_option("ACCOUNT", arguments.account)->required();
    set->add_option("AMOUNT", arguments.amount)->required();
    set->add_option("--sudo", arguments.sudo, "Account that may do this")->capture_default_str();
    add_print_option(*set, shared->options);
    set->callback(choose(set_balance));

    auto* out = trusted->add_subcommand("unshield", "Move funds from the enclave to an account on the chain");
    out->add_option("FROM", arguments.account)->required();
    out->add_option("BENEFICIARY", arguments.to)->required();
    out->add_option("AMOUNT", arguments.amount)->required();
    add_print_option(*out, shared->options);
    out->callback(choose(unshield));

    auto* counter = trusted->add_subcommand("counter", "The counter module")->require_subcommand(1);
    auto* get = counter->add_subcommand("get", "Your counter");
    get->add_option("ACCOUNT", arguments.account)->capture_default_str();
    get->callback(choose(counter_get));
    auto* add = counter->add_subcommand("add", "Add to your counter");
    add->add_option("ACCOUNT", arguments.account)->required();
    add->add_option("N", arguments.number)->required();
    add_print_option(*add, shared->options);
    add->callback(choose(counter_add));

    auto* gated =
        trusted->add_subcommand("gated", "The module gated: rooms that open to who holds enough on the chain")
            ->require_subcommand(1);
    auto* open = gated->add_subcommand("open", "Open your room, or change what it asks for");
    open->add_option("ACCOUNT", arguments.account)->required();
    open->add_option("THRESHOLD", arguments.amount, "Free balance on the chain that is needed to enter")
        ->required();
    add_print_option(*open, shared->options);
    open->callback(choose(gated_open));
    auto* enter = gated->add_subcommand("enter", "Enter a room");
    enter->add_option("ACCOUNT", arguments.account)->required();
    enter->add_option("ROOM", arguments.to, "The account that opened it")->required();
    add_print_option(*enter, shared->options);
    enter->callback(choose(gated_enter));
    auto* door = gated->add_subcommand("door", "Whether a room would open to you, as of which block");
    door->add_option("ACCOUNT", arguments.account)->required();
    door->add_option("ROOM", arguments.to, "The account that opened it")->required();
    door->callback(choose(gated_door));
    auto* inside = gated->add_subcommand("inside", "The block in which you entered a room");
    inside->add_option("ACCOUNT", arguments.account)->required();
    inside->add_option("ROOM", arguments.to, "The account that opened it")->required();
    inside->callback(choose(gated_inside));

    auto* status = trusted->add_subcommand("status", "What became of a call");
    status->add_option("HASH", shared->hash, "Operation hash that the call printed")->required();
    status->add_flag("--wait", shared->wait, "Wait until it is executed and its block is confirmed");
    status->callback([shared, &chosen] {
        chosen = [shared](Context& context) {
            return show_status(context, shared->hash, shared->wait, shared->options);
        };
    });
}

}  // namespace redoubt::wallet
