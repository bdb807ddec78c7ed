#include <CLI/CLI.hpp>
#include <primitives/hex.hpp>
#include <registry-client/calls.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/submission.hpp>

namespace redoubt::wallet {
namespace {

struct TransferArguments {
    std::string from;
    std::string to;
    std::string amount;
};

Task<Fallible<Report>> show_balance(Context& context, std::string name) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(const auto account, context.accounts().resolve(name, runtime->ss58_prefix));
    const std::string doing = "the balance cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto head, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto info, lift(co_await chain->account_info(account, head.hash), doing));
    const auto format = amount_format(*runtime, context.settings());
    Report report;
    report.json = {{"account_id", to_hex_0x(account.view())},
                   {"address", address_of(account, *runtime)},
                   {"free", to_decimal(info.free)},
                   {"reserved", to_decimal(info.reserved)},
                   {"frozen", to_decimal(info.frozen)},
                   {"nonce", info.nonce},
                   {"block_number", head.number}};
    add_unit(report.json, format);
    report.text = aligned({{"account", address_of(account, *runtime)},
                           {"free", format_amount(info.free, format)},
                           {"reserved", format_amount(info.reserved, format)},
                           {"frozen", format_amount(info.frozen, format)},
                           {"nonce", std::to_string(info.nonce)}});
    co_return report;
}

Task<Fallible<Report>> transfer(Context& context, TransferArguments wanted) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(require_pallet(*runtime, "Balances"));
    const auto format = amount_format(*runtime, context.settings());
    BOOST_OUTCOME_CO_TRY(const auto amount, parse_payment(wanted.amount, format));
    BOOST_OUTCOME_CO_TRY(const auto to, context.accounts().resolve(wanted.to, runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(auto key, context.accounts().unlock(wanted.from, runtime->ss58_prefix));
    const auto signer = std::make_shared<const crypto::KeyPair>(std::move(key));
    BOOST_OUTCOME_CO_TRY(auto call,
                         or_fail(registry_client::transfer_keep_alive_call(runtime->metadata, to, amount),
                                 refused("call_unknown", "the transfer cannot be encoded",
                                         "The chain's Balances pallet lacks transfer_keep_alive.")));
    BOOST_OUTCOME_CO_TRY(const auto outcome, co_await submit_call(context, chain, std::move(call), signer));
    const auto fee = fee_of(outcome);
    Report report;
    report.json = {{"from", to_hex_0x(signer->account_id().view())},
                   {"to", to_hex_0x(to.view())},
                   {"amount", to_decimal(amount)},
                   {"fee", fee ? Json(to_decimal(*fee)) : Json(nullptr)}};
    add_unit(report.json, format);
    report.json.update(outcome_json(outcome));
    report.json["events"] = events_json(outcome.events);
    std::vector<std::pair<std::string, std::string>> lines{
        {"transferred", format_amount(amount, format)},
        {"from", address_of(signer->account_id(), *runtime)},
        {"to", address_of(to, *runtime)}};
    if (fee) {
        lines.emplace_back("fee", format_amount(*fee, format));
    }
    lines.emplace_back("block",
                       std::to_string(outcome.block.number) + "  " + to_hex_0x(outcome.block.hash.view()));
    lines.emplace_back("extrinsic", to_hex_0x(outcome.extrinsic_hash.view()));
    report.text = aligned(lines) + "\n\n" + events_text(outcome);
    co_return report;
}

}  // namespace

void add_funds_commands(CLI::App& app, CommandTask& chosen) {
    auto account = std::make_shared<std::string>();
    auto* balance = app.add_subcommand("balance", "An account's balance on the chain");
    balance->add_option("ACCOUNT", *account)->required();
    balance->callback([account, &chosen] {
        chosen = [account](Context& context) { return show_balance(context, *account); };
    });

    auto wanted = std::make_shared<TransferArguments>();
    auto* send = app.add_subcommand(
        "transfer", "Transfer on the chain (Balances.transfer_keep_alive) and wait for finality");
    send->add_option("FROM", wanted->from, "Account that pays and signs")->required();
    send->add_option("TO", wanted->to, "Account that receives")->required();
    send->add_option("AMOUNT", wanted->amount)->required();
    send->callback(
        [wanted, &chosen] { chosen = [wanted](Context& context) { return transfer(context, *wanted); }; });
}

}  // namespace redoubt::wallet
