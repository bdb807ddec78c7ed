/// Checkpoints: a finalized block with the proof of the authorities that sign what follows it, for
/// `redoubtd run --checkpoint`. Layout: docs/PROTOCOL.md, "Checkpoint".
#pragma once

#include <registry-client/chain_client.hpp>
#include <tools/wallet/command_line.hpp>

#include <string>

namespace redoubt::wallet {

/// Asks the node for the block and its proof, checks that they fit together, and writes the file.
/// @param block  a finalized block
[[nodiscard]] Task<Fallible<Report>> write_checkpoint(ChainClientPtr chain, Hash256 block, std::string path);

}  // namespace redoubt::wallet
