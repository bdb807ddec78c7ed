/// Follows a chain's finality: from a block that is trusted once, through justified headers only.
///
/// Refused input changes nothing. Evidence that the chain's own rules are broken halts the tracker for good;
/// it then needs a new checkpoint. Evidence is what the present authority set signed: nobody else can halt
/// it.
///
/// @source light-client.md, sections 12 and 13.1
#pragma once

#include <light-client/authority_set.hpp>
#include <light-client/grandpa_digest.hpp>
#include <light-client/justification.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>

namespace redoubt::light_client {

inline constexpr std::size_t kHeaderBatchMax = 2048;
inline constexpr std::size_t kHeaderBatchBytesMax = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kWarpSyncBytesMax = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t kWarpSyncFragmentsMax = 1024;
/// How many finalized blocks stay known for reading state.
inline constexpr std::size_t kRecentBlocksMax = 256;

/// A finalized block with what is needed to prove state and to link to it.
struct FinalizedBlock {
    BlockRef block;
    Hash256 state_root;
    static constexpr auto kScaleFields = std::tuple{&FinalizedBlock::block, &FinalizedBlock::state_root};
    bool operator==(const FinalizedBlock&) const = default;
};

/// A set change that finalized headers announced and that is not in force yet.
struct PendingChange {
    /// The last block of the present set.
    std::uint32_t effective_number = 0;
    AuthorityList next;
    static constexpr auto kScaleFields = std::tuple{&PendingChange::effective_number, &PendingChange::next};
    bool operator==(const PendingChange&) const = default;
};

/// All that has to be kept of the past, of constant size in the chain's length.
struct FinalityState {
    FinalizedBlock finalized;
    std::uint64_t set_id = 0;
    AuthorityList authorities;
    std::optional<PendingChange> pending;
    static constexpr auto kScaleFields = std::tuple{&FinalityState::finalized, &FinalityState::set_id,
                                                    &FinalityState::authorities, &FinalityState::pending};
    bool operator==(const FinalityState&) const = default;
};

class FinalityTracker {
  public:
    /// @param start  a checkpoint, or what an earlier run kept
    /// @errors kUnusableAuthoritySet
    [[nodiscard]] static Result<FinalityTracker> from(FinalityState start);

    /// Takes over the headers that follow the finalized block, justified by the last of them.
    /// @param headers        encoded, ascending, without gaps, at most kHeaderBatchMax
    /// @param justification  encoded; nullopt is refused
    /// @errors FinalityError; DecodeError and header errors
    [[nodiscard]] Result<void> submit(std::span<const Bytes> headers, std::optional<ByteView> justification);

    /// Moves over authority set changes with a warp sync response.
    /// @errors as submit; kUnfinishedWarpSync
    [[nodiscard]] Result<void> submit_warp_sync(ByteView response);

    [[nodiscard]] const FinalityState& state() const noexcept { return state_; }
    /// Recently finalized blocks, oldest first; the last one is the finalized block.
    [[nodiscard]] const std::deque<FinalizedBlock>& recent() const noexcept { return recent_; }
    /// Why the tracker refuses everything; nullopt while it works.
    [[nodiscard]] const std::optional<std::error_code>& halted() const noexcept { return halted_; }

  private:
    struct LinkedHeader {
        substrate::Header header;
        FinalizedBlock block;
    };

    FinalityTracker(FinalityState state, VoterSet voters);

    [[nodiscard]] Result<void> try_submit(std::span<const Bytes> headers,
                                          std::optional<ByteView> justification);
    [[nodiscard]] Result<void> try_warp_sync(ByteView response);
    /// Decodes headers and checks that each follows the one before it.
    [[nodiscard]] static Result<std::vector<LinkedHeader>> link(std::span<const Bytes> headers);
    /// Tells stale evidence from proof that finality is broken.
    [[nodiscard]] Result<void> judge_other_branch(const std::vector<LinkedHeader>& headers,
                                                  const Justification& justification);
    /// verify_justification; what proves broken finality halts the tracker.
    [[nodiscard]] Result<void> verify(const Justification& justification,
                                      const BlockRef& target,
                                      std::uint64_t set_id,
                                      const VoterSet& voters);
    void enter_set(AuthorityList next, VoterSet voters);
    void remember(const FinalizedBlock& block);

    FinalityState state_;
    VoterSet voters_;
    std::deque<FinalizedBlock> recent_;
    std::optional<std::error_code> halted_;
};

/// Checks the answer of `grandpa_proveFinality` for the block `requested`: the proven block and the encoded
/// headers in between, ready for FinalityTracker::submit when `requested` is the finalized block.
/// @source light-client.md, section 11.5
struct FinalityProof {
    Hash256 block_hash;
    Bytes justification;
    std::vector<Bytes> unknown_headers;
};
/// @errors DecodeError and header errors; kTooLarge
[[nodiscard]] Result<FinalityProof> decode_finality_proof(ByteView bytes);

}  // namespace redoubt::light_client
