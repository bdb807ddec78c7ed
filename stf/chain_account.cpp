#include <primitives/scale.hpp>
#include <stf/chain_account.hpp>
#include <stf/stf_error.hpp>
#include <substrate/storage_key.hpp>

namespace redoubt::stf {

Bytes chain_account_key(const AccountId& account) {
    auto key = substrate::storage_prefix("System", "Account");
    substrate::append_hashed(key, substrate::StorageHasher::kBlake2_128Concat, account.view());
    return key;
}

Result<std::optional<AccountInfo>> read_chain_account(ChainReader& chain, const AccountId& account) {
    BOOST_OUTCOME_TRY(const auto stored, chain.read(chain_account_key(account)));
    if (!stored) {
        return std::optional<AccountInfo>{};
    }
    const auto info = scale::decode<AccountInfo>(*stored);
    if (!info) {
        return StfError::kChainValueUnreadable;
    }
    return std::optional{info.value()};
}

}  // namespace redoubt::stf
