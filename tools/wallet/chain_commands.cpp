#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <primitives/hex.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/storage_key.hpp>
#include <tools/wallet/checkpoint.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/storage_query.hpp>
#include <tools/wallet/submission.hpp>

namespace redoubt::wallet {
namespace {

struct StorageArguments {
    std::string pallet;
    std::string item;
    std::vector<std::string> keys;
    std::optional<std::string> block;
    std::size_t limit = 100;
};
struct EventsArguments {
    std::optional<std::string> block;
    std::optional<std::string> pallet;
};
struct CheckpointArguments {
    std::optional<std::string> block;
    std::string file = "checkpoint.json";
};
struct MetadataArguments {
    std::optional<std::string> pallet;
    std::optional<std::string> file;
};

std::string pretty(const substrate::Value& value) {
    return registry_client::to_json(value).dump();
}

/// A block by number or hash; the finalized head when none is named.
Task<Fallible<Hash256>> find_block(ChainClientPtr chain, std::optional<std::string> name) {
    const std::string doing = "the block cannot be found";
    if (!name) {
        BOOST_OUTCOME_CO_TRY(const auto head, lift(co_await chain->finalized_head(), doing));
        co_return head.hash;
    }
    if (const auto hash = parse_hex_fixed<Hash256>(*name); hash && name->starts_with("0x")) {
        co_return hash.value();
    }
    const auto number = parse_decimal_u128(*name);
    if (!number || *number > UINT32_MAX) {
        co_return usage_failure("block_malformed", "'" + *name + "' names no block",
                                "Write a block number, or 0x and 64 hex digits.");
    }
    BOOST_OUTCOME_CO_TRY(const auto hash,
                         lift(co_await chain->block_hash(static_cast<std::uint32_t>(*number)), doing));
    if (!hash) {
        co_return refused("block_unknown", "the chain has no block " + *name, "See `redoubt chain head`.");
    }
    co_return *hash;
}

Task<Fallible<Report>> show_info(Context& context) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const std::string doing = "the node does not answer";
    BOOST_OUTCOME_CO_TRY(const auto finalized, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto best, lift(co_await chain->best_head(), doing));
    const auto runtime = chain->runtime();
    Report report;
    report.json = {{"url", chain->url()},
                   {"genesis_hash", to_hex_0x(chain->genesis_hash().view())},
                   {"spec_name", runtime->version.spec_name},
                   {"spec_version", runtime->version.spec_version},
                   {"transaction_version", runtime->version.transaction_version},
                   {"metadata_version", runtime->metadata.version()},
                   {"metadata_hash", nullptr},
                   {"ss58_prefix", runtime->ss58_prefix},
                   {"symbol", runtime->symbol},
                   {"decimals", runtime->decimals},
                   {"finalized_number", finalized.number},
                   {"best_number", best.number},
                   {"has_teerex", runtime->metadata.find_pallet("Teerex") != nullptr},
                   {"has_enclave_bridge", runtime->metadata.find_pallet("EnclaveBridge") != nullptr}};
    std::vector<std::pair<std::string, std::string>> lines{
        {"node", chain->url()},
        {"genesis", to_hex_0x(chain->genesis_hash().view())},
        {"runtime", printable(runtime->version.spec_name) + " " +
                        std::to_string(runtime->version.spec_version) + " (transaction version " +
                        std::to_string(runtime->version.transaction_version) + ", metadata V" +
                        std::to_string(runtime->metadata.version()) + ")"},
        {"token", printable(runtime->symbol) + " with " + std::to_string(runtime->decimals) + " decimals"},
        {"address prefix", std::to_string(runtime->ss58_prefix)},
        {"finalized", std::to_string(finalized.number)},
        {"best", std::to_string(best.number)}};
    if (substrate::supports_metadata_hash(runtime->metadata)) {
        const substrate::ChainProperties properties{
            .ss58_prefix = runtime->ss58_prefix, .decimals = runtime->decimals, .symbol = runtime->symbol};
        if (const auto digest = substrate::metadata_hash(runtime->metadata, properties)) {
            report.json["metadata_hash"] = to_hex_0x(digest.value().view());
            lines.emplace_back("metadata hash", to_hex_0x(digest.value().view()));
        }
    }
    report.text = aligned(lines);
    co_return report;
}

Task<Fallible<Report>> show_head(Context& context) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const std::string doing = "the head cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto finalized, lift(co_await chain->finalized_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto best, lift(co_await chain->best_head(), doing));
    BOOST_OUTCOME_CO_TRY(const auto header, lift(co_await chain->header(finalized.hash), doing));
    Report report;
    report.json = {{"finalized",
                    {{"number", finalized.number},
                     {"hash", to_hex_0x(finalized.hash.view())},
                     {"parent_hash", to_hex_0x(header.header.parent_hash.view())},
                     {"state_root", to_hex_0x(header.header.state_root.view())},
                     {"extrinsics_root", to_hex_0x(header.header.extrinsics_root.view())}}},
                   {"best", {{"number", best.number}, {"hash", to_hex_0x(best.hash.view())}}}};
    report.text =
        aligned({{"finalized", std::to_string(finalized.number) + "  " + to_hex_0x(finalized.hash.view())},
                 {"best", std::to_string(best.number) + "  " + to_hex_0x(best.hash.view())},
                 {"parent", to_hex_0x(header.header.parent_hash.view())},
                 {"state root", to_hex_0x(header.header.state_root.view())}});
    co_return report;
}

Task<Fallible<Report>> show_entries(Context& context,
                                    ChainClientPtr chain,
                                    StorageArguments wanted,
                                    Bytes prefix,
                                    Hash256 at) {
    const std::string doing = "the storage cannot be read";
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(auto keys, lift(co_await chain->storage_keys(prefix, at), doing));
    Report report;
    report.json = {
        {"block_hash", to_hex_0x(at.view())}, {"entries", Json::array()}, {"entries_total", keys.size()}};
    if (keys.size() > wanted.limit) {
        context.console().progress("showing " + std::to_string(wanted.limit) + " of " +
                                   std::to_string(keys.size()) + " entries; --limit shows more");
        keys.resize(wanted.limit);
    }
    for (const auto& key : keys) {
        BOOST_OUTCOME_CO_TRY(const auto stored, lift(co_await chain->storage(key, at), doing));
        const auto view = stored ? std::optional<ByteView>{*stored} : std::nullopt;
        const auto value =
            substrate::decode_storage_value(runtime->metadata, wanted.pallet, wanted.item, view);
        const auto parts = substrate::decode_storage_key(runtime->metadata, wanted.pallet, wanted.item, key);
        Json shown_key = Json::array();
        if (parts) {
            for (const auto& part : parts.value()) {
                shown_key.push_back(Json(registry_client::to_json(part)));
            }
        } else {
            shown_key = to_hex_0x(key);
        }
        Json shown_value =
            value && value.value() ? Json(registry_client::to_json(*value.value())) : Json(nullptr);
        report.text += (report.text.empty() ? "" : "\n") + shown_key.dump() + "  " + shown_value.dump();
        report.json["entries"].push_back({{"key", std::move(shown_key)}, {"value", std::move(shown_value)}});
    }
    if (keys.empty()) {
        report.text = "no entries";
    }
    co_return report;
}

Task<Fallible<Report>> show_storage(Context& context, StorageArguments wanted) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    BOOST_OUTCOME_CO_TRY(const auto query, build_storage_query(*runtime, context.accounts(), wanted.pallet,
                                                               wanted.item, wanted.keys));
    BOOST_OUTCOME_CO_TRY(const auto at, co_await find_block(chain, wanted.block));
    if (!query.is_complete) {
        co_return co_await show_entries(context, chain, wanted, query.key, at);
    }
    const std::string doing = "the storage cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto stored, lift(co_await chain->storage(query.key, at), doing));
    const auto view = stored ? std::optional<ByteView>{*stored} : std::nullopt;
    const auto value = substrate::decode_storage_value(runtime->metadata, wanted.pallet, wanted.item, view);
    if (!value) {
        co_return refused("value_undecodable", "the value cannot be decoded: " + describe(value.error()),
                          "At an old block an earlier runtime may have written it in another layout.");
    }
    Report report;
    report.json = {{"block_hash", to_hex_0x(at.view())},
                   {"key", to_hex_0x(query.key)},
                   {"present", stored.has_value()},
                   {"value", value.value() ? Json(registry_client::to_json(*value.value())) : Json(nullptr)}};
    report.text = value.value() ? registry_client::to_json(*value.value()).dump(2) : "absent";
    co_return report;
}

Task<Fallible<Report>> show_events(Context& context, EventsArguments wanted) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(const auto at, co_await find_block(chain, wanted.block));
    const std::string doing = "the events cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto header, lift(co_await chain->header(at), doing));
    BOOST_OUTCOME_CO_TRY(const auto events, lift(co_await chain->events(at), doing));
    Report report;
    report.json = {{"block_number", header.header.number},
                   {"block_hash", to_hex_0x(at.view())},
                   {"events", Json::array()}};
    Table table{{"PHASE", "EVENT", "FIELDS"}};
    for (const auto& event : events) {
        if (wanted.pallet && event.pallet != *wanted.pallet) {
            continue;
        }
        std::string phase = "initialization";
        if (event.phase == substrate::PhaseKind::kApplyExtrinsic) {
            phase = "extrinsic " + std::to_string(event.extrinsic_index);
        } else if (event.phase == substrate::PhaseKind::kFinalization) {
            phase = "finalization";
        }
        table.add({phase, event.pallet + "." + event.name, pretty(event.fields)});
        Json topics = Json::array();
        for (const auto& topic : event.topics) {
            topics.push_back(to_hex_0x(topic.view()));
        }
        report.json["events"].push_back({{"phase", phase},
                                         {"pallet", event.pallet},
                                         {"event", event.name},
                                         {"fields", Json(registry_client::to_json(event.fields))},
                                         {"topics", std::move(topics)}});
    }
    report.text = "block " + std::to_string(header.header.number) + "  " + to_hex_0x(at.view()) + "\n" +
                  table.to_text();
    co_return report;
}

Json pallet_json(const substrate::Metadata& metadata, const substrate::Pallet& pallet) {
    const auto names = [&](std::optional<substrate::TypeId> type) {
        Json out = Json::array();
        const auto* def = type ? metadata.types().find_def<substrate::VariantDef>(*type) : nullptr;
        if (def != nullptr) {
            for (const auto& variant : def->variants) {
                out.push_back({{"index", variant.index}, {"name", variant.name}});
            }
        }
        return out;
    };
    Json storage = Json::array();
    for (const auto& entry : pallet.storage) {
        storage.push_back({{"name", entry.name}, {"keys", entry.hashers.size()}});
    }
    Json constants = Json::array();
    for (const auto& constant : pallet.constants) {
        constants.push_back({{"name", constant.name}, {"value", to_hex_0x(constant.value)}});
    }
    return {{"name", pallet.name},
            {"index", pallet.index},
            {"calls", names(pallet.calls)},
            {"events", names(pallet.events)},
            {"errors", names(pallet.errors)},
            {"storage", std::move(storage)},
            {"constants", std::move(constants)}};
}

std::string names_line(const Json& items) {
    std::string out;
    for (const auto& item : items) {
        out += (out.empty() ? "" : ", ") + item["name"].get<std::string>();
    }
    return out.empty() ? "none" : out;
}

Fallible<Report> write_metadata(const Runtime& runtime, const std::string& path) {
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    out.write(reinterpret_cast<const char*>(runtime.metadata_bytes.data()),
              static_cast<std::streamsize>(runtime.metadata_bytes.size()));
    out.close();
    if (!out) {
        return refused("file_unwritable", path + " cannot be written",
                       "Name a file in a folder that you may write to.");
    }
    return Report{.json = {{"file", path},
                           {"bytes", runtime.metadata_bytes.size()},
                           {"version", runtime.metadata.version()}},
                  .text = "wrote " + std::to_string(runtime.metadata_bytes.size()) + " bytes of V" +
                          std::to_string(runtime.metadata.version()) + " metadata to " + path};
}

Task<Fallible<Report>> show_metadata(Context& context, MetadataArguments wanted) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    const auto runtime = chain->runtime();
    if (wanted.file) {
        co_return write_metadata(*runtime, *wanted.file);
    }
    Report report;
    if (wanted.pallet) {
        BOOST_OUTCOME_CO_TRY(require_pallet(*runtime, *wanted.pallet));
        report.json = pallet_json(runtime->metadata, *runtime->metadata.find_pallet(*wanted.pallet));
        report.text = aligned({{"pallet", *wanted.pallet + " (" + report.json["index"].dump() + ")"},
                               {"calls", names_line(report.json["calls"])},
                               {"storage", names_line(report.json["storage"])},
                               {"events", names_line(report.json["events"])},
                               {"errors", names_line(report.json["errors"])},
                               {"constants", names_line(report.json["constants"])}});
        co_return report;
    }
    report.json = {{"version", runtime->metadata.version()},
                   {"bytes", runtime->metadata_bytes.size()},
                   {"types", runtime->metadata.types().size()},
                   {"pallets", Json::array()}};
    Table table{{"INDEX", "PALLET", "CALLS", "STORAGE", "EVENTS", "ERRORS"}};
    for (const auto& pallet : runtime->metadata.pallets()) {
        const auto described = pallet_json(runtime->metadata, pallet);
        report.json["pallets"].push_back({{"name", pallet.name}, {"index", pallet.index}});
        const auto count = [&](const char* what) { return std::to_string(described[what].size()); };
        table.add({std::to_string(pallet.index), std::string{pallet.name}, count("calls"), count("storage"),
                   count("events"), count("errors")});
    }
    report.text = table.to_text();
    co_return report;
}

Task<Fallible<Report>> make_checkpoint(Context& context, CheckpointArguments wanted) {
    BOOST_OUTCOME_CO_TRY(const auto chain, co_await context.chain());
    BOOST_OUTCOME_CO_TRY(const auto block, co_await find_block(chain, wanted.block));
    co_return co_await write_checkpoint(chain, block, wanted.file);
}

}  // namespace

void add_chain_commands(CLI::App& app, CommandTask& chosen) {
    auto* chain = app.add_subcommand("chain", "Ask the chain")->require_subcommand(1);
    chain->add_subcommand("info", "Runtime, token, address prefix and heads")->callback([&chosen] {
        chosen = show_info;
    });
    chain->add_subcommand("head", "The finalized and the best block")->callback([&chosen] {
        chosen = show_head;
    });

    auto wanted = std::make_shared<StorageArguments>();
    auto* storage =
        chain->add_subcommand("storage", "Decode a storage item; without its KEYS all entries of a map");
    storage->add_option("PALLET", wanted->pallet, "For example System")->required();
    storage->add_option("ITEM", wanted->item, "For example Account")->required();
    storage->add_option("KEYS", wanted->keys,
                        "One for each part: an ACCOUNT for account ids, else a number, hex, text or JSON");
    storage->add_option("--at", wanted->block, "Block number or hash; default the finalized head")
        ->type_name("BLOCK");
    storage->add_option("--limit", wanted->limit, "Most entries shown")->capture_default_str();
    storage->callback([wanted, &chosen] {
        chosen = [wanted](Context& context) { return show_storage(context, *wanted); };
    });

    auto events_of = std::make_shared<EventsArguments>();
    auto* events = chain->add_subcommand("events", "Decode the events of a block");
    events->add_option("BLOCK", events_of->block, "Number or hash; default the finalized head");
    events->add_option("--pallet", events_of->pallet, "Only events of this pallet")->type_name("PALLET");
    events->callback([events_of, &chosen] {
        chosen = [events_of](Context& context) { return show_events(context, *events_of); };
    });

    auto checkpoint_of = std::make_shared<CheckpointArguments>();
    auto* checkpoint =
        chain->add_subcommand("checkpoint", "Write a finalized block for `redoubtd run --checkpoint`");
    checkpoint->add_option("BLOCK", checkpoint_of->block, "Number or hash; default the finalized head");
    checkpoint->add_option("--output", checkpoint_of->file, "The file")
        ->type_name("FILE")
        ->capture_default_str();
    checkpoint->callback([checkpoint_of, &chosen] {
        chosen = [checkpoint_of](Context& context) { return make_checkpoint(context, *checkpoint_of); };
    });

    auto metadata_of = std::make_shared<MetadataArguments>();
    auto* metadata = chain->add_subcommand("metadata", "Pallets of the runtime");
    metadata
        ->add_option("--pallet", metadata_of->pallet, "Calls, storage, events, errors and constants of one")
        ->type_name("PALLET");
    metadata->add_option("--raw", metadata_of->file, "Write the metadata's bytes to a file")
        ->type_name("FILE");
    metadata->callback([metadata_of, &chosen] {
        chosen = [metadata_of](Context& context) { return show_metadata(context, *metadata_of); };
    });
}

}  // namespace redoubt::wallet
