/// The codes that cross the boundary when a message is refused. A code and nothing else: no text, no state.
#pragma once

#include <boundary/messages.hpp>
#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::boundary {

/// Why the enclave did not carry out a message. One enumerator per distinct remedy of the host.
/// The numbers are wire values: append only.
enum class Refusal : int {
    kProtocolMismatch = 1,         ///< host and enclave are of different releases
    kMalformed = 2,                ///< the message cannot be decoded
    kOutOfOrder = 3,               ///< this message is not allowed in the enclave's present phase
    kSealedByOtherEnclave = 4,     ///< identity sealed by another enclave binary or another platform
    kIdentityDamaged = 5,          ///< the sealed identity is damaged: restore it from a copy
    kOtherChain = 6,               ///< the identity belongs to another genesis hash
    kOtherShard = 7,               ///< the identity belongs to another shard
    kDevRefused = 8,               ///< development mode is not possible on this TEE
    kDevMismatch = 9,              ///< the identity was created with the other development mode
    kJournalSealedElsewhere = 10,  ///< a journal record of another identity
    kJournalDamaged = 11,          ///< a journal record is damaged or altered
    kJournalGap = 12,              ///< a journal record is missing, repeated or out of order
    kJournalIncomplete = 13,       ///< RestoreDone before all parts of the last record were given
    kRuntimeMissing = 14,          ///< SetRuntime has to come first
    kRuntimeOutdated = 15,         ///< the chain's runtime was upgraded: SetRuntime with the new metadata
    kMetadataUnusable = 16,        ///< the metadata cannot be decoded
    kChainUnsupported = 17,        ///< the runtime lacks a pallet, call or extension that the enclave needs
    kHeaderUnusable = 18,          ///< the header cannot be decoded
    kWrongParent = 19,             ///< the block does not follow the last imported one
    kBlockTooLarge = 20,           ///< extrinsics, events or proof above the limits
    kEventsUnusable = 21,          ///< System.Events cannot be decoded or does not fit the extrinsics
    kNoCommitWaiting = 22,         ///< CommitPersisted without a commit, or with another sequence
    kNoBlockYet = 23,              ///< signing needs an imported block
    kUnknownOutboxItem = 24,       ///< no such entry: it was confirmed by an imported block already
    kMethodUnsupported = 25,       ///< no such method of attestation, or its evidence is missing or too long
    kUrlUnusable = 26,             ///< the worker URL is too long or not text
    kUnknownConnection = 27,       ///< no such client connection
    kTooManyClients = 28,          ///< the endpoint serves no more connections
    kStateTooLarge = 29,           ///< the state does not fit a journal base
    kCryptoFailed = 30,            ///< a cryptographic library failed: see the enclave's standard error
    kSigningFailed = 31,           ///< the call could not be encoded or signed with this metadata
    kMetadataTooOld = 32,          ///< the chain checks metadata hashes: give version 15 or newer
    kAnchorMissing = 33,           ///< a new identity needs a block to trust at first
    kAnchorUnusable = 34,  ///< the anchor's header or proof cannot be read, or shows no usable authority set
    kAnchorPending = 35,   ///< a change of authorities is under way at the anchor: take a later block
    kOtherAnchor = 36,     ///< another anchor than the sealed one
    kFinalityMismatch = 37,   ///< the identity was created with the other setting of unverified finality
    kUnverifiedRefused = 38,  ///< unverified finality, or no limit for stale finality, outside development
    kNotFinal = 39,           ///< the block is not the next one known to be final
    kBlocksWaiting = 40,      ///< too many final blocks wait: import them first
    kHeadersMissing =
        41,  ///< the headers between the last imported and the finalized block have to come first
    kHopTooLate =
        42,  ///< hops are possible before the first block only: every later block has to be imported
    kUnverified = 43,                ///< finality is not verified by this identity
    kExtrinsicsRootMismatch = 44,    ///< the body is not the one that the header commits to
    kStateProofMissing = 45,         ///< no proof, or one that does not reach far enough
    kStateProofBad = 46,             ///< a proof that does not belong to the header's state root
    kMetadataChanged = 47,           ///< other metadata than before for the same runtime version
    kJustificationMissing = 48,      ///< headers without a justification are not final
    kJustificationUnreadable = 49,   ///< a justification that cannot be decoded or is too large
    kJustificationWrongTarget = 50,  ///< a justification of another block
    kJustificationBadAncestry = 51,  ///< the votes do not fit together with the headers in the justification
    kJustificationForeign = 52,      ///< no vote is from the authority set in charge
    kJustificationTooLight = 53,     ///< the votes have too little weight
    kJustificationBadSignature =
        54,                     ///< a vote's signature does not fit, or was made for another authority set
    kHeadersUnlinked = 55,      ///< a header does not follow the one before it, or the finalized block
    kFinalityStale = 56,        ///< nothing above the finalized block
    kSetChangeSkipped = 57,     ///< the headers go past the block at which the authority set changes
    kAuthoritiesUnusable = 58,  ///< a header announces an authority set that cannot be read or used
    kWarpSyncUnusable = 59,     ///< a warp sync response that cannot be read or does not end where it has to
    kHaltForcedChange =
        60,  ///< halt: authorities were exchanged by force; only a checkpoint can tell what follows
    kHaltOverlappingChange = 61,  ///< halt: two authority changes at once
    kHaltConflict = 62,           ///< halt: two branches are justified
    kStale = 63,                  ///< finality has not advanced for too long: nothing is signed
    kChainStateUnwanted = 64,     ///< no block or client waits for chain state, or another one does
    kRelayMismatch = 65,          ///< another relay chain or parachain id than the sealed one
    kNotAParachain = 66,          ///< a parachain's head, for a chain with finality of its own
    kRelayBlockUnknown = 67,      ///< not one of the relay chain's recently finalized blocks
    kRelayBlockStale = 68,        ///< below the relay block of the last head
    kParachainUnknown = 69,       ///< the relay chain has no head for the parachain id
    kHeadProofMissing = 70,       ///< no proof of the parachain's head, or one that does not reach far enough
    kHeadProofBad = 71,           ///< a proof that does not belong to the relay block's state root
    kHeadUnusable = 72,           ///< what the relay chain holds for the parachain id is no header
    kGenesisUnproven = 73,        ///< the head's state was not shown to name a genesis block
    kOtherParachain = 74,         ///< the head is of a chain with another genesis block
    kHaltParachain = 75,          ///< halt: the parachain's head went back or to another branch
    kSealBad = 76,                ///< the block is not sealed by the author whose slot it is
    kPageMissing = 77,            ///< storage has no page of the state where one has to be
    kPageDamaged = 78,            ///< a page of the state was altered, moved, or belongs elsewhere
    kPageOutdated = 79,           ///< a page of the state is an older one than the state's root names
    kStateDiffers = 80,           ///< the journal's changes do not give the state that was sealed with them
    kActivityUnchecked = 81,      ///< whether the state is the newest has to be checked first (CheckActivity)
    kActivityUnproven = 82,       ///< the worker's activity is not proven, or the proof is of another block
    kRolledBack = 83,             ///< the chain shows that this worker had a newer state than this one
    kOtherRootPublished = 84,     ///< this worker published another root for a block than its state had then
    kEvidenceFailed = 85,         ///< what makes evidence is out of step: see the enclave's standard error
    kEndorsementsMalformed = 86,  ///< what shall be handed out with evidence has not the form of a bundle's
    kEvidenceGone = 87,           ///< what makes evidence has ended: start the enclave again
};
[[nodiscard]] std::string_view error_domain(Refusal);
[[nodiscard]] std::string_view error_message(Refusal);
REDOUBT_ERROR_DOMAIN(Refusal)

/// Values of Refused::domain.
inline constexpr std::uint8_t kRefusalDomain = 1;
/// Refused::value is a DecodeError.
inline constexpr std::uint8_t kDecodeDomain = 2;

/// The wire form of an error; a code of a domain that does not cross the boundary becomes kCryptoFailed.
[[nodiscard]] Refused refused(std::error_code error);

/// The error that a Refused stands for, for messages and decisions of the host. An unknown domain or value
/// becomes kMalformed.
[[nodiscard]] std::error_code error_of(const Refused& refused);

}  // namespace redoubt::boundary

template <>
struct std::is_error_code_enum<redoubt::boundary::Refusal> : std::true_type {};
