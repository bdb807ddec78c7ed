#include <light-client/parachain_error.hpp>

namespace redoubt::light_client {

std::string_view error_domain(ParachainError) {
    return "parachain";
}

std::string_view error_message(ParachainError error) {
    switch (error) {
        case ParachainError::kUnknownRelayBlock:
            return "the relay block is not one of those that were finalized recently";
        case ParachainError::kStaleRelayBlock:
            return "the relay block is below the one that anchored the parachain last";
        case ParachainError::kNotRegistered:
            return "the relay chain has no head for the parachain";
        case ParachainError::kBadHead:
            return "the parachain's head on the relay chain is no header";
        case ParachainError::kTooManyHeaders:
            return "there are more headers than allowed between two heads of the parachain";
        case ParachainError::kBrokenChain:
            return "the headers do not lead from the known head of the parachain to the new one";
        case ParachainError::kConflictingHead:
            return "the relay chain finalized a head of the parachain that does not descend from the known "
                   "one";
        case ParachainError::kGenesisUnproven:
            return "the parachain's head was not shown to name a genesis block";
        case ParachainError::kOtherGenesis:
            return "the parachain's head is of a chain with another genesis block";
    }
    return "unknown parachain error";
}

}  // namespace redoubt::light_client
