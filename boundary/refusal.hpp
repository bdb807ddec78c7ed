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
    kMethodUnsupported = 25,       ///< only attestation method Skip exists in this release
    kUrlUnusable = 26,             ///< the worker URL is too long or not text
    kUnknownConnection = 27,       ///< no such client connection
    kTooManyClients = 28,          ///< the endpoint serves no more connections
    kStateTooLarge = 29,           ///< the state does not fit a journal base
    kCryptoFailed = 30,            ///< a cryptographic library failed: see the enclave's standard error
    kSigningFailed = 31,           ///< the call could not be encoded or signed with this metadata
    kMetadataTooOld = 32,          ///< the chain checks metadata hashes: give version 15 or newer
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
