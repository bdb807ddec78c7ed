#include <light-client/finality_error.hpp>

namespace redoubt::light_client {

std::string_view error_domain(FinalityError) {
    return "finality";
}

std::string_view error_message(FinalityError error) {
    switch (error) {
        case FinalityError::kUnusableAuthoritySet:
            return "the authority set has no weight, too many members, or too much weight";
        case FinalityError::kTooLarge:
            return "the evidence has more entries than allowed";
        case FinalityError::kWrongTarget:
            return "the justification is for another block";
        case FinalityError::kDuplicateAncestry:
            return "a header is listed twice in the ancestry of the votes";
        case FinalityError::kNoKnownVoter:
            return "no vote is from a member of the authority set";
        case FinalityError::kBrokenAncestry:
            return "a vote does not reach the common base through the given headers";
        case FinalityError::kUnusedAncestry:
            return "the ancestry holds headers that no vote needs";
        case FinalityError::kWrongNumber:
            return "a vote claims a number that its header does not have";
        case FinalityError::kWeightBelowThreshold:
            return "the votes do not reach the threshold of the authority set";
        case FinalityError::kTargetIsNotGhost:
            return "the votes finalize another block than the one claimed";
        case FinalityError::kBadSignature:
            return "a vote's signature is not valid for this round and authority set";
        case FinalityError::kBadDigest:
            return "a GRANDPA digest item cannot be read";
        case FinalityError::kMissingJustification:
            return "headers without a justification are not final";
        case FinalityError::kBrokenChain:
            return "a header does not follow the one before it";
        case FinalityError::kStale:
            return "the evidence ends at or below the block that is already final";
        case FinalityError::kSetChangeSkipped:
            return "the headers go past the block at which the authority set changes";
        case FinalityError::kUnfinishedWarpSync:
            return "a warp sync fragment carries no set change and is not the last one";
        case FinalityError::kForcedChange:
            return "a forced authority set change cannot be verified: a new checkpoint is needed";
        case FinalityError::kOverlappingChange:
            return "an authority set change was signalled while another was pending: a new checkpoint is "
                   "needed";
        case FinalityError::kConflictingFinality:
            return "two conflicting blocks are justified: the chain's finality is broken";
        case FinalityError::kBadAnchor:
            return "the anchor's state shows no authority set";
        case FinalityError::kChangeAtAnchor:
            return "an authority set change is pending at the anchor: take a later block";
    }
    return "unknown finality error";
}

bool is_halt(const std::error_code& error) {
    return error == make_error_code(FinalityError::kForcedChange) ||
           error == make_error_code(FinalityError::kOverlappingChange) ||
           error == make_error_code(FinalityError::kConflictingFinality);
}

}  // namespace redoubt::light_client
