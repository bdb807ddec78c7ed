// CBOR: what opens is read to its end, and writes to the same bytes: there is one encoding, but for maps that
// end with a break where those are allowed. A COSE_Sign1 that is read holds its parts inside of the input.
#include <attestation/cbor/cbor_writer.hpp>
#include <attestation/cbor/cose_sign1.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

namespace {

bool is_inside(ByteView part, ByteView whole) {
    return part.empty() ||
           (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// All items of a reader, written with definite lengths.
Bytes rewrite(cbor::Reader reader) {
    Bytes out;
    std::size_t items = 0;
    while (!reader.empty()) {
        const auto item = reader.next().value();
        REDOUBT_ASSERT(++items <= kCborItemsMax);
        if (item.kind == cbor::Kind::kBytes) {
            cbor::append_bytes(out, item.content);
        } else if (item.kind == cbor::Kind::kText) {
            cbor::append_text(out, text_of(item.content));
        } else {
            cbor::append_head(out, item.kind, item.number);
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto measured = cbor::measure(input);
    const auto reader = cbor::Reader::open(input);
    REDOUBT_ASSERT(reader.has_value() == (measured && measured.value() == size));
    if (measured) {
        const auto first = input.first(measured.value());
        REDOUBT_ASSERT(equal(rewrite(cbor::Reader::open(first).value()), first));
    }
    if (const auto open_maps = cbor::Reader::open(input, cbor::Lengths::kDefiniteButOfMaps)) {
        const auto definite = rewrite(open_maps.value());
        REDOUBT_ASSERT(cbor::Reader::open(definite) && (!reader || equal(definite, input)));
        auto skipped = open_maps.value();
        REDOUBT_ASSERT(skipped.skip() && skipped.empty());
    }
    if (const auto sign1 = cose::parse_sign1(input, cose::Tagging::kOptional)) {
        REDOUBT_ASSERT(reader.has_value() && is_inside(sign1.value().payload, input) &&
                       is_inside(sign1.value().signature, input));
        REDOUBT_ASSERT(cbor::measure(cose::signed_bytes(sign1.value())));
    }
    return 0;
}
