/// The metadata digest of RFC-78, which the extension CheckMetadataHash lets a signer commit to.
///
/// V14 metadata does not give the digest: it numbers types differently from V15, and the digest depends on
/// their order. Fetch V15 for it.
///
/// @source light-client.md section 7.5; RFC-78
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <string>
#include <substrate/metadata.hpp>

namespace redoubt::substrate {

/// What the runtime was built with, besides its metadata.
struct ChainProperties {
    std::uint16_t ss58_prefix = 42;
    std::uint8_t decimals = 0;
    std::string symbol;
};

/// True when the chain has the extension CheckMetadataHash.
[[nodiscard]] bool supports_metadata_hash(const Metadata& metadata);

/// @errors MetadataError::kNeedsNewerVersion for V14, kNoRuntimeVersion, kBadType
[[nodiscard]] Result<Hash256> metadata_hash(const Metadata& metadata, const ChainProperties& properties);

}  // namespace redoubt::substrate
