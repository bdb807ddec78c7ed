/// Whether what the enclave remembers after a restart is the newest that it ever knew, as far as finalized
/// blocks show: what it signed on the chain tells which block it had persisted then.
///
/// Until that is known, nothing is imported, signed or answered. An older copy is refused, unless the host
/// says that it is a backup brought back on purpose: then the enclave imports what it has missed, and is
/// asked again. What shows an older copy when it is too late to refuse it ends the worker: nothing is
/// imported, signed or answered any more. See docs/adr/0023 and 0025.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/chain_view.hpp>
#include <enclave/runtime.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <span>
#include <stf/types/basic.hpp>

namespace redoubt::enclave {

class ActivityCheck {
  public:
    /// Of the worker with this account, for this shard. Nothing has to be checked before begin().
    ActivityCheck(const stf::ShardId& shard, const AccountId& account) : shard_(shard), account_(account) {}

    /// The process starts with a state, or an identity alone, that the host gave it.
    void begin() noexcept {
        if (phase_ != Phase::kHalted) {
            phase_ = Phase::kUnchecked;
        }
    }
    /// The chain contradicts what is remembered.
    void halt() noexcept { phase_ = Phase::kHalted; }

    /// The state is the newest: the enclave may sign and answer.
    [[nodiscard]] bool is_passed() const noexcept { return phase_ == Phase::kPassed; }
    /// Blocks may be imported: it is passed, or a backup catches up.
    [[nodiscard]] bool may_import() const noexcept {
        return phase_ == Phase::kPassed || phase_ == Phase::kCatchingUp;
    }

    /// Compares what the chain says with what is remembered.
    /// @param view  what is final
    /// @param last  the last imported block; nullopt when no record was given: then the worker must never
    /// have
    ///   been active
    /// @param runtime  the host's; nullptr when there is none yet
    /// @errors Refusal: kBlockTooLarge, kRuntimeMissing, kRuntimeOutdated, kActivityUnproven, kRolledBack
    [[nodiscard]] Result<boundary::ActivityChecked> take(const boundary::CheckActivity& message,
                                                         const ChainView& view,
                                                         const std::optional<boundary::BlockId>& last,
                                                         const Runtime* runtime);

    /// Looks at a block that is about to be imported. The last activity can be older than one before it, when
    /// extrinsics were signed anew: so each block that was final when take() passed is looked at.
    /// @errors Refusal::kRolledBack
    [[nodiscard]] Result<void> look_at(std::uint32_t number,
                                       std::span<const Bytes> extrinsics,
                                       const Runtime& runtime);

    /// The block is persisted. A backup that has caught up has to be checked again.
    void imported(std::uint32_t number) noexcept;

  private:
    enum class Phase : std::uint8_t { kUnchecked, kCatchingUp, kPassed, kHalted };

    /// The last block that this worker knew when it signed what the block holds of it.
    /// @param block  that `message` has to be
    /// @errors Refusal: kRuntimeMissing, kRuntimeOutdated, kBlockTooLarge, kActivityUnproven
    [[nodiscard]] Result<std::uint32_t> known_in(const boundary::ImportBlock& message,
                                                 const boundary::BlockId& block,
                                                 const Runtime* runtime) const;

    stf::ShardId shard_;
    AccountId account_;
    Phase phase_ = Phase::kPassed;
    /// The last block that was remembered when take() passed first, and the last one that was final when it
    /// was answered last. Nothing in between was signed by this process.
    std::uint32_t remembered_ = 0;
    std::uint32_t checked_up_to_ = 0;
};

}  // namespace redoubt::enclave
