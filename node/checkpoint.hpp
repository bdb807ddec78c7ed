/// Checkpoint files: a finalized block with the proof of the authorities that sign what follows it, written
/// by `redoubt chain checkpoint` and given to `redoubtd run --checkpoint`.
///
/// Layout: docs/PROTOCOL.md, "Checkpoint".
#pragma once

#include <boundary/messages.hpp>
#include <node/problem.hpp>

#include <filesystem>

namespace redoubt::node {

/// Reads a checkpoint of the chain with this genesis hash. Whether its proof holds is judged by the enclave.
/// @errors kUsage: unreadable, malformed, of another chain, or its number or hash is not the header's
[[nodiscard]] Outcome<boundary::TrustAnchor> read_checkpoint(const std::filesystem::path& file,
                                                             const Hash256& genesis_hash);

}  // namespace redoubt::node
