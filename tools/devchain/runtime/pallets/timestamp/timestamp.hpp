/// Timestamp: the time of a block, which its author sets by an inherent.
///
/// @source polkadot-sdk, pallet_timestamp
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::timestamp {

inline constexpr std::uint8_t kIndex = 3;
inline constexpr std::uint8_t kSetCall = 0;
inline constexpr std::string_view kName = "Timestamp";

inline const StorageValue<Moment> kNow{kName, "Now", Absent::kDefault};
inline const StorageValue<bool> kDidUpdate{kName, "DidUpdate", Absent::kDefault};

class Timestamp final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_timestamp"; }
    void describe(PalletDescription& description) const override;
    void on_finalize(Context& context) const override;

    /// Fails when it comes from anybody, twice in a block, or goes back in time: the block is then unusable.
    Dispatched<> set(Context& context, const Origin& origin, scale::Compact<Moment> now) const;
};

}  // namespace redoubt::devchain::timestamp
