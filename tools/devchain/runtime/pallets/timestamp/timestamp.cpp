#include <tools/devchain/runtime/pallets/timestamp/timestamp.hpp>

namespace redoubt::devchain::timestamp {

void Timestamp::describe(PalletDescription& description) const {
    description.call(kSetCall, "set", {"now"},
                     DispatchInfo{Weight::of(160'000'000, 1'493), DispatchClass::kMandatory, Pays::kYes},
                     &Timestamp::set);
    // Blocks may follow each other as quickly as the author likes.
    description.constant("MinimumPeriod", Moment{0});
    description.storage(kNow, kDidUpdate);
}

void Timestamp::on_finalize(Context& context) const {
    kDidUpdate.kill(context.storage());
}

Dispatched<> Timestamp::set(Context& context, const Origin& origin, scale::Compact<Moment> now) const {
    BOOST_OUTCOME_TRY(origin.ensure_none());
    auto& storage = context.storage();
    if (kDidUpdate.get(storage) || now.value < kNow.get(storage)) {
        return DispatchError{};
    }
    kNow.put(storage, now.value);
    kDidUpdate.put(storage, true);
    return success();
}

}  // namespace redoubt::devchain::timestamp
