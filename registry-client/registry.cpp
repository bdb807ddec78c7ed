#include <registry-client/registry.hpp>

#include <functional>
#include <substrate/storage_key.hpp>

namespace redoubt::registry_client {
namespace {

using substrate::Value;

constexpr std::string_view kTeerex = "Teerex";
constexpr std::string_view kBridge = "EnclaveBridge";

rpc::Failure unknown_item(std::string_view pallet, std::string_view item) {
    return {make_error_code(ChainError::kUnknownPallet), std::string{pallet} + "." + std::string{item}};
}

rpc::Failure unreadable(std::string_view item, std::string_view what) {
    return {make_error_code(ChainError::kBadAnswer), std::string{item} + ": " + std::string{what}};
}

/// The contents of Some; nullptr for None and for what is no option.
const Value* some(const Value* value) {
    return value != nullptr && value->variant_name() == "Some" ? value->at(0) : nullptr;
}

template <class Fixed>
std::optional<Fixed> fixed_of(const Value* value) {
    const auto bytes = value == nullptr ? std::nullopt : value->inner_bytes();
    if (!bytes || bytes->size() != Fixed::kSize) {
        return std::nullopt;
    }
    return Fixed::copy_of(std::span<const std::uint8_t, Fixed::kSize>{*bytes});
}

std::optional<std::uint32_t> u32_of(const Value* value) {
    const auto number = value == nullptr ? std::nullopt : value->as_u64();
    return number && *number <= UINT32_MAX ? std::optional{static_cast<std::uint32_t>(*number)}
                                           : std::nullopt;
}

std::string name_of(const Value* value) {
    return value == nullptr ? std::string{} : std::string{value->variant_name()};
}

/// Printable ASCII of untrusted bytes; other characters become '?'.
std::string printable(ByteView bytes) {
    std::string out;
    for (const auto byte : bytes) {
        out.push_back(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
    }
    return out;
}

/// SgxEnclave, inside MultiEnclave or bare, as older runtimes have it.
std::optional<EnclaveEntry> enclave_from(const AccountId& account, const Value& stored) {
    const auto* enclave = stored.find("mr_enclave") != nullptr ? &stored : stored.at(0);
    if (enclave == nullptr) {
        return std::nullopt;
    }
    const auto fingerprint = fixed_of<Hash256>(enclave->find("mr_enclave"));
    const auto* timestamp = enclave->find("timestamp");
    if (!fingerprint || timestamp == nullptr || !timestamp->as_u64()) {
        return std::nullopt;
    }
    EnclaveEntry out;
    out.account = account;
    out.fingerprint = *fingerprint;
    out.timestamp_ms = *timestamp->as_u64();
    const auto* url = enclave->find("url");
    if (const auto* given = some(url)) {
        url = given;
    }
    if (const auto bytes = url == nullptr ? std::nullopt : url->inner_bytes()) {
        out.url = printable(*bytes);
    }
    out.method = name_of(enclave->find("attestation_method"));
    out.status = name_of(enclave->find("status"));
    out.build_mode = name_of(enclave->find("build_mode"));
    return out;
}

std::optional<ShardConfig> config_from(const Value* value) {
    const auto fingerprint =
        value == nullptr ? std::nullopt : fixed_of<Hash256>(value->find("enclave_fingerprint"));
    if (!fingerprint) {
        return std::nullopt;
    }
    ShardConfig out;
    out.enclave_fingerprint = *fingerprint;
    out.max_instances = u32_of(some(value->find("max_instances")));
    if (const auto* authorities = some(value->find("authorities"))) {
        auto& list = out.authorities.emplace();
        for (std::size_t i = 0; i < authorities->size(); ++i) {
            if (const auto authority = fixed_of<AccountId>(authorities->at(i))) {
                list.push_back(*authority);
            }
        }
    }
    const auto* maintenance = value->find("maintenance_mode");
    out.maintenance_mode = maintenance != nullptr && maintenance->as_boolean().value_or(false);
    return out;
}

std::optional<UpgradableShardConfig> upgradable_config_from(const Value& value) {
    auto active = config_from(value.find("active_config"));
    if (!active) {
        return std::nullopt;
    }
    UpgradableShardConfig out;
    out.active = std::move(*active);
    out.pending = config_from(some(value.find("pending_upgrade")));
    out.upgrade_at_block = u32_of(some(value.find("upgrade_at")));
    return out;
}

struct Item {
    std::string_view pallet;
    std::string_view name;
};

/// The value of an item, under the keys of a map or under none; nullopt when absent.
Task<Reply<std::optional<Value>>> item_value(ChainClientPtr client,
                                             Item item,
                                             std::optional<Hash256> at,
                                             std::vector<Bytes> key_parts = {}) {
    const auto runtime = client->runtime();
    auto key = substrate::storage_key(runtime->metadata, item.pallet, item.name, key_parts);
    if (!key) {
        co_return unknown_item(item.pallet, item.name);
    }
    BOOST_OUTCOME_CO_TRY(const auto stored, co_await client->storage(std::move(key).value(), at));
    if (!stored) {
        co_return std::optional<Value>{};
    }
    auto value =
        substrate::decode_storage_value(runtime->metadata, item.pallet, item.name, ByteView{*stored});
    if (!value) {
        co_return unreadable(item.name, value.error().message());
    }
    co_return std::move(value).value();
}

/// nullopt for a value that lacks what it needs.
template <class T>
using Reader = std::function<std::optional<T>(const Value&)>;

/// The value of a map, read; nullopt when absent. @errors kBadAnswer with `lacking`
template <class T>
Task<Reply<std::optional<T>>> map_entry(ChainClientPtr client,
                                        Item item,
                                        Bytes key_part,
                                        std::optional<Hash256> at,
                                        Reader<T> read,
                                        std::string_view lacking) {
    std::vector<Bytes> parts{std::move(key_part)};
    auto loading = item_value(std::move(client), item, at, std::move(parts));
    BOOST_OUTCOME_CO_TRY(const auto value, co_await std::move(loading));
    if (!value) {
        co_return std::optional<T>{};
    }
    auto entry = read(*value);
    if (!entry) {
        co_return unreadable(item.name, lacking);
    }
    co_return entry;
}

}  // namespace

Task<Reply<std::vector<EnclaveEntry>>> enclaves(ChainClientPtr client, std::optional<Hash256> at) {
    constexpr std::string_view kItem = "SovereignEnclaves";
    const auto runtime = client->runtime();
    auto prefix = substrate::storage_prefix(runtime->metadata, kTeerex, kItem);
    if (!prefix) {
        co_return unknown_item(kTeerex, kItem);
    }
    BOOST_OUTCOME_CO_TRY(const auto keys, co_await client->storage_keys(std::move(prefix).value(), at));
    std::vector<EnclaveEntry> out;
    for (const auto& key : keys) {
        const auto parts = substrate::split_storage_key(runtime->metadata, kTeerex, kItem, key);
        if (!parts || parts.value().size() != 1 || parts.value().front().size() != AccountId::kSize) {
            co_return unreadable(kItem, "a key does not hold an account");
        }
        const auto account = AccountId::copy_of(std::span<const std::uint8_t, 32>{parts.value().front()});
        BOOST_OUTCOME_CO_TRY(auto entry, co_await enclave(client, account, at));
        if (entry) {
            out.push_back(std::move(*entry));
        }
    }
    co_return out;
}

Task<Reply<std::optional<EnclaveEntry>>> enclave(ChainClientPtr client,
                                                 AccountId account,
                                                 std::optional<Hash256> at) {
    Reader<EnclaveEntry> read = [account](const Value& stored) { return enclave_from(account, stored); };
    return map_entry<EnclaveEntry>(std::move(client), {kTeerex, "SovereignEnclaves"},
                                   to_bytes(account.view()), at, std::move(read),
                                   "an entry has no mr_enclave or timestamp");
}

namespace {

/// Dates and levels of a stored document; the levels are in `list`.
std::optional<CollateralEntry> collateral_from(const Value& stored, std::string_view list) {
    const auto* issued = stored.find("issue_date");
    const auto* next = stored.find("next_update");
    const auto* levels = stored.find(list);
    if (issued == nullptr || next == nullptr || levels == nullptr || !issued->as_u64() || !next->as_u64()) {
        return std::nullopt;
    }
    return CollateralEntry{std::nullopt, *issued->as_u64(), *next->as_u64(), levels->size()};
}

Task<Reply<bool>> flag(ChainClientPtr client, std::string_view item, std::optional<Hash256> at) {
    auto reading = item_value(std::move(client), {kTeerex, item}, at);
    BOOST_OUTCOME_CO_TRY(const auto value, co_await std::move(reading));
    co_return value && value->as_boolean().value_or(false);
}

}  // namespace

Task<Reply<std::optional<CollateralEntry>>> quoting_enclave(ChainClientPtr client,
                                                            std::optional<Hash256> at) {
    constexpr std::string_view kItem = "SgxQuotingEnclaveRegistry";
    auto reading = item_value(std::move(client), {kTeerex, kItem}, at);
    BOOST_OUTCOME_CO_TRY(const auto value, co_await std::move(reading));
    if (!value) {
        co_return std::optional<CollateralEntry>{};
    }
    auto entry = collateral_from(*value, "tcb");
    if (!entry) {
        co_return unreadable(kItem, "the entry lacks its dates or levels");
    }
    co_return entry;
}

Task<Reply<std::optional<CollateralEntry>>> tcb_info(ChainClientPtr client,
                                                     FixedBytes<6> fmspc,
                                                     std::optional<Hash256> at) {
    Reader<CollateralEntry> read = [fmspc](const Value& stored) {
        auto entry = collateral_from(stored, "tcb_levels");
        if (entry) {
            entry->fmspc = fmspc;
        }
        return entry;
    };
    return map_entry<CollateralEntry>(std::move(client), {kTeerex, "SgxTcbInfo"}, to_bytes(fmspc.view()), at,
                                      std::move(read), "an entry lacks its dates or levels");
}

Task<Reply<std::vector<CollateralEntry>>> tcb_infos(ChainClientPtr client, std::optional<Hash256> at) {
    constexpr std::string_view kItem = "SgxTcbInfo";
    const auto runtime = client->runtime();
    auto prefix = substrate::storage_prefix(runtime->metadata, kTeerex, kItem);
    if (!prefix) {
        co_return unknown_item(kTeerex, kItem);
    }
    BOOST_OUTCOME_CO_TRY(const auto keys, co_await client->storage_keys(std::move(prefix).value(), at));
    std::vector<CollateralEntry> out;
    for (const auto& key : keys) {
        const auto parts = substrate::split_storage_key(runtime->metadata, kTeerex, kItem, key);
        if (!parts || parts.value().size() != 1 || parts.value().front().size() != FixedBytes<6>::kSize) {
            co_return unreadable(kItem, "a key does not hold an FMSPC");
        }
        const auto fmspc = FixedBytes<6>::copy_of(std::span<const std::uint8_t, 6>{parts.value().front()});
        BOOST_OUTCOME_CO_TRY(auto entry, co_await tcb_info(client, fmspc, at));
        if (entry) {
            out.push_back(*entry);
        }
    }
    co_return out;
}

Task<Reply<RegistryFlags>> registry_flags(ChainClientPtr client, std::optional<Hash256> at) {
    BOOST_OUTCOME_CO_TRY(const bool skipping, co_await flag(client, "AllowSkippingAttestation", at));
    BOOST_OUTCOME_CO_TRY(const bool debug, co_await flag(client, "SgxAllowDebugMode", at));
    co_return RegistryFlags{skipping, debug};
}

Task<Reply<std::vector<ShardSigner>>> shard_status(ChainClientPtr client,
                                                   Hash256 shard,
                                                   std::optional<Hash256> at) {
    constexpr std::string_view kItem = "ShardStatus";
    std::vector<Bytes> parts{to_bytes(shard.view())};
    auto reading = item_value(client, {kBridge, kItem}, at, std::move(parts));
    BOOST_OUTCOME_CO_TRY(const auto value, co_await std::move(reading));
    std::vector<ShardSigner> out;
    // A bounded vector may come as a list of one list.
    const auto* list = value ? &*value : nullptr;
    if (list != nullptr && list->size() == 1 && list->at(0)->find("signer") == nullptr) {
        list = list->at(0);
    }
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto* entry = list->at(i);
        const auto signer = fixed_of<AccountId>(entry->find("signer"));
        const auto fingerprint = fixed_of<Hash256>(entry->find("fingerprint"));
        const auto last_activity = u32_of(entry->find("last_activity"));
        if (!signer || !fingerprint || !last_activity) {
            co_return unreadable(kItem, "an entry lacks signer, fingerprint or last_activity");
        }
        out.push_back({*signer, *fingerprint, *last_activity});
    }
    co_return out;
}

Task<Reply<std::optional<UpgradableShardConfig>>> shard_config(ChainClientPtr client,
                                                               Hash256 shard,
                                                               std::optional<Hash256> at) {
    return map_entry<UpgradableShardConfig>(std::move(client), {kBridge, "ShardConfigRegistry"},
                                            to_bytes(shard.view()), at, upgradable_config_from,
                                            "the active configuration has no enclave_fingerprint");
}

Reply<uint128> existential_deposit(const Runtime& runtime) {
    const auto constant = runtime.metadata.constant("Balances", "ExistentialDeposit");
    if (!constant || constant->size() > sizeof(uint128)) {
        return unknown_item("Balances", "ExistentialDeposit");
    }
    uint128 out = 0;
    for (auto byte = constant->rbegin(); byte != constant->rend(); ++byte) {
        out = (out << 8U) | *byte;
    }
    return out;
}

}  // namespace redoubt::registry_client
