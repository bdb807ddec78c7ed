/// Aura: who may author, and the slot of the block. Seals are made and checked by the chain.
///
/// @source polkadot-sdk, pallet_aura
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::aura {

inline constexpr std::uint8_t kIndex = 23;
inline constexpr std::string_view kName = "Aura";
inline constexpr std::uint32_t kAuthoritiesMax = 32;

struct Slot {
    std::uint64_t number = 0;
    static constexpr auto kType = structure("sp_consensus_slots::Slot", field("", &Slot::number));
    static constexpr auto kScaleFields = kType.members();
};

inline const StorageValue<BoundedVec<AuraPublic, kAuthoritiesMax>> kAuthorities{kName, "Authorities",
                                                                                Absent::kDefault};
inline const StorageValue<Slot> kCurrentSlot{kName, "CurrentSlot", Absent::kDefault};
/// Milliseconds. Real chains have a constant instead; here it belongs to the genesis.
inline const StorageValue<std::uint64_t> kSlotDuration{kName, "SlotDuration", Absent::kDefault};

class Aura final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_aura"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;
    void on_initialize(Context& context,
                       const std::vector<substrate::DigestItem>& pre_runtime) const override;
};

}  // namespace redoubt::devchain::aura
