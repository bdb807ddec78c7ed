/// Sending one call as a signed extrinsic and following it until it is final.
#pragma once

#include <memory>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <registry-client/transaction.hpp>
#include <tools/wallet/context.hpp>

namespace redoubt::wallet {

using registry_client::TransactionOutcome;
using SigningKey = std::shared_ptr<const crypto::KeyPair>;

/// Signs with an era of 64 blocks (and the metadata digest where the chain checks it), submits, waits for
/// finality. The context outlives the task.
/// @errors dispatch_failed with the block in its details; those of chain_failure
[[nodiscard]] Task<Fallible<TransactionOutcome>> submit_call(Context& context,
                                                             ChainClientPtr chain,
                                                             Bytes call,
                                                             SigningKey key);

/// The fee that the payer was charged, from the extrinsic's events.
[[nodiscard]] std::optional<uint128> fee_of(const TransactionOutcome& outcome);

/// Extrinsic hash, block and index, the same in every document.
[[nodiscard]] Json outcome_json(const TransactionOutcome& outcome);

/// "Balances.Transfer  {…}" lines of the extrinsic's events, without the bookkeeping of System.
[[nodiscard]] std::string events_text(const TransactionOutcome& outcome);
[[nodiscard]] Json events_json(const std::vector<substrate::EventRecord>& events);

}  // namespace redoubt::wallet
