/// A parachain's head as its relay chain holds it: `Paras.Heads(id)`, read with a proof.
///
/// @source light-client.md, section 15
#pragma once

#include <cstdint>
#include <light-client/finality_tracker.hpp>
#include <light-client/parachain_error.hpp>
#include <primitives/bytes.hpp>
#include <span>

namespace redoubt::light_client {

/// A head that the relay chain's state proves.
struct ParachainHead {
    FinalizedBlock block;
    Hash256 parent_hash;
    Bytes header;  ///< encoded
};

/// The storage key of `Paras.Heads(para_id)`.
[[nodiscard]] Bytes parachain_head_key(std::uint32_t para_id);

/// @param state_root  of a relay block
/// @param proof       a read proof of parachain_head_key
/// @errors trie::TrieError; ParachainError::kNotRegistered, kBadHead
[[nodiscard]] Result<ParachainHead> read_parachain_head(const Hash256& state_root,
                                                        std::uint32_t para_id,
                                                        std::span<const Bytes> proof);

}  // namespace redoubt::light_client
