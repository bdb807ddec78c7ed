#include <CLI/CLI.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <substrate/storage_key.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/shard_lookup.hpp>

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
    Table table{{"ACCOUNT", "FINGERPRINT", "METHOD", "STATUS", "BUILD", "AGE", "URL"}};
    for (const auto& enclave : enclaves) {
        const bool dated = now_ms && *now_ms >= enclave.timestamp_ms;
        const std::uint64_t age_ms = dated ? *now_ms - enclave.timestamp_ms : 0;
        report.json["enclaves"].push_back({{"account_id", to_hex_0x(enclave.account.view())},
                                           {"address", address_of(enclave.account, *runtime)},
                                           {"fingerprint", to_hex_0x(enclave.fingerprint.view())},
                                           {"fingerprint_base58", to_base58(enclave.fingerprint)},
                                           {"url", enclave.url},
                                           {"method", enclave.method},
                                           {"status", enclave.status},
                                           {"build_mode", enclave.build_mode},
                                           {"timestamp_ms", enclave.timestamp_ms},
                                           {"age_ms", dated ? Json(age_ms) : Json(nullptr)},
                                           {"hardware", !is_unattested(enclave)}});
        table.add({address_of(enclave.account, *runtime), to_base58(enclave.fingerprint), enclave.method,
                   enclave.status, enclave.build_mode, dated ? describe_age(age_ms) : "?",
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
        report.json["workers"].push_back({{"account_id", to_hex_0x(worker.enclave.account.view())},
                                          {"url", worker.enclave.url},
                                          {"attestation", attestation_json(worker.enclave)}});
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

    auto* shard = app.add_subcommand("shard", "Shards")->require_subcommand(1);
    auto name = std::make_shared<std::optional<std::string>>();
    auto* show =
        shard->add_subcommand("show", "A shard's configuration, activity, workers and shielded funds");
    show->add_option("SHARD", *name, "Base58 or hex; default the only shard of the chain");
    show->callback(
        [name, &chosen] { chosen = [name](Context& context) { return show_shard(context, *name); }; });
}

}  // namespace redoubt::wallet
