// Invocations inside other calls: never more than the events announce, in their order, each of them a part of
// the call; shieldings exactly as often as their event.
#include <primitives/scale.hpp>
#include <substrate/call_tree.hpp>
#include <substrate/events.hpp>
#include <substrate/executed_invokes.hpp>
#include <tests/support/bridge_metadata.hpp>

using namespace redoubt;             // NOLINT: a fuzz target is one function
using namespace redoubt::substrate;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto metadata = Metadata::decode(tests::bridge_metadata()).value();
    ByteCursor in{ByteView{data, size}};
    const auto call = scale::read_bytes(in);
    if (!call) {
        return 0;
    }
    if (const auto tree = read_call_tree(metadata, call.value())) {
        REDOUBT_ASSERT(!tree.value().empty() && tree.value().size() <= kCallTreeSizeMax);
        REDOUBT_ASSERT(equal(tree.value().front().bytes, call.value()));
        for (const auto& node : tree.value()) {
            for (const auto child : node.children) {
                REDOUBT_ASSERT(child < tree.value().size());
            }
        }
    }
    const auto events = read_bridge_events(metadata, in.rest(), 1);
    if (!events) {
        return 0;
    }
    std::size_t invoked = 0;
    std::size_t shielded = 0;
    REDOUBT_ASSERT(walk_events(metadata, in.rest(), [&](const EventView& event) {
                       invoked += event.is("EnclaveBridge", "IndirectInvocationRegistered") ? 1U : 0U;
                       shielded += event.is("EnclaveBridge", "ShieldFunds") ? 1U : 0U;
                   }).has_value());
    const auto& extrinsic = events.value().extrinsics.front();
    REDOUBT_ASSERT(events.value().shieldings.size() <= shielded);
    REDOUBT_ASSERT(!extrinsic.succeeded || events.value().shieldings.size() == shielded);
    const auto found = executed_invokes(metadata, call.value(), extrinsic);
    const bool is_direct = found.size() == 1 && found.front().event_index == extrinsic.verdict_index;
    REDOUBT_ASSERT(found.empty() || extrinsic.succeeded);
    REDOUBT_ASSERT(is_direct || found.size() <= invoked);
    for (std::size_t i = 0; i < found.size(); ++i) {
        REDOUBT_ASSERT(found[i].call[0] == 54 && found[i].call[1] == 0);
        REDOUBT_ASSERT(i == 0 || found[i - 1].event_index < found[i].event_index);
    }
    return 0;
}
