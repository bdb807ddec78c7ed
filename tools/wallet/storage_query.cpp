#include <tools/wallet/storage_query.hpp>

#include <nlohmann/json.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/storage_key.hpp>
#include <tools/wallet/context.hpp>

namespace redoubt::wallet {
namespace {

bool is_account_id(const substrate::TypeRegistry& types, substrate::TypeId type) {
    const auto* found = types.find(type);
    return found != nullptr && !found->path.empty() && found->path.back() == "AccountId32";
}

Fallible<Bytes> encode_part(const Runtime& runtime,
                            const Accounts& accounts,
                            substrate::TypeId type,
                            const std::string& text) {
    const auto& types = runtime.metadata.types();
    if (is_account_id(types, type)) {
        BOOST_OUTCOME_TRY(const auto account, accounts.resolve(text, runtime.ss58_prefix));
        return to_bytes(account.view());
    }
    auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        json = text;
    }
    Bytes out;
    const auto value = registry_client::value_from_json(types, type, json);
    const auto encoded =
        value ? substrate::encode_value(types, type, value.value(), out) : Result<void>{value.error()};
    if (!encoded) {
        return usage_failure("storage_key_malformed",
                             "'" + text + "' does not fit this part of the key: " + encoded.error().message(),
                             "Write numbers in decimal, hashes and bytes as 0x…, other values as JSON.");
    }
    return out;
}

}  // namespace

Fallible<StorageQuery> build_storage_query(const Runtime& runtime,
                                           const Accounts& accounts,
                                           const std::string& pallet,
                                           const std::string& item,
                                           const std::vector<std::string>& keys) {
    BOOST_OUTCOME_TRY(require_pallet(runtime, pallet));
    const auto* entry = runtime.metadata.find_pallet(pallet)->find_storage(item);
    if (entry == nullptr) {
        return usage_failure("storage_item_missing", "the pallet " + pallet + " has no storage item " + item,
                             "See `redoubt chain metadata --pallet " + pallet + "`.");
    }
    const auto types = substrate::key_part_types(runtime.metadata.types(), *entry);
    if (!types || keys.size() > types.value().size()) {
        const auto count = types ? types.value().size() : 0;
        return usage_failure("storage_key_malformed",
                             pallet + "." + item + " takes " + std::to_string(count) + " key(s), not " +
                                 std::to_string(keys.size()),
                             "Leave out what is too much.");
    }
    std::vector<Bytes> parts;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        BOOST_OUTCOME_TRY(auto part, encode_part(runtime, accounts, types.value()[i], keys[i]));
        parts.push_back(std::move(part));
    }
    StorageQuery query;
    query.is_complete = parts.size() == types.value().size();
    BOOST_OUTCOME_TRY(query.key,
                      or_fail(substrate::storage_key(runtime.metadata, pallet, item, parts),
                              usage_failure("storage_key_malformed", "the storage key cannot be made", "")));
    return query;
}

}  // namespace redoubt::wallet
