#include <tools/devchain/runtime/pallets/aura/aura.hpp>
#include <tools/devchain/runtime/runtime.hpp>

namespace redoubt::devchain::aura {

void Aura::describe(PalletDescription& description) const {
    description.storage(kAuthorities, kCurrentSlot, kSlotDuration);
}

void Aura::build_genesis(Context& context, const GenesisConfig& config) const {
    REDOUBT_ASSERT(config.aura.size() <= kAuthoritiesMax);
    BoundedVec<AuraPublic, kAuthoritiesMax> authorities;
    for (const auto& key : config.aura) {
        authorities.items.push_back(AuraPublic{key.bytes});
    }
    kAuthorities.put(context.storage(), authorities);
    kSlotDuration.put(context.storage(), config.slot_duration_ms);
}

void Aura::on_initialize(Context& context, const std::vector<substrate::DigestItem>& pre_runtime) const {
    for (const auto& item : pre_runtime) {
        if (item.kind == substrate::DigestKind::kPreRuntime && item.engine == substrate::kAuraEngine) {
            if (const auto slot = scale::decode<Slot>(item.data)) {
                kCurrentSlot.put(context.storage(), slot.value());
            }
            return;
        }
    }
}

}  // namespace redoubt::devchain::aura
