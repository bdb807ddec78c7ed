#include <tools/wallet/trusted_questions.hpp>

#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <primitives/uint128.hpp>
#include <stf/types/module_calls.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/return_value.hpp>

namespace redoubt::wallet {
namespace {

/// The owner of an account, with a worker to ask about it.
struct Owner {
    Place place;
    SigningKey key;
    TrustedSession session;
};
Task<Fallible<Owner>> open_owner(Context& context, std::string account, TrustedOptions options) {
    Owner out;
    BOOST_OUTCOME_CO_TRY(out.place, co_await open_chain(context));
    BOOST_OUTCOME_CO_TRY(out.key, unlock(context, out.place.chain, account));
    BOOST_OUTCOME_CO_TRY(out.session, co_await open_session(context, options));
    co_return out;
}

/// The block that an answer is of at least.
Json state_block_json(const TrustedSession& session) {
    return session.state_block ? Json(*session.state_block) : Json(nullptr);
}

/// The report of a single number that belongs to an account.
Report number_report(const Owner& owner, const char* name, Json value, std::string text) {
    Report report;
    report.json = {{"account_id", to_hex_0x(owner.key->account_id().view())}, {name, std::move(value)}};
    report.json["state_block"] = state_block_json(owner.session);
    report.json.update(session_json(owner.session));
    report.text = std::move(text);
    return report;
}

}  // namespace

Task<Fallible<Place>> open_chain(Context& context) {
    Place out;
    BOOST_OUTCOME_CO_TRY(out.chain, co_await context.chain());
    out.runtime = out.chain->runtime();
    out.format = amount_format(*out.runtime, context.settings());
    co_return out;
}

Fallible<SigningKey> unlock(Context& context, const ChainClientPtr& chain, const std::string& account) {
    BOOST_OUTCOME_TRY(auto key, context.accounts().unlock(account, chain->runtime()->ss58_prefix));
    return std::make_shared<const crypto::KeyPair>(std::move(key));
}

Task<Fallible<Report>> show_balance(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto owner, co_await open_owner(context, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto info, co_await trusted_account_info(owner.session, owner.key));
    const auto address = address_of(owner.key->account_id(), *owner.place.runtime);
    const auto& format = owner.place.format;
    Report report;
    report.json = {{"account_id", to_hex_0x(owner.key->account_id().view())},
                   {"address", address},
                   {"free", to_decimal(info.free)},
                   {"reserved", to_decimal(info.reserved)},
                   {"nonce", info.nonce}};
    add_unit(report.json, format);
    report.json["state_block"] = state_block_json(owner.session);
    report.json.update(session_json(owner.session));
    report.text =
        aligned({{"account", address},
                 {"free", format_amount(info.free, format)},
                 {"reserved", format_amount(info.reserved, format)},
                 {"nonce", std::to_string(info.nonce)},
                 {"shard", to_base58(owner.session.view.shard)},
                 {"as of", owner.session.state_block ? "block " + std::to_string(*owner.session.state_block)
                                                     : "no block yet"}});
    co_return report;
}

Task<Fallible<Report>> show_nonce(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto owner, co_await open_owner(context, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto info, co_await trusted_account_info(owner.session, owner.key));
    co_return number_report(owner, "nonce", info.nonce, std::to_string(info.nonce));
}

Task<Fallible<Report>> counter_get(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto owner, co_await open_owner(context, wanted.account, options));
    const stf::counter::Query query{stf::counter::Get{}};
    stf::TrustedGetter getter = stf::trusted_getter::ModuleQuery{.origin = owner.key->account_id(),
                                                                 .module = std::string{stf::counter::kName},
                                                                 .query = scale::encode(query)};
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await ask_getter(owner.session, std::move(getter), owner.key));
    const auto value = scale::decode<std::uint64_t>(answer);
    if (!value) {
        co_return malformed_answer("the counter");
    }
    auto text = std::to_string(value.value());
    co_return number_report(owner, "value", text, text);
}

Task<Fallible<Report>> gated_inside(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto owner, co_await open_owner(context, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto room,
                         context.accounts().resolve(wanted.to, owner.place.runtime->ss58_prefix));
    const stf::gated::Query query{stf::gated::Inside{.room = room}};
    stf::TrustedGetter getter = stf::trusted_getter::ModuleQuery{.origin = owner.key->account_id(),
                                                                 .module = std::string{stf::gated::kName},
                                                                 .query = scale::encode(query)};
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await ask_getter(owner.session, std::move(getter), owner.key));
    const auto entered = scale::decode<std::optional<std::uint32_t>>(answer);
    if (!entered) {
        co_return malformed_answer("the place in the room");
    }
    const auto& block = entered.value();
    auto report = number_report(owner, "entered_in_block", block ? Json(*block) : Json(nullptr),
                                block ? "entered in block " + std::to_string(*block) : "not inside");
    report.json["room"] = to_hex_0x(room.view());
    co_return report;
}

Task<Fallible<Report>> gated_door(Context& context, TrustedArguments wanted, TrustedOptions options) {
    BOOST_OUTCOME_CO_TRY(const auto owner, co_await open_owner(context, wanted.account, options));
    BOOST_OUTCOME_CO_TRY(const auto room,
                         context.accounts().resolve(wanted.to, owner.place.runtime->ss58_prefix));
    const stf::gated::Query query{stf::gated::Door{.room = room}};
    stf::TrustedGetter getter = stf::trusted_getter::ModuleQuery{.origin = owner.key->account_id(),
                                                                 .module = std::string{stf::gated::kName},
                                                                 .query = scale::encode(query)};
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await ask_getter(owner.session, std::move(getter), owner.key));
    const auto decoded = scale::decode<stf::gated::DoorAnswer>(answer);
    if (!decoded) {
        co_return malformed_answer("the room's door");
    }
    const auto& door = decoded.value();
    const auto& format = owner.place.format;
    Report report;
    report.json = {{"account_id", to_hex_0x(owner.key->account_id().view())},
                   {"room", to_hex_0x(room.view())},
                   {"opens", door.opens},
                   {"threshold", door.threshold ? Json(to_decimal(*door.threshold)) : Json(nullptr)},
                   {"chain_balance", to_decimal(door.balance)},
                   {"block_number", door.block_number},
                   {"block_hash", to_hex_0x(door.block_hash.view())}};
    add_unit(report.json, format);
    report.json.update(session_json(owner.session));
    report.text = aligned(
        {{"opens", door.opens ? "yes" : "no"},
         {"asks for", door.threshold ? format_amount(*door.threshold, format) : "there is no such room"},
         {"on the chain", format_amount(door.balance, format)},
         {"in block", std::to_string(door.block_number) + "  " + to_hex_0x(door.block_hash.view())}});
    co_return report;
}

Task<Fallible<Report>> show_status(Context& context, std::string text, bool wait, TrustedOptions options) {
    const auto hash = parse_hex_fixed<Hash256>(text);
    if (!hash) {
        co_return usage_failure("hash_malformed", "'" + text + "' is no operation hash",
                                "Write 0x and 64 hex digits.");
    }
    BOOST_OUTCOME_CO_TRY(const auto session, co_await open_session(context, options));
    if (wait) {
        context.stage("waiting for a worker to execute the call");
    }
    BOOST_OUTCOME_CO_TRY(const auto status,
                         co_await await_status(context, session.worker, hash.value(), wait ? 0 : 1));
    std::optional<Confirmation> confirmation;
    if (wait) {
        if (!status.block_number || !status.block_hash) {
            co_return malformed_answer("the block of the call");
        }
        const registry_client::BlockReference block{*status.block_number, *status.block_hash};
        BOOST_OUTCOME_CO_TRY(confirmation,
                             co_await await_confirmation(context, session.chain, block, session.view,
                                                         options.confirmation_blocks));
    }
    Report report;
    report.json = {{"operation_hash", to_hex_0x(hash.value().view())},
                   {"status", status.status},
                   {"reason", status.reason.empty() ? Json(nullptr) : Json(status.reason)},
                   {"block_number", status.block_number ? Json(*status.block_number) : Json(nullptr)},
                   {"payment", status.payment.empty() ? Json(nullptr) : Json(status.payment)}};
    if (confirmation) {
        report.json["confirmation"] = confirmation_json(*confirmation);
    }
    report.json.update(session_json(session));
    report.text = printable(status.status);
    if (status.block_number) {
        report.text += " in block " + std::to_string(*status.block_number);
    }
    if (!status.payment.empty()) {
        report.text += ", payment " + printable(status.payment);
    }
    if (!status.reason.empty()) {
        report.text += ": " + printable(status.reason);
    }
    if (confirmation) {
        report.text += "\nconfirmed in block " + std::to_string(confirmation->block.number) + " by " +
                       address_of(confirmation->worker, *session.chain->runtime());
    }
    co_return report;
}

}  // namespace redoubt::wallet
