/// Money for the enclave's account: how much it needs, waiting for it, and //Alice's in development.
///
/// The daemon holds no money itself. It reads balances and fees from the node, which it does not have to
/// believe: at worst a transaction is refused later.
#pragma once

#include <node/problem.hpp>
#include <primitives/uint128.hpp>
#include <registry-client/chain_client.hpp>

#include <functional>
#include <string>

namespace redoubt::node {

/// An amount in the chain's unit, for example "1.25 TEER".
[[nodiscard]] std::string format_amount(uint128 amount, std::uint8_t decimals, const std::string& symbol);

/// SS58 with the chain's prefix, or hex where the chain's prefix is none.
[[nodiscard]] std::string format_account(const AccountId& account, std::uint16_t ss58_prefix);

/// The fee of an extrinsic as the runtime computes it (TransactionPaymentApi.query_info); where the chain has
/// none, a thousandth of its unit.
[[nodiscard]] Task<uint128> fee_of(registry_client::ChainClientPtr chain, Bytes extrinsic);

/// What an account can spend on fees: free less frozen.
[[nodiscard]] uint128 spendable(const registry_client::AccountInfo& info);

/// The existential deposit and the fees of so many transactions; saturates.
[[nodiscard]] uint128 funds_needed(uint128 existential_deposit, uint128 fee, std::uint32_t transactions);

/// Sends `amount` from //Alice to `account` and waits until it is final.
/// @errors kChain when the transfer fails for good
[[nodiscard]] Task<Outcome<>> fund_from_alice(registry_client::ChainClientPtr chain,
                                              AccountId account,
                                              uint128 amount);

/// Reads the balance at each finalized head until `needed` can be spent; says once, and again every five
/// minutes, which account needs how much.
/// @errors kChain when the chain fails for good
[[nodiscard]] Task<Outcome<>> wait_for_funds(registry_client::ChainClientPtr chain,
                                             AccountId account,
                                             uint128 needed);

}  // namespace redoubt::node
