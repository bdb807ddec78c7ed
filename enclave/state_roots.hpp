/// Which root the shard's state had after each of the last blocks: what this worker confirmed of them.
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <stf/state.hpp>

namespace redoubt::enclave {

/// Blocks that are kept; the oldest go first.
inline constexpr std::uint32_t kStateRootsMax = 65'536;

void record_state_root(stf::Overlay& state, std::uint32_t block, const Hash256& root);

/// nullopt for a block that was not processed, or that is forgotten.
[[nodiscard]] std::optional<Hash256> find_state_root(const stf::StateReader& state, std::uint32_t block);

}  // namespace redoubt::enclave
