/// From words on the command line to a storage key: `System Account //Alice`.
#pragma once

#include <registry-client/runtime.hpp>
#include <string>
#include <tools/wallet/accounts.hpp>
#include <vector>

namespace redoubt::wallet {

struct StorageQuery {
    Bytes key;
    bool is_complete = true;  ///< false: the key is a prefix, because parts of it were left out
};

/// @param keys  one text for each part of the key: an account where the part is an account id, else JSON or
/// plain text
/// @errors pallet_missing, storage_item_missing, storage_key_malformed; those of Accounts::resolve
[[nodiscard]] Fallible<StorageQuery> build_storage_query(const registry_client::Runtime& runtime,
                                                         const Accounts& accounts,
                                                         const std::string& pallet,
                                                         const std::string& item,
                                                         const std::vector<std::string>& keys);

}  // namespace redoubt::wallet
