/// Why the dev chain could not do what it was asked.
#pragma once

#include <primitives/result.hpp>

namespace redoubt::devchain {

enum class ChainError : int {
    kBadGenesis = 1,        ///< the genesis cannot start a chain: no authorities, or too many
    kUnknownBlock,          ///< no block has this hash
    kStatePruned,           ///< the block is known, its state is not kept any more
    kNotOnFinalizedBranch,  ///< the block does not descend from the finalized block
    kUnknownAuthorKey,      ///< the slot belongs to an authority whose secret key is not here
    kBadExtrinsic,          ///< an extrinsic given for a block cannot be applied there
    kNoQuorum,              ///< the secret keys here are not worth enough votes to finalize
    kChangePending,         ///< a change of authorities is announced and not in force yet
    kUnusableAuthoritySet,  ///< the authority list has no weight, or too much of it
    kNotCoveredByProofs,    ///< no justification proves the finality of this block
    kBasePathLocked,        ///< another process uses the base path
    kBasePathUnusable,      ///< the database cannot be opened, read or written
    kOtherGenesis,          ///< the base path holds a chain with another genesis
    kDamagedDatabase,       ///< what the database holds does not fit together
};
[[nodiscard]] std::string_view error_domain(ChainError);
[[nodiscard]] std::string_view error_message(ChainError);
REDOUBT_ERROR_DOMAIN(ChainError)

}  // namespace redoubt::devchain

template <>
struct std::is_error_code_enum<redoubt::devchain::ChainError> : std::true_type {};
