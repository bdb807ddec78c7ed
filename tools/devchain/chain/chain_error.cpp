#include <tools/devchain/chain/chain_error.hpp>

namespace redoubt::devchain {

std::string_view error_domain(ChainError) {
    return "dev chain";
}

std::string_view error_message(ChainError error) {
    switch (error) {
        case ChainError::kBadGenesis:
            return "the genesis has no authorities or too many";
        case ChainError::kUnknownBlock:
            return "unknown block";
        case ChainError::kStatePruned:
            return "the state of this block is not kept any more";
        case ChainError::kNotOnFinalizedBranch:
            return "the block does not descend from the finalized block";
        case ChainError::kUnknownAuthorKey:
            return "the slot belongs to an authority whose secret key is not here";
        case ChainError::kBadExtrinsic:
            return "an extrinsic cannot be applied in this block";
        case ChainError::kNoQuorum:
            return "the known voters have too little weight to finalize";
        case ChainError::kChangePending:
            return "a change of authorities is pending already";
        case ChainError::kUnusableAuthoritySet:
            return "the authority list cannot be used";
        case ChainError::kNotCoveredByProofs:
            return "no justification proves the finality of this block";
        case ChainError::kBasePathLocked:
            return "the base path is in use by another process";
        case ChainError::kBasePathUnusable:
            return "the database in the base path cannot be used";
        case ChainError::kOtherGenesis:
            return "the base path holds a chain with another genesis";
        case ChainError::kDamagedDatabase:
            return "the database in the base path is damaged";
    }
    return "unknown error";
}

}  // namespace redoubt::devchain
