// Binding blocks: what decodes encodes to the same bytes, so that a report data is of one block alone.
#include <attestation/binding/binding_block.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto block = decode_binding_block(input);
    if (!block) {
        return 0;
    }
    REDOUBT_ASSERT(equal(encode(block.value()), input));
    for (const auto profile : {BindingProfile::kDigest, BindingProfile::kRegistry}) {
        if (const auto report_data = binding_report_data(input, profile)) {
            const auto opened = open_binding_block(input, profile, report_data.value().view());
            REDOUBT_ASSERT(opened && opened.value() == block.value());
        }
    }
    static_cast<void>(violations(block.value(), {.age_s_max = 100}, {1'800'000'000}));
    return 0;
}
