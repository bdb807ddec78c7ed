#include <CLI/CLI.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <registry-client/calls.hpp>
#include <substrate/storage_key.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/shard_lookup.hpp>
#include <tools/wallet/submission.hpp>

namespace redoubt::wallet {
namespace {

/// The chain's clock at a block, in milliseconds; nullopt for a chain without one.
Task<Fallible<std::optional<std::uint64_t>>> chain_time(ChainClientPtr chain, Hash256 at) {
    const auto key = substrate::storage_key(chain->runtime()->metadata, "Timestamp", "Now");
    if (!key) {
        co_return std::optional<std::uint64_t>{};
    }
    const std::string doing = "the chain's time cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto stored, lift(co_await chain->storage(key.value(), at), doing));
    const auto now =
        stored ? scale::decode<std::uint64_t>(*stored) : Result<std::uint64_t>{DecodeError::kUnexpectedEnd};
    co_return now ? std::optional{now.value()} : std::nullopt;
}

Json config_json(const registry_client::ShardConfig& config) {
    Json authorities = nullptr;
    if (config.authorities) {
        authorities = Json::array();
        for (const auto& authority : *config.authorities) {
            authorities.push_back(to_hex_0x(authority.view()));
        }
    }
    return {{"fingerprint", to_hex_0x(config.enclave_fingerprint.view())},
            {"fingerprint_base58", to_base58(config.enclave_fingerprint)},
            {"max_instances", config.max_instances ? Json(*config.max_instances) : Json(nullptr)},
            {"authorities", std::move(authorities)},
            {"maintenance_mode", config.maintenance_mode}};
}

/// When anybody may remove an entry of this age.
std::string describe_expiry(std::uint64_t age_ms) {
    const auto limit = registry_client::kRemovableAfterMs;
    return age_ms > limit ? "now" : "in " + describe_age(limit - age_ms);
}

Json collateral_json(const registry_client::CollateralEntry& entry, std::optional<std::uint64_t> now_ms) {
    return {{"fmspc", entry.fmspc ? Json(to_hex(entry.fmspc->view())) : Json(nullptr)},
            {"issued_ms", entry.issued_ms},
            {"next_update_ms", entry.next_update_ms},
            {"levels", entry.levels},
            {"expired", now_ms ? Json(*now_ms > entry.next_update_ms) : Json(nullptr)}};
}

std::vector<std::string> collateral_row(std::string document,
                                        const registry_client::CollateralEntry& entry,
                                        std::optional<std::uint64_t> now_ms) {
    const auto expiry = !now_ms ? std::string{"?"}
                        : *now_ms > entry.next_update_ms
                            ? "expired"
                            : "in " + describe_age(entry.next_update_ms - *now_ms);
    return {std::move(document), entry.fmspc ? to_hex(entry.fmspc->view()) : "-",
            std::to_string(entry.levels),
            now_ms && *now_ms >= entry.issued_ms ? describe_age(*now_ms - entry.issued_ms) : "?", expiry};
}

Task<Fallible<Report>> show_collateral(Context& context) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(require_pallet(*chain->runtime(), "Teerex"));
    const std::string doing = "the registry cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto head, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto flags,
                         lift(co_await registry_client::registry_flags(chain, head.hash), doing));
    BOOST_OUTCOME_CO_TRY(const auto enclave,
                         lift(co_await registry_client::quoting_enclave(chain, head.hash), doing));
    BOOST_OUTCOME_CO_TRY(const auto infos,
                         lift(co_await registry_client::tcb_infos(chain, head.hash), doing));
    BOOST_OUTCOME_CO_TRY(const auto now_ms, co_await chain_time(chain, head.hash));
    Report report;
    report.json = {{"block_number", head.number},
                   {"allows_skipping", flags.allows_skipping},
                   {"allows_debug", flags.allows_debug},
                   {"quoting_enclave", enclave ? collateral_json(*enclave, now_ms) : Json(nullptr)},
                   {"tcb_infos", Json::array()}};
    Table table{{"DOCUMENT", "FMSPC", "LEVELS", "AGE", "EXPIRES"}};
    if (enclave) {
        table.add(collateral_row("quoting enclave", *enclave, now_ms));
    }
    for (const auto& info : infos) {
        report.json["tcb_infos"].push_back(collateral_json(info, now_ms));
        table.add(collateral_row("TCB info", info, now_ms));
    }
    report.text = aligned({{"without evidence", flags.allows_skipping ? "allowed" : "refused"},
                           {"debug enclaves", flags.allows_debug ? "allowed" : "refused"}}) +
                  "\n\n" +
                  (enclave || !infos.empty() ? table.to_text() : "the registry has no collateral for quotes");
    co_return report;
}

struct UnregisterArguments {
    std::string enclave;
    std::string from;
};

Task<Fallible<Report>> unregister(Context& context, UnregisterArguments wanted) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(require_pallet(*runtime, "Teerex"));
    BOOST_OUTCOME_CO_TRY(const auto enclave,
                         context.accounts().resolve(wanted.enclave, runtime->ss58_prefix));
    BOOST_OUTCOME_CO_TRY(auto key, context.accounts().unlock(wanted.from, runtime->ss58_prefix));
    const auto signer = std::make_shared<const crypto::KeyPair>(std::move(key));
    BOOST_OUTCOME_CO_TRY(auto call,
                         or_fail(registry_client::unregister_enclave_call(runtime->metadata, enclave),
                                 refused("call_unknown", "the removal cannot be encoded",
                                         "The chain's Teerex pallet lacks unregister_sovereign_enclave.")));
    BOOST_OUTCOME_CO_TRY(const auto outcome, co_await submit_call(context, chain, std::move(call), signer));
    Report report;
    report.json = {{"account_id", to_hex_0x(enclave.view())}};
    report.json.update(outcome_json(outcome));
    report.json["events"] = events_json(outcome.events);
    report.text = aligned(
        {{"removed", address_of(enclave, *runtime)},
         {"block", std::to_string(outcome.block.number) + "  " + to_hex_0x(outcome.block.hash.view())}});
    co_return report;
}

Task<Fallible<Report>> list_enclaves(Context& context) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(require_pallet(*runtime, "Teerex"));
    const std::string doing = "the registry cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto head, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto enclaves,
                         lift(co_await registry_client::enclaves(chain, head.hash), doing));
    BOOST_OUTCOME_CO_TRY(const auto now_ms, co_await chain_time(chain, head.hash));
    Report report;
    report.json = {{"block_number", head.number}, {"enclaves", Json::array()}};
    Table table{{"ACCOUNT", "FINGERPRINT", "METHOD", "STATUS", "BUILD", "AGE", "REMOVABLE", "URL"}};
    for (const auto& enclave : enclaves) {
        const bool dated = now_ms && *now_ms >= enclave.timestamp_ms;
        const std::uint64_t age_ms = dated ? *now_ms - enclave.timestamp_ms : 0;
        report.json["enclaves"].push_back(
            {{"account_id", to_hex_0x(enclave.account.view())},
             {"address", address_of(enclave.account, *runtime)},
             {"fingerprint", to_hex_0x(enclave.fingerprint.view())},
             {"fingerprint_base58", to_base58(enclave.fingerprint)},
             {"url", enclave.url},
             {"method", enclave.method},
             {"status", enclave.status},
             {"build_mode", enclave.build_mode},
             {"timestamp_ms", enclave.timestamp_ms},
             {"age_ms", dated ? Json(age_ms) : Json(nullptr)},
             {"removable_at_ms", enclave.timestamp_ms + registry_client::kRemovableAfterMs},
             {"hardware", is_vouched_for(enclave, wall_clock_ms())}});
        table.add({address_of(enclave.account, *runtime), to_base58(enclave.fingerprint), enclave.method,
                   enclave.status, enclave.build_mode, dated ? describe_age(age_ms) : "?",
                   dated ? describe_expiry(age_ms) : "?",
                   enclave.url.empty() ? "-" : printable(enclave.url)});
    }
    report.text = enclaves.empty() ? "no enclave is registered" : table.to_text();
    co_return report;
}

void describe_config(const ShardView& view, std::vector<std::pair<std::string, std::string>>& lines) {
    lines.emplace_back("fingerprint", to_base58(view.fingerprint) +
                                          (view.config ? "" : "  (no configuration: the shard's own)"));
    if (view.config && view.config->pending && view.config->upgrade_at_block) {
        const auto block = *view.config->upgrade_at_block;
        lines.emplace_back("upgrade",
                           to_base58(view.config->pending->enclave_fingerprint) +
                               (block <= view.head_number ? "  in force since block " : "  from block ") +
                               std::to_string(block));
    }
    lines.emplace_back("maintenance", view.maintenance ? "yes" : "no");
}

Task<Fallible<Report>> show_shard(Context& context, std::optional<std::string> name) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(const auto view, co_await look_up_shard(context, chain, std::move(name)));
    // Shielded funds lie on the account whose id is the shard.
    const auto vault = AccountId::copy_of(std::span<const std::uint8_t, 32>{view.shard.bytes});
    const std::string doing = "the shard's funds cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto funds, lift(co_await chain->account_info(vault, view.head_hash), doing));
    const auto format = amount_format(*runtime, context.settings());
    Report report;
    report.json = {{"shard", to_hex_0x(view.shard.view())},
                   {"shard_base58", to_base58(view.shard)},
                   {"block_number", view.head_number},
                   {"fingerprint", to_hex_0x(view.fingerprint.view())},
                   {"fingerprint_base58", to_base58(view.fingerprint)},
                   {"maintenance_mode", view.maintenance},
                   {"config", nullptr},
                   {"shielded", to_decimal(funds.free)},
                   {"signers", Json::array()},
                   {"workers", Json::array()}};
    add_unit(report.json, format);
    if (view.config) {
        report.json["config"] = {
            {"active", config_json(view.config->active)},
            {"pending", view.config->pending ? config_json(*view.config->pending) : Json(nullptr)},
            {"upgrade_at_block",
             view.config->upgrade_at_block ? Json(*view.config->upgrade_at_block) : Json(nullptr)}};
    }
    std::vector<std::pair<std::string, std::string>> lines{{"shard", to_base58(view.shard)},
                                                           {"", to_hex_0x(view.shard.view())}};
    describe_config(view, lines);
    lines.emplace_back("shielded", format_amount(funds.free, format));
    Table activity{{"SIGNER", "FINGERPRINT", "LAST ACTIVITY"}};
    for (const auto& signer : view.signers) {
        report.json["signers"].push_back({{"account_id", to_hex_0x(signer.signer.view())},
                                          {"fingerprint", to_hex_0x(signer.fingerprint.view())},
                                          {"last_activity_block", signer.last_activity_block}});
        activity.add({address_of(signer.signer, *runtime), to_base58(signer.fingerprint),
                      "block " + std::to_string(signer.last_activity_block)});
    }
    Table workers{{"WORKER", "METHOD", "URL"}};
    for (const auto& worker : view.workers) {
        report.json["workers"].push_back(
            {{"account_id", to_hex_0x(worker.enclave.account.view())},
             {"url", worker.enclave.url},
             {"attestation", attestation_json(worker.enclave, wall_clock_ms())}});
        workers.add({address_of(worker.enclave.account, *runtime), worker.enclave.method,
                     worker.enclave.url.empty() ? "-" : printable(worker.enclave.url)});
    }
    report.text = aligned(lines) + "\n\n" +
                  (view.signers.empty() ? "no enclave has touched this shard" : activity.to_text()) + "\n\n" +
                  (view.workers.empty() ? "no registered enclave runs the shard's code" : workers.to_text());
    co_return report;
}

}  // namespace

void add_registry_commands(CLI::App& app, CommandTask& chosen) {
    auto* registry =
        app.add_subcommand("registry", "The chain's registry of enclaves")->require_subcommand(1);
    registry->add_subcommand("list", "Every registered enclave")->callback([&chosen] {
        chosen = list_enclaves;
    });
    registry->add_subcommand("collateral", "What the registry takes, and the collateral it judges quotes by")
        ->callback([&chosen] { chosen = show_collateral; });
    auto wanted = std::make_shared<UnregisterArguments>();
    auto* remove = registry->add_subcommand(
        "unregister",
        "Remove an enclave's entry (Teerex.unregister_sovereign_enclave): one older than 48 hours");
    remove->add_option("ACCOUNT", wanted->enclave, "The enclave's account")->required();
    remove->add_option("--from", wanted->from, "Account that pays and signs: anybody's")->required();
    remove->callback(
        [wanted, &chosen] { chosen = [wanted](Context& context) { return unregister(context, *wanted); }; });

    auto* shard = app.add_subcommand("shard", "Shards")->require_subcommand(1);
    auto name = std::make_shared<std::optional<std::string>>();
    auto* show =
        shard->add_subcommand("show", "A shard's configuration, activity, workers and shielded funds");
    show->add_option("SHARD", *name, "Base58 or hex; default the only shard of the chain");
    show->callback(
        [name, &chosen] { chosen = [name](Context& context) { return show_shard(context, *name); }; });
}

}  // namespace redoubt::wallet
