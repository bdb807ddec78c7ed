/// Writes the metadata of the runtime, in any version, from the descriptions of its pallets, extensions and
/// runtime APIs.
///
/// @source light-client.md section 8
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::devchain {

/// The metadata with its magic in front. @param version  14, 15 or 16
[[nodiscard]] Bytes write_metadata(unsigned version);

}  // namespace redoubt::devchain
