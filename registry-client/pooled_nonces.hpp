/// Which nonces of an account a transaction pool holds.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <set>
#include <span>
#include <substrate/metadata.hpp>

namespace redoubt::registry_client {

/// The nonces of the extrinsics that `account` signed. Extrinsics that this runtime does not know are none of
/// the account's: no block will hold them either.
/// @param pool  extrinsics with length prefix, as author_pendingExtrinsics lists them
[[nodiscard]] std::set<std::uint32_t> nonces_of(const substrate::Metadata& metadata,
                                                std::span<const Bytes> pool,
                                                const AccountId& account);

}  // namespace redoubt::registry_client
