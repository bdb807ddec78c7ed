/// Size limits of the boundary. Both sides check them before they allocate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace redoubt::boundary {

inline constexpr std::size_t kKibibyte = 1024;
inline constexpr std::size_t kMebibyte = 1024 * kKibibyte;

inline constexpr std::uint32_t kTlsNamesMax = 32;
inline constexpr std::uint32_t kExtrinsicsMax = 65'536;
inline constexpr std::uint32_t kProofNodesMax = 65'536;
/// Headers in one Finality message.
inline constexpr std::uint32_t kFinalityHeadersMax = 2'048;
/// Blocks that are final and wait to be imported.
inline constexpr std::size_t kBlocksWaitingMax = kFinalityHeadersMax;
/// A parachain's headers in one ParachainHead message: more than a day of blocks.
inline constexpr std::uint32_t kParachainHeadersMax = 16'384;
inline constexpr std::uint32_t kCommitPartsMax = 1'024;
/// Pages of the state in one commit.
inline constexpr std::uint32_t kCommitPagesMax = 1'048'576;
/// Pages in one step of a verification, and faults that are found in it: of the pages on the way, of the
/// root's, and of those that nothing leads to.
inline constexpr std::uint32_t kVerifyPagesMax = 4'096;
inline constexpr std::uint32_t kPageFaultsMax = 2 * kVerifyPagesMax + 1;
inline constexpr std::uint32_t kOutboxItemsMax = 1'024;
inline constexpr std::uint32_t kClientEffectsMax = 4'096;
/// Keys of the chain's state that are asked for at once.
inline constexpr std::uint32_t kChainKeysMax = 256;

/// All extrinsics of one block together.
inline constexpr std::size_t kBlockExtrinsicsBytesMax = 16 * kMebibyte;
/// The value of System.Events.
inline constexpr std::size_t kEventsBytesMax = 16 * kMebibyte;
/// An encoded header. The first one of an epoch with 1,000 validators has about 115 KiB.
inline constexpr std::size_t kHeaderBytesMax = 512 * kKibibyte;
/// All headers of one Finality message together.
inline constexpr std::size_t kFinalityHeadersBytesMax = 8 * kMebibyte;
/// A GRANDPA justification.
inline constexpr std::size_t kJustificationBytesMax = 16 * kMebibyte;
/// A warp sync response.
inline constexpr std::size_t kWarpSyncBytesMax = 32 * kMebibyte;
/// All nodes of one state proof together.
inline constexpr std::size_t kStateProofBytesMax = 16 * kMebibyte;
/// All headers of one ParachainHead message together.
inline constexpr std::size_t kParachainHeadersBytesMax = 16 * kMebibyte;
/// All nodes of one proof in a ParachainHead message together.
inline constexpr std::size_t kHeadProofBytesMax = 4 * kMebibyte;
/// Largest authority list of a trust anchor.
inline constexpr std::size_t kAnchorAuthoritiesMax = 20'000;
/// A key of the chain's state that is asked for.
inline constexpr std::size_t kChainKeyBytesMax = 512;
/// Metadata as the node gives it.
inline constexpr std::size_t kMetadataBytesMax = 8 * kMebibyte;
/// One sealed part of a journal record, envelope included.
inline constexpr std::size_t kJournalPartBytesMax = 4 * kMebibyte;
/// One sealed page of the state.
inline constexpr std::size_t kPageBytesMax = 16 * kMebibyte;
/// The sealed identity.
inline constexpr std::size_t kSealedIdentityBytesMax = kMebibyte;
/// Bytes of one client that travel in one message.
inline constexpr std::size_t kClientBytesMax = 256 * kKibibyte;
/// A worker URL: what Teerex accepts.
inline constexpr std::size_t kUrlBytesMax = 256;
/// Evidence of a registration: what Teerex accepts.
inline constexpr std::size_t kProofBytesMax = 5'000;
/// Document, signature and certificates of one SignCollateral together. TCB info has about 10 KiB.
inline constexpr std::size_t kCollateralBytesMax = 48 * kKibibyte;
/// What the host has handed out with evidence. The collateral of a quote has about 20 KiB.
inline constexpr std::size_t kEndorsementsBytesMax = 256 * kKibibyte;

/// Evidence of a TEE, and the certificates beside it.
inline constexpr std::size_t kProducedBytesMax = 64 * kKibibyte;

/// Largest encoded message (tag byte included) by tag, host -> enclave.
inline constexpr std::array<std::size_t, 27> kToEnclaveBytesMax = {
    16,                                                                  // Hello
    24 * kMebibyte,                                                      // Start
    kJournalPartBytesMax + 16,                                           // Restore
    16,                                                                  // RestoreDone
    kMetadataBytesMax + kKibibyte,                                       // SetRuntime
    64 * kMebibyte,                                                      // ImportBlock
    16,                                                                  // CommitPersisted
    16,                                                                  // Outbox
    16,                                                                  // SignOutbox
    kProofBytesMax + kKibibyte,                                          // SignRegistration
    16,                                                                  // SignShardConfig
    16,                                                                  // ClientOpened
    kClientBytesMax + 16,                                                // ClientBytes
    16,                                                                  // ClientClosed
    16,                                                                  // Status
    kFinalityHeadersBytesMax + kJustificationBytesMax + 64 * kKibibyte,  // Finality
    kWarpSyncBytesMax + 16,                                              // FinalityHop
    kStateProofBytesMax + 512 * kKibibyte,                               // ChainState
    kParachainHeadersBytesMax + 2 * kHeadProofBytesMax + kMebibyte,      // ParachainHead
    kStateProofBytesMax + kHeaderBytesMax + 512 * kKibibyte,             // ClientState
    kPageBytesMax + 16,                                                  // Page
    64 * kMebibyte + kStateProofBytesMax + kMebibyte,                    // CheckActivity
    kSealedIdentityBytesMax + 16,                                        // StartVerifying
    16 * kVerifyPagesMax + 64,                                           // VerifyState
    kEndorsementsBytesMax + 32,                                          // TakeEvidence
    48,                                                                  // RegistrationEvidence
    kCollateralBytesMax + kKibibyte,                                     // SignCollateral
};

/// Largest encoded message (tag byte included) by tag, enclave -> host.
inline constexpr std::array<std::size_t, 19> kFromEnclaveBytesMax = {
    16,                                          // Refused
    kKibibyte,                                   // HelloReply
    2 * kMebibyte,                               // Started
    16,                                          // Restored
    256,                                         // Position
    64,                                          // RuntimeSet
    1024 * kMebibyte,                            // Commit
    64,                                          // Committed
    32 * kKibibyte,                              // OutboxItems
    64 * kKibibyte,                              // Signed
    64 * kMebibyte,                              // ClientEffects
    512,                                         // StatusReport
    256,                                         // FinalityMoved
    kChainKeysMax*(kChainKeyBytesMax + 4) + 64,  // StateNeeded
    32,                                          // PageNeeded
    64,                                          // ActivityChecked
    128,                                         // VerifyingStarted
    20 * kPageFaultsMax + kKibibyte,             // StateVerified
    2 * kProducedBytesMax + 4 * kKibibyte,       // RegistrationEvidenceMade
};

}  // namespace redoubt::boundary
