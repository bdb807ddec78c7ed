/// Accounts of the parent chain as modules read them.
///
/// Keys and layout are of this build and not taken from metadata: metadata comes from the host and proves
/// nothing about storage, and a false one could lead to another key, under which nothing is stored.
#pragma once

#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <stf/chain_reader.hpp>
#include <stf/types/returns.hpp>

namespace redoubt::stf {

/// The key of `System.Account(account)`.
[[nodiscard]] Bytes chain_account_key(const AccountId& account);

/// What the chain holds of an account; nullopt when the account does not exist there.
/// @errors those of ChainReader::read; StfError::kChainValueUnreadable when the value is not laid out as
///   AccountInfo
[[nodiscard]] Result<std::optional<AccountInfo>> read_chain_account(ChainReader& chain,
                                                                    const AccountId& account);

}  // namespace redoubt::stf
