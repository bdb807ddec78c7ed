// What workers act upon in a block: found in the order of the events, inside what the body holds, and the
// same root for the same calls.
#include <algorithm>
#include <primitives/scale.hpp>
#include <stf/parentchain/indirect_calls.hpp>
#include <substrate/events.hpp>
#include <tests/support/bridge_metadata.hpp>

using namespace redoubt;  // NOLINT: a fuzz target is one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto metadata = substrate::Metadata::decode(tests::bridge_metadata()).value();
    ByteCursor in{ByteView{data, size}};
    const auto extrinsics = scale::read<std::vector<Bytes>>(in);
    if (!extrinsics) {
        return 0;
    }
    std::size_t readable = 0;
    const auto found = stf::read_indirect_calls(metadata, extrinsics.value(), in.rest(),
                                                [&](const auto&, const auto&) { ++readable; });
    if (!found) {
        return 0;
    }
    std::size_t events = 0;
    REDOUBT_ASSERT(substrate::walk_events(metadata, in.rest(), [&](const substrate::EventView&) {
                       ++events;
                   }).has_value());
    REDOUBT_ASSERT(readable <= extrinsics.value().size());
    REDOUBT_ASSERT(found.value().size() <= events);
    std::vector<Hash256> leaves;
    for (std::size_t i = 0; i < found.value().size(); ++i) {
        const auto& one = found.value()[i];
        REDOUBT_ASSERT(one.event_index < events);
        REDOUBT_ASSERT(i == 0 || found.value()[i - 1].event_index < one.event_index);
        leaves.push_back(stf::leaf_of(one.call));
    }
    const auto root = stf::sorted_merkle_root(std::span<const Hash256>{leaves});
    std::ranges::reverse(leaves);
    REDOUBT_ASSERT(stf::sorted_merkle_root(std::span<const Hash256>{leaves}) == root);
    return 0;
}
