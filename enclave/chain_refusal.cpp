#include <enclave/chain_refusal.hpp>
#include <light-client/finality_error.hpp>
#include <light-client/parachain_error.hpp>
#include <trie/trie_error.hpp>

namespace redoubt::enclave {

using boundary::Refusal;
using light_client::FinalityError;
using light_client::ParachainError;
using trie::TrieError;

namespace {

Refusal refusal_of(FinalityError error) {
    switch (error) {
        case FinalityError::kTooLarge:
            return Refusal::kJustificationUnreadable;
        case FinalityError::kWrongTarget:
            return Refusal::kJustificationWrongTarget;
        case FinalityError::kDuplicateAncestry:
        case FinalityError::kBrokenAncestry:
        case FinalityError::kUnusedAncestry:
        case FinalityError::kWrongNumber:
        case FinalityError::kTargetIsNotGhost:
            return Refusal::kJustificationBadAncestry;
        case FinalityError::kNoKnownVoter:
            return Refusal::kJustificationForeign;
        case FinalityError::kWeightBelowThreshold:
            return Refusal::kJustificationTooLight;
        case FinalityError::kBadSignature:
            return Refusal::kJustificationBadSignature;
        case FinalityError::kMissingJustification:
            return Refusal::kJustificationMissing;
        case FinalityError::kBrokenChain:
            return Refusal::kHeadersUnlinked;
        case FinalityError::kStale:
            return Refusal::kFinalityStale;
        case FinalityError::kSetChangeSkipped:
            return Refusal::kSetChangeSkipped;
        case FinalityError::kUnusableAuthoritySet:
        case FinalityError::kBadDigest:
            return Refusal::kAuthoritiesUnusable;
        case FinalityError::kUnfinishedWarpSync:
            return Refusal::kWarpSyncUnusable;
        case FinalityError::kForcedChange:
            return Refusal::kHaltForcedChange;
        case FinalityError::kOverlappingChange:
            return Refusal::kHaltOverlappingChange;
        case FinalityError::kConflictingFinality:
            return Refusal::kHaltConflict;
        case FinalityError::kBadAnchor:
            return Refusal::kAnchorUnusable;
        case FinalityError::kChangeAtAnchor:
            return Refusal::kAnchorPending;
    }
    return Refusal::kMalformed;
}

Refusal refusal_of(ParachainError error) {
    switch (error) {
        case ParachainError::kUnknownRelayBlock:
            return Refusal::kRelayBlockUnknown;
        case ParachainError::kStaleRelayBlock:
            return Refusal::kRelayBlockStale;
        case ParachainError::kNotRegistered:
            return Refusal::kParachainUnknown;
        case ParachainError::kBadHead:
            return Refusal::kHeadUnusable;
        case ParachainError::kTooManyHeaders:
            return Refusal::kBlockTooLarge;
        case ParachainError::kBrokenChain:
            return Refusal::kHeadersUnlinked;
        case ParachainError::kConflictingHead:
            return Refusal::kHaltParachain;
        case ParachainError::kGenesisUnproven:
            return Refusal::kGenesisUnproven;
        case ParachainError::kOtherGenesis:
            return Refusal::kOtherParachain;
    }
    return Refusal::kMalformed;
}

}  // namespace

Refusal finality_refusal(const std::error_code& error) {
    if (error.category() == error_category<FinalityError>()) {
        return refusal_of(static_cast<FinalityError>(error.value()));
    }
    // Headers are decoded before they come here: what is left is the justification.
    return Refusal::kJustificationUnreadable;
}

Refusal parachain_refusal(const std::error_code& error) {
    if (error.category() == error_category<ParachainError>()) {
        return refusal_of(static_cast<ParachainError>(error.value()));
    }
    if (error.category() == error_category<FinalityError>()) {
        return finality_refusal(error);
    }
    if (error == TrieError::kIncomplete || error == TrieError::kMissingRoot) {
        return Refusal::kHeadProofMissing;
    }
    // The head and the headers are known by hash: what is left is a header that only its writer can read.
    return error.category() == error_category<TrieError>() ? Refusal::kHeadProofBad
                                                           : Refusal::kHeaderUnusable;
}

Refusal proof_refusal(const std::error_code& error) {
    if (error == TrieError::kIncomplete || error == TrieError::kMissingRoot) {
        return Refusal::kStateProofMissing;
    }
    return Refusal::kStateProofBad;
}

Refusal anchor_refusal(const std::error_code& error) {
    return error == FinalityError::kChangeAtAnchor ? Refusal::kAnchorPending : Refusal::kAnchorUnusable;
}

}  // namespace redoubt::enclave
