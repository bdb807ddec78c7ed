/// 32-byte names as people write them: shards and fingerprints in base58, or in hex.
#pragma once

#include <primitives/bytes.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// Base58 without a checksum, as Integritee writes shards and fingerprints.
[[nodiscard]] std::string to_base58(const Hash256& hash);

/// Reads `0x` and 64 hex digits, or base58 of 32 bytes.
/// @param what  for the message: "shard"   @errors identifier_malformed
[[nodiscard]] Fallible<Hash256> parse_identifier(std::string_view text, std::string_view what);

}  // namespace redoubt::wallet
