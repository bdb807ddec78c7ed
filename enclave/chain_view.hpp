/// What the enclave knows of the parent chain by itself: which blocks are final, and which of them come next.
///
/// It begins at a trusted block and moves by verified evidence only. Blocks between the last imported and the
/// finalized one wait in a queue of hashes, so that each is imported once and in order.
///
/// For a parachain it follows the finality of the relay chain, and a ParachainView beside it says which of
/// the parachain's blocks are final.
///
/// @source light-client.md, sections 12 and 13
#pragma once

#include <boundary/messages.hpp>
#include <boundary/refusal.hpp>
#include <deque>
#include <enclave/identity.hpp>
#include <enclave/parachain_view.hpp>
#include <light-client/finality_tracker.hpp>
#include <optional>
#include <primitives/result.hpp>
#include <tuple>

namespace redoubt::enclave {

/// What a journal record keeps of the view.
struct ChainViewRecord {
    light_client::FinalizedBlock finalized;
    std::uint64_t set_id = 0;
    std::optional<light_client::PendingChange> pending;
    /// nullopt: those of the record before. A base always has them.
    std::optional<light_client::AuthorityList> authorities;
    /// Present for a parachain, where all of the above is about the relay chain: of the relay block that
    /// named the record's block or a later one.
    std::optional<std::uint32_t> relay_number;
    static constexpr auto kScaleFields =
        std::tuple{&ChainViewRecord::finalized, &ChainViewRecord::set_id, &ChainViewRecord::pending,
                   &ChainViewRecord::authorities, &ChainViewRecord::relay_number};
    bool operator==(const ChainViewRecord&) const = default;
};

class ChainView {
  public:
    /// @param anchor  what is trusted at first
    /// @errors Refusal::kAnchorUnusable
    [[nodiscard]] static Result<ChainView> from(light_client::FinalityState anchor);
    /// The view of a parachain. @param anchor  of its relay chain
    /// @errors Refusal::kAnchorUnusable
    [[nodiscard]] static Result<ChainView> of_parachain(light_client::FinalityState anchor,
                                                        const boundary::RelayChain& relay,
                                                        const Hash256& genesis);

    /// Takes the place that a journal record names. @param last  the record's block
    /// @errors Refusal::kJournalDamaged
    [[nodiscard]] Result<void> restore(const ChainViewRecord& record, const boundary::BlockId& last);

    /// @param last  the last imported block, nullopt before the first
    /// @errors Refusal: kHeaderUnusable, kHeadersMissing, kBlocksWaiting, kFinalityStale, and those of
    ///   finality_refusal
    [[nodiscard]] Result<void> take(const boundary::Finality& message,
                                    const std::optional<boundary::BlockId>& last);
    /// @errors Refusal::kHopTooLate after the first block of a chain that is no parachain, and those of
    /// finality_refusal
    [[nodiscard]] Result<void> hop(ByteView warp_sync, const std::optional<boundary::BlockId>& last);
    /// @errors Refusal: kNotAParachain, kBlocksWaiting, and those of ParachainView::take
    [[nodiscard]] Result<void> take_head(const boundary::ParachainHead& message,
                                         const std::optional<boundary::BlockId>& last);

    /// That `block` is the next one to import: the finalized block at first, then each one after the last.
    /// @errors Refusal::kNotFinal
    [[nodiscard]] Result<void> expect_next(const boundary::BlockId& block,
                                           const std::optional<boundary::BlockId>& last) const;
    /// A block that waits to be imported, by its number. @param last  the last imported block
    [[nodiscard]] std::optional<boundary::BlockId> waiting(std::uint32_t number,
                                                           const boundary::BlockId& last) const;
    /// `block` is the last one now. @pre expect_next
    void imported(const boundary::BlockId& block);

    /// @param whole  with the authorities, whether or not they changed since they were last kept
    [[nodiscard]] ChainViewRecord record(bool whole) const;
    /// A record that was made is durable.
    void kept(const ChainViewRecord& record);

    [[nodiscard]] boundary::BlockId finalized() const;
    /// nullopt when the chain is no parachain.
    [[nodiscard]] std::optional<boundary::BlockId> relay_finalized() const;
    [[nodiscard]] boundary::FinalityReport report() const;

  private:
    ChainView(boundary::BlockId anchor, light_client::FinalityTracker tracker)
        : anchor_(anchor), tracker_(std::move(tracker)) {}

    /// @errors Refusal::kHeaderUnusable, kJustificationUnreadable (too many or too large)
    [[nodiscard]] static Result<std::vector<boundary::BlockId>> blocks_of(std::span<const Bytes> headers);
    [[nodiscard]] Result<void> relink(std::span<const Bytes> headers, const boundary::BlockId& last);

    boundary::BlockId anchor_;
    /// Of the relay chain for a parachain.
    light_client::FinalityTracker tracker_;
    std::optional<ParachainView> parachain_;
    /// Final and above the last imported block, in order.
    std::deque<boundary::BlockId> waiting_;
    /// The set whose members are in a durable record; nullopt: those of the anchor are in the identity only.
    std::optional<std::uint64_t> kept_set_id_;
};

/// The view that an identity begins with; nothing with unverified finality.
/// @errors Refusal::kIdentityDamaged when the sealed anchor cannot be used
[[nodiscard]] Result<std::optional<ChainView>> view_of(const IdentityScope& scope);

}  // namespace redoubt::enclave
