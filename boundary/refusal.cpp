#include <boundary/frame.hpp>
#include <boundary/refusal.hpp>

namespace redoubt::boundary {

std::string_view error_domain(Refusal) {
    return "enclave";
}

std::string_view error_message(Refusal error) {
    switch (error) {
        case Refusal::kProtocolMismatch:
            return "host and enclave speak different protocol versions: install both from one release";
        case Refusal::kMalformed:
            return "the enclave could not decode the message";
        case Refusal::kOutOfOrder:
            return "the message is not allowed in the enclave's present phase";
        case Refusal::kSealedByOtherEnclave:
            return "the data was sealed by another enclave binary or on another platform: start the enclave "
                   "that sealed it, or begin with an empty data directory";
        case Refusal::kIdentityDamaged:
            return "the sealed identity is damaged: restore the data directory from a copy";
        case Refusal::kOtherChain:
            return "the data directory belongs to a chain with another genesis hash";
        case Refusal::kOtherShard:
            return "the data directory belongs to another shard";
        case Refusal::kDevRefused:
            return "development mode exists on the simulated TEE only";
        case Refusal::kDevMismatch:
            return "the data directory was created with the other setting of development mode";
        case Refusal::kJournalSealedElsewhere:
            return "a journal record was sealed by another enclave binary, platform or identity";
        case Refusal::kJournalDamaged:
            return "a journal record is damaged or was altered: restore the data directory from a copy";
        case Refusal::kJournalGap:
            return "a journal record is missing, repeated or out of order: restore the data directory from a "
                   "copy";
        case Refusal::kJournalIncomplete:
            return "the last journal record is incomplete: restore the data directory from a copy";
        case Refusal::kRuntimeMissing:
            return "the enclave has not been given the runtime's metadata";
        case Refusal::kRuntimeOutdated:
            return "the chain's runtime was upgraded and the enclave needs the new metadata";
        case Refusal::kMetadataUnusable:
            return "the enclave cannot decode the runtime's metadata";
        case Refusal::kChainUnsupported:
            return "the runtime lacks a pallet, call or extension that the enclave needs";
        case Refusal::kHeaderUnusable:
            return "the enclave cannot decode the block header";
        case Refusal::kWrongParent:
            return "the block does not follow the last imported one";
        case Refusal::kBlockTooLarge:
            return "the block is larger than the enclave accepts";
        case Refusal::kEventsUnusable:
            return "the block's events cannot be decoded or do not fit its extrinsics";
        case Refusal::kNoCommitWaiting:
            return "no commit of that sequence waits to be persisted";
        case Refusal::kNoBlockYet:
            return "the enclave signs only after it has imported a block";
        case Refusal::kUnknownOutboxItem:
            return "the outbox has no such entry";
        case Refusal::kMethodUnsupported:
            return "no such method of attestation, or its evidence is missing or too long";
        case Refusal::kUrlUnusable:
            return "the worker URL is longer than 256 bytes or empty";
        case Refusal::kUnknownConnection:
            return "no such client connection";
        case Refusal::kTooManyClients:
            return "the enclave serves no more client connections";
        case Refusal::kStateTooLarge:
            return "the state does not fit into a journal base";
        case Refusal::kCryptoFailed:
            return "a cryptographic operation failed inside the enclave";
        case Refusal::kSigningFailed:
            return "the enclave could not encode or sign the call with this metadata";
        case Refusal::kMetadataTooOld:
            return "the chain checks metadata hashes: the enclave needs metadata version 15 or newer";
        case Refusal::kAnchorMissing:
            return "a new identity needs a block that is trusted at first: the genesis block or a checkpoint";
        case Refusal::kAnchorUnusable:
            return "the trust anchor cannot be used: its header or proof does not fit, or shows no authority "
                   "set";
        case Refusal::kAnchorPending:
            return "a change of authorities is under way at the checkpoint: take a checkpoint of a later "
                   "block";
        case Refusal::kOtherAnchor:
            return "the data directory was created with another checkpoint, which cannot be replaced";
        case Refusal::kFinalityMismatch:
            return "the data directory was created with the other setting of unverified finality";
        case Refusal::kUnverifiedRefused:
            return "unverified finality, and finality that never gets stale, exist in development mode only";
        case Refusal::kNotFinal:
            return "the block is not the next one that was shown to be final";
        case Refusal::kBlocksWaiting:
            return "too many final blocks wait to be imported";
        case Refusal::kHeadersMissing:
            return "the headers between the last imported and the finalized block are missing";
        case Refusal::kHopTooLate:
            return "headers cannot be left out once the shard has begun";
        case Refusal::kUnverified:
            return "this enclave was created to take blocks without evidence";
        case Refusal::kExtrinsicsRootMismatch:
            return "the extrinsics are not those of the block: their root is not the header's";
        case Refusal::kStateProofMissing:
            return "the proof of the block's events is missing or incomplete";
        case Refusal::kStateProofBad:
            return "the proof of the block's events does not belong to the header's state root";
        case Refusal::kMetadataChanged:
            return "the metadata differs from what was used before for the same runtime version";
        case Refusal::kJustificationMissing:
            return "there is no justification: the headers alone are not final";
        case Refusal::kJustificationUnreadable:
            return "the justification cannot be decoded or is too large";
        case Refusal::kJustificationWrongTarget:
            return "the justification is for another block";
        case Refusal::kJustificationBadAncestry:
            return "the votes in the justification do not lead to the block";
        case Refusal::kJustificationForeign:
            return "no vote in the justification is from a member of the authority set in charge";
        case Refusal::kJustificationTooLight:
            return "the votes in the justification have too little weight";
        case Refusal::kJustificationBadSignature:
            return "a vote's signature in the justification is wrong, or was made for another authority set";
        case Refusal::kHeadersUnlinked:
            return "the headers do not follow the finalized block one by one";
        case Refusal::kFinalityStale:
            return "the evidence is about blocks that were final already";
        case Refusal::kSetChangeSkipped:
            return "the headers go past the block at which the authority set changes";
        case Refusal::kAuthoritiesUnusable:
            return "a header announces authorities that cannot be read or used";
        case Refusal::kWarpSyncUnusable:
            return "the hops over authority sets cannot be read or are incomplete";
        case Refusal::kHaltForcedChange:
            return "halted: the chain exchanged its authorities by force, and only a checkpoint after that "
                   "can be trusted";
        case Refusal::kHaltOverlappingChange:
            return "halted: the chain announced a change of authorities while another one was under way";
        case Refusal::kHaltConflict:
            return "halted: two branches were finalized; a third of the authorities' weight is dishonest";
        case Refusal::kStale:
            return "the last final block is too old: nothing is signed until finality advances";
        case Refusal::kChainStateUnwanted:
            return "nothing waits for this chain state";
        case Refusal::kRelayMismatch:
            return "the data directory was created for another relay chain or parachain id";
        case Refusal::kNotAParachain:
            return "this enclave was not created for a parachain";
        case Refusal::kRelayBlockUnknown:
            return "the relay block is not one of those that were shown to be final";
        case Refusal::kRelayBlockStale:
            return "the relay block is older than the one that named the parachain's head last";
        case Refusal::kParachainUnknown:
            return "the relay chain has no parachain of that id";
        case Refusal::kHeadProofMissing:
            return "the proof of the parachain's head on the relay chain is missing or incomplete";
        case Refusal::kHeadProofBad:
            return "the proof of the parachain's head does not belong to the relay block's state root";
        case Refusal::kHeadUnusable:
            return "what the relay chain holds as the parachain's head is no block header";
        case Refusal::kGenesisUnproven:
            return "the parachain's genesis block is not proven by the state of its head";
        case Refusal::kOtherParachain:
            return "the relay chain's head is of a parachain with another genesis block";
        case Refusal::kHaltParachain:
            return "halted: the relay chain finalized a head of the parachain that does not follow the known "
                   "one";
        case Refusal::kSealBad:
            return "the block is not sealed by the author whose slot it is";
        case Refusal::kPageMissing:
            return "a page of the state is missing: restore the data directory from a copy";
        case Refusal::kPageDamaged:
            return "a page of the state is damaged or was altered: restore the data directory from a copy";
        case Refusal::kPageOutdated:
            return "a page of the state is an older one: parts of the data directory were exchanged; restore "
                   "all "
                   "of it from one copy";
        case Refusal::kActivityUnchecked:
            return "the enclave has to see first what the chain says of its last activity";
        case Refusal::kActivityUnproven:
            return "the worker's last activity on chain is not proven";
        case Refusal::kRolledBack:
            return "the data directory is an older copy: the chain shows that this worker has processed "
                   "later "
                   "blocks than it remembers";
        case Refusal::kOtherRootPublished:
            return "the worker has published another root for a block than its state had after that block";
        case Refusal::kEvidenceFailed:
            return "what makes evidence answered with something else: look at the lines of the enclave";
        case Refusal::kEvidenceGone:
            return "what makes evidence beside the enclave has ended: the enclave has to be started again";
        case Refusal::kEndorsementsMalformed:
            return "the endorsements are neither the collateral of a quote nor the certificates of a report";
        case Refusal::kStateDiffers:
            return "the journal and the pages of the state do not belong together: restore the data "
                   "directory "
                   "from one copy";
    }
    return "unknown refusal";
}

Refused refused(std::error_code error) {
    if (error.category() == error_category<Refusal>()) {
        return {.domain = kRefusalDomain, .value = static_cast<std::uint32_t>(error.value())};
    }
    if (error.category() == error_category<DecodeError>()) {
        return {.domain = kDecodeDomain, .value = static_cast<std::uint32_t>(error.value())};
    }
    const auto fallback =
        error.category() == error_category<FrameError>() ? Refusal::kMalformed : Refusal::kCryptoFailed;
    return {.domain = kRefusalDomain, .value = static_cast<std::uint32_t>(fallback)};
}

std::error_code error_of(const Refused& refused) {
    constexpr auto kLastRefusal = static_cast<std::uint32_t>(Refusal::kEvidenceGone);
    constexpr auto kLastDecode = static_cast<std::uint32_t>(DecodeError::kBadOrder);
    if (refused.domain == kRefusalDomain && refused.value >= 1 && refused.value <= kLastRefusal) {
        return make_error_code(static_cast<Refusal>(refused.value));
    }
    if (refused.domain == kDecodeDomain && refused.value >= 1 && refused.value <= kLastDecode) {
        return make_error_code(static_cast<DecodeError>(refused.value));
    }
    return make_error_code(Refusal::kMalformed);
}

}  // namespace redoubt::boundary
