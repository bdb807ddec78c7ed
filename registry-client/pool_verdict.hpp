/// What a node's refusal of a transaction means, and what can be done about it.
#pragma once

#include <cstdint>
#include <rpc/failure.hpp>

namespace redoubt::registry_client {

/// One enumerator per remedy.
enum class PoolVerdict : std::uint8_t {
    kInPool,       ///< the pool has it already: wait
    kStaleNonce,   ///< the nonce is used: take another, if nothing of ours can have used it
    kFutureNonce,  ///< nonces before it are missing: submit the same again after a block
    kNonceTaken,   ///< another transaction with the nonce waits in the pool
    kTryLater,     ///< pool full, block full, validity unknown: the same again later
    kBanned,       ///< it was invalid before, and these bytes are not looked at for half an hour
    kSignAgain,    ///< the signature does not fit the present runtime or era: sign with the same nonce
    kNotOffered,   ///< the node does not have the method
    kRefused,      ///< the chain will not take the call
    kUnknown,      ///< no verdict came: the connection broke, or no answer in time
};

/// Reads the error of author_submitExtrinsic or author_submitAndWatchExtrinsic. Substrate nodes speak in
/// codes and phrases, chopsticks in the JSON of TransactionValidityError.
/// @source light-client.md section 16; polkadot-sdk, substrate/client/rpc-api/src/author/error.rs
[[nodiscard]] PoolVerdict pool_verdict(const rpc::Failure& failure);

}  // namespace redoubt::registry_client
