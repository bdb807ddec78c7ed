/// Utility: several calls in one transaction.
///
/// @source polkadot-sdk, pallet_utility
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::utility {

inline constexpr std::uint8_t kIndex = 9;
inline constexpr std::string_view kName = "Utility";
inline constexpr std::uint32_t kCallsMax = 10'922;

class Utility final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_utility"; }
    void describe(PalletDescription& description) const override;

    /// Runs calls until one fails; those before it stay.
    Dispatched<PostDispatch> batch(Context&, const Origin&, const std::vector<RuntimeCall>& calls) const;
    /// Runs all calls or none.
    Dispatched<PostDispatch> batch_all(Context&, const Origin&, const std::vector<RuntimeCall>& calls) const;
    /// Runs all calls, whether some fail or not.
    Dispatched<PostDispatch> force_batch(Context&,
                                         const Origin&,
                                         const std::vector<RuntimeCall>& calls) const;
    /// Runs a call for root and says what it weighs.
    Dispatched<PostDispatch> with_weight(Context&,
                                         const Origin&,
                                         const RuntimeCall& call,
                                         const Weight& weight) const;
};

}  // namespace redoubt::devchain::utility
