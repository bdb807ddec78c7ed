/// The runtime of a chain as a client knows it: metadata, version, and how amounts and addresses are written.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <string>
#include <substrate/metadata.hpp>
#include <substrate/runtime_version.hpp>

namespace redoubt::registry_client {

/// Immutable; shared between everything that was decoded with it.
struct Runtime {
    substrate::Metadata metadata;
    Bytes metadata_bytes;  ///< from the magic `meta` on, V15 where the chain offers it
    substrate::RuntimeVersion version;
    std::uint16_t ss58_prefix = 42;
    std::uint8_t decimals = 0;
    std::string symbol;
};

}  // namespace redoubt::registry_client
