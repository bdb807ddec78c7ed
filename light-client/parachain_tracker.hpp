/// Follows a parachain's finality beside a FinalityTracker of its relay chain.
///
/// A block of the parachain is final when it is the head in the state of a finalized relay block, or an
/// ancestor of such a head. The tracker only moves forward: along relay blocks, and along headers that link
/// the known head to the new one. Refused input changes nothing. A head that contradicts the known one is
/// evidence that the relay chain's finality is broken, and halts the tracker for good.
///
/// @source light-client.md, section 15
#pragma once

#include <cstdint>
#include <light-client/finality_tracker.hpp>
#include <light-client/parachain_error.hpp>
#include <light-client/parachain_head.hpp>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

namespace redoubt::light_client {

/// Most headers between two anchored heads: more than a day of blocks. A longer gap takes anchors in between.
inline constexpr std::size_t kParachainHeadersMax = 16'384;
inline constexpr std::size_t kParachainHeaderBytesMax = std::size_t{16} * 1024 * 1024;

/// All that has to be kept of the past.
struct ParachainState {
    std::uint32_t para_id = 0;
    BlockRef head;
    /// The relay block that anchored the head; the next anchor is not below it.
    std::uint32_t relay_number = 0;
    static constexpr auto kScaleFields =
        std::tuple{&ParachainState::para_id, &ParachainState::head, &ParachainState::relay_number};
    bool operator==(const ParachainState&) const = default;
};

class ParachainTracker {
  public:
    /// @param start  a checkpoint, or what an earlier run kept
    explicit ParachainTracker(ParachainState start) : state_(start) {}

    /// Takes over the head that a finalized relay block holds.
    /// @param relay        the relay chain's tracker; not halted
    /// @param relay_block  hash of one of its recent blocks
    /// @param proof        a read proof of parachain_head_key against that block
    /// @param headers      encoded, those between the known head and the new one, ascending, without both
    /// @returns the blocks that became final, ascending, the new head last; empty when the head is the same
    /// @errors ParachainError; trie::TrieError; FinalityError when `relay` has halted; DecodeError and header
    /// errors
    [[nodiscard]] Result<std::vector<FinalizedBlock>> anchor(const FinalityTracker& relay,
                                                             const Hash256& relay_block,
                                                             std::span<const Bytes> proof,
                                                             std::span<const Bytes> headers);

    /// Takes over the head that a finalized relay block holds, without the headers before it: for a follower
    /// that has used no block yet. The head's own state has to show which chain it is of.
    /// @param genesis        the parachain's
    /// @param genesis_proof  a read proof of genesis_hash_key() against the head's state; empty when the head
    ///   is the genesis block
    /// @errors as anchor; kGenesisUnproven, kOtherGenesis
    [[nodiscard]] Result<void> leap(const FinalityTracker& relay,
                                    const Hash256& relay_block,
                                    std::span<const Bytes> proof,
                                    const Hash256& genesis,
                                    std::span<const Bytes> genesis_proof);

    [[nodiscard]] const ParachainState& state() const noexcept { return state_; }
    /// Why the tracker refuses everything; nullopt while it works.
    [[nodiscard]] const std::optional<std::error_code>& halted() const noexcept { return halted_; }

  private:
    /// A proven head, and the relay block that holds it.
    struct AnchoredHead {
        ParachainHead head;
        std::uint32_t relay_number = 0;
    };
    /// What `relay_block` holds, when it may follow the last anchor.
    [[nodiscard]] Result<AnchoredHead> read_head(const FinalityTracker& relay,
                                                 const Hash256& relay_block,
                                                 std::span<const Bytes> proof) const;
    [[nodiscard]] Result<std::vector<FinalizedBlock>> link(const ParachainHead& head,
                                                           std::span<const Bytes> headers) const;

    ParachainState state_;
    std::optional<std::error_code> halted_;
};

}  // namespace redoubt::light_client
