// Extrinsics and their calls: never crash; what decodes is a part of the input and encodes to the same.
#include <primitives/scale.hpp>
#include <substrate/call.hpp>
#include <substrate/extrinsic.hpp>
#include <tests/support/sample_metadata.hpp>

using namespace redoubt;             // NOLINT: a fuzz target is one function
using namespace redoubt::substrate;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto metadata = Metadata::decode(tests::sample_metadata()).value();
    const ByteView input{data, size};
    // Taken as it is, and with the length prefix that most inputs lack.
    Bytes prefixed;
    scale::append_compact(prefixed, input.size());
    append(prefixed, input);
    for (const auto& bytes : {to_bytes(input), prefixed}) {
        const auto extrinsic = decode_extrinsic(metadata, bytes);
        if (!extrinsic) {
            continue;
        }
        const auto& found = extrinsic.value();
        REDOUBT_ASSERT(found.format_version == 4 || found.format_version == 5);
        REDOUBT_ASSERT(found.call.size() <= bytes.size());
        if (found.kind == ExtrinsicKind::kBare) {
            REDOUBT_ASSERT(bare_extrinsic(found.call, found.format_version) == bytes);
        }
        if (found.era) {
            Bytes era;
            found.era->encode(era);
            ByteCursor in{era};
            REDOUBT_ASSERT(Era::decode(in).value() == *found.era);
        }
        const auto call = decode_call(metadata, found.call);
        ByteCursor in{found.call};
        const auto skip = skip_call(metadata, in);
        if (call) {
            REDOUBT_ASSERT(skip.has_value() && in.empty());
            const auto encoded =
                encode_call(metadata, call.value().pallet, call.value().call, call.value().args);
            REDOUBT_ASSERT(encoded.has_value() && equal(encoded.value(), found.call));
        }
    }
    return 0;
}
