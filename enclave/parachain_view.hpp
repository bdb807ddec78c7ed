/// What the enclave knows of a parachain: which of its heads finalized relay blocks have named.
///
/// It stands beside the view of the relay chain's finality (chain_view.hpp) and is moved by proven heads
/// only.
///
/// @source light-client.md, section 15
#pragma once

#include <boundary/messages.hpp>
#include <boundary/refusal.hpp>
#include <cstdint>
#include <light-client/parachain_tracker.hpp>
#include <optional>
#include <primitives/result.hpp>
#include <vector>

namespace redoubt::enclave {

class ParachainView {
  public:
    /// @param genesis  the parachain's
    ParachainView(const boundary::RelayChain& relay, const Hash256& genesis);

    /// After a restart: `last` was imported, and a relay block of that number named it or a later head.
    void restore(const boundary::BlockId& last, std::uint32_t relay_number);

    /// @param relay      the relay chain's finality
    /// @param has_begun  blocks were imported: every later one is needed
    /// @returns the blocks that became final, ascending; empty when headers were left out
    /// @errors Refusal: kBlockTooLarge, kHopTooLate, kHeadersUnlinked, kHalt… of the relay chain, and those
    /// of
    ///   parachain_refusal
    [[nodiscard]] Result<std::vector<boundary::BlockId>> take(const light_client::FinalityTracker& relay,
                                                              const boundary::ParachainHead& message,
                                                              bool has_begun);

    [[nodiscard]] boundary::BlockId head() const;
    /// Of the relay block that named the head last.
    [[nodiscard]] std::uint32_t relay_number() const noexcept { return tracker_.state().relay_number; }
    [[nodiscard]] const boundary::RelayChain& relay() const noexcept { return relay_; }
    [[nodiscard]] std::optional<boundary::Refusal> halted() const;

  private:
    boundary::RelayChain relay_;
    Hash256 genesis_;
    light_client::ParachainTracker tracker_;
};

}  // namespace redoubt::enclave
