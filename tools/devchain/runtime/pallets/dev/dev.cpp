#include <tools/devchain/runtime/pallets/dev/dev.hpp>

namespace redoubt::devchain::dev {
namespace {

constexpr DispatchInfo kInfo{Weight::of(150'000'000), DispatchClass::kOperational, Pays::kYes};

}  // namespace

void Dev::describe(PalletDescription& description) const {
    description.call(0, "schedule_authority_change", {"next", "delay"}, kInfo,
                     &Dev::schedule_authority_change);
    description.call(1, "force_authority_change", {"next", "delay", "median_last_finalized"}, kInfo,
                     &Dev::force_authority_change);
    description.call(2, "set_storage", {"key", "value"}, kInfo, &Dev::set_storage);
    description.call(3, "set_child_storage", {"child", "key", "value"}, kInfo, &Dev::set_child_storage);
}

Dispatched<> Dev::schedule_authority_change(Context& context,
                                            const Origin& origin,
                                            const grandpa::Authorities& next,
                                            BlockNumber delay) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    return grandpa::schedule_change(context, next, delay, std::nullopt);
}

Dispatched<> Dev::force_authority_change(Context& context,
                                         const Origin& origin,
                                         const grandpa::Authorities& next,
                                         BlockNumber delay,
                                         BlockNumber median_last_finalized) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    return grandpa::schedule_change(context, next, delay, median_last_finalized);
}

Dispatched<> Dev::set_storage(Context& context,
                              const Origin& origin,
                              const Bytes& key,
                              const std::optional<Bytes>& value) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    if (value) {
        context.storage().put(key, *value);
    } else {
        context.storage().erase(key);
    }
    return success();
}

Dispatched<> Dev::set_child_storage(Context& context,
                                    const Origin& origin,
                                    const Bytes& child,
                                    const Bytes& key,
                                    const std::optional<Bytes>& value) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    if (value) {
        context.storage().child_put(child, key, *value);
    } else {
        context.storage().child_erase(child, key);
    }
    return success();
}

}  // namespace redoubt::devchain::dev
