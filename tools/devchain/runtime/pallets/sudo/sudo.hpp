/// Sudo: one account may do what root may.
///
/// @source polkadot-sdk, pallet_sudo
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::sudo {

inline constexpr std::uint8_t kIndex = 5;
inline constexpr std::string_view kName = "Sudo";

inline const StorageValue<AccountId> kKey{kName, "Key", Absent::kNone};

class Sudo final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_sudo"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;

    Dispatched<PostDispatch> sudo(Context&, const Origin&, const RuntimeCall& call) const;
    Dispatched<PostDispatch> sudo_unchecked_weight(Context&,
                                                   const Origin&,
                                                   const RuntimeCall& call,
                                                   const Weight& weight) const;
    Dispatched<PostDispatch> set_key(Context&, const Origin&, const MultiAddress& new_key) const;
    Dispatched<PostDispatch> sudo_as(Context&,
                                     const Origin&,
                                     const MultiAddress& who,
                                     const RuntimeCall& call) const;
    Dispatched<PostDispatch> remove_key(Context&, const Origin&) const;
};

}  // namespace redoubt::devchain::sudo
