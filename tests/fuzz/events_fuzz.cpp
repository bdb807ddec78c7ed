// The value of System.Events: never crash; the two ways to read it agree.
#include <substrate/dispatch_error.hpp>
#include <substrate/events.hpp>
#include <tests/support/sample_metadata.hpp>

using namespace redoubt;             // NOLINT: a fuzz target is one function
using namespace redoubt::substrate;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kExtrinsics = 4;
    static const auto metadata = Metadata::decode(tests::sample_metadata()).value();
    const ByteView input{data, size};
    std::size_t walked = 0;
    const auto walk = walk_events(metadata, input, [&](const EventView& view) {
        REDOUBT_ASSERT(view.pallet != nullptr && view.event != nullptr);
        ++walked;
    });
    const auto records = decode_events(metadata, input);
    const auto outcomes = extrinsic_outcomes(metadata, input, kExtrinsics);
    if (!records) {
        return 0;
    }
    REDOUBT_ASSERT(walk.has_value() && walked == records.value().size());
    for (std::uint32_t i = 0; i < kExtrinsics; ++i) {
        const auto verdict = extrinsic_succeeded(records.value(), i);
        if (const auto* error = dispatch_error_of(records.value(), i)) {
            REDOUBT_ASSERT(!describe_dispatch_error(metadata, *error).empty());
        }
        REDOUBT_ASSERT(!outcomes || !verdict || !*verdict || outcomes.value()[i]);
    }
    return 0;
}
