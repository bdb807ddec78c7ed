/// Why finality evidence is refused.
#pragma once

#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::light_client {

enum class FinalityError : int {
    kUnusableAuthoritySet = 1,  ///< no weight, too many members, or weights above u64
    kTooLarge,                  ///< more precommits, ancestry headers or headers than allowed
    kWrongTarget,               ///< the justification is for another block than claimed
    kDuplicateAncestry,         ///< the same header twice in votes_ancestries
    kNoKnownVoter,              ///< no precommit is from a member of the authority set
    kBrokenAncestry,            ///< a vote does not reach the base through votes_ancestries
    kUnusedAncestry,            ///< a header in votes_ancestries that no vote needs
    kWrongNumber,               ///< a vote or the target claims a number that is not the header's
    kWeightBelowThreshold,      ///< not enough weight for the target
    kTargetIsNotGhost,          ///< the votes finalize another block than the target
    kBadSignature,              ///< a precommit's signature is not valid
    kBadDigest,                 ///< a GRANDPA digest item that cannot be read
    kMissingJustification,      ///< headers alone are not final
    kBrokenChain,               ///< a header does not follow the one before it
    kStale,                     ///< nothing above the finalized block
    kSetChangeSkipped,          ///< headers go past the block at which the authority set changes
    kUnfinishedWarpSync,        ///< a fragment without a set change that is not the last one
    kForcedChange,              ///< halt: only a new checkpoint can tell what follows
    kOverlappingChange,         ///< halt: a set change was signalled while one was pending
    kConflictingFinality,       ///< halt: two branches are justified; a third of the weight is dishonest
    kBadAnchor,                 ///< a trust anchor whose state shows no authority set
    kChangeAtAnchor,            ///< a trust anchor in whose state a set change is pending
};
[[nodiscard]] std::string_view error_domain(FinalityError);
[[nodiscard]] std::string_view error_message(FinalityError);
REDOUBT_ERROR_DOMAIN(FinalityError)

/// True for errors after which a client must not go on without an operator.
[[nodiscard]] bool is_halt(const std::error_code& error);

}  // namespace redoubt::light_client

template <>
struct std::is_error_code_enum<redoubt::light_client::FinalityError> : std::true_type {};
