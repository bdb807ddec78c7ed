// Evidence bundles: what is read is written as one text, and that text is read as the same.
#include <attestation/appraisal/appraisal.hpp>
#include <attestation/bundle/bundle.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bundle = parse_bundle(text_of(ByteView{data, size}));
    if (!bundle) {
        return 0;
    }
    const auto text = encode(bundle.value());
    const auto again = parse_bundle(text);
    REDOUBT_ASSERT(again && encode(again.value()) == text);
    REDOUBT_ASSERT(again.value().type == bundle.value().type);
    REDOUBT_ASSERT(again.value().evidence == bundle.value().evidence);
    REDOUBT_ASSERT(again.value().nonce_proof == bundle.value().nonce_proof);
    if (const auto& block = bundle.value().binding_block) {
        if (const auto report_data = binding_report_data(*block, BindingProfile::kDigest)) {
            static_cast<void>(
                open_binding(bundle.value(), BindingProfile::kDigest, report_data.value().view()));
        }
    }
    static_cast<void>(appraise(again.value().type, again.value().evidence, again.value().endorsements,
                               {.time = {1'800'000'000}}));
    return 0;
}
