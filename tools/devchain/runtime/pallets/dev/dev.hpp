/// Dev: what a test wants to do to a chain and a real one has no call for. Root only; no real chain has it.
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>
#include <tools/devchain/runtime/pallets/grandpa/grandpa.hpp>

namespace redoubt::devchain::dev {

inline constexpr std::uint8_t kIndex = 100;
inline constexpr std::string_view kName = "Dev";

class Dev final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "redoubt_pallet_dev"; }
    void describe(PalletDescription& description) const override;

    /// GRANDPA's authorities change `delay` blocks after this one.
    Dispatched<> schedule_authority_change(Context&,
                                           const Origin&,
                                           const grandpa::Authorities& next,
                                           BlockNumber delay) const;
    /// The same without waiting for finality.
    Dispatched<> force_authority_change(Context&,
                                        const Origin&,
                                        const grandpa::Authorities& next,
                                        BlockNumber delay,
                                        BlockNumber median_last_finalized) const;
    /// Writes a value, or erases it.
    Dispatched<> set_storage(Context&,
                             const Origin&,
                             const Bytes& key,
                             const std::optional<Bytes>& value) const;
    /// The same in the child trie `child`, named without prefix.
    Dispatched<> set_child_storage(Context&,
                                   const Origin&,
                                   const Bytes& child,
                                   const Bytes& key,
                                   const std::optional<Bytes>& value) const;
};

}  // namespace redoubt::devchain::dev
