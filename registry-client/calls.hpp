/// Calls that host programs make, encoded by the chain's own metadata.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>
#include <substrate/metadata.hpp>

namespace redoubt::registry_client {

/// Balances.transfer_keep_alive(destination, amount).
/// @errors those of substrate::encode_call
[[nodiscard]] Result<Bytes> transfer_keep_alive_call(const substrate::Metadata& metadata,
                                                     const AccountId& destination,
                                                     uint128 amount);
/// EnclaveBridge.invoke of an encrypted trusted call. @source integritee-wire.md 2.4, 3.5
[[nodiscard]] Result<Bytes> invoke_call(const substrate::Metadata& metadata,
                                        const Hash256& shard,
                                        ByteView ciphertext);
/// EnclaveBridge.shield_funds to the account that `encrypted_account` holds. @source integritee-wire.md 2.4
[[nodiscard]] Result<Bytes> shield_funds_call(const substrate::Metadata& metadata,
                                              const Hash256& shard,
                                              ByteView encrypted_account,
                                              uint128 amount);
/// Teerex.unregister_sovereign_enclave: anybody may remove an entry that is older than 48 hours.
[[nodiscard]] Result<Bytes> unregister_enclave_call(const substrate::Metadata& metadata,
                                                    const AccountId& enclave);

}  // namespace redoubt::registry_client
