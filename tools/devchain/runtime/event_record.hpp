/// How metadata describes the elements of `System.Events`: phase, event of any pallet, topics. Events are
/// written by Context; this type is for description only.
#pragma once

#include <tools/devchain/runtime/type_builder.hpp>

namespace redoubt::devchain {

struct EventRecord {
    static constexpr auto kScaleFields = std::tuple<>{};
};
template <>
struct TypeOf<EventRecord> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types);
};

}  // namespace redoubt::devchain
