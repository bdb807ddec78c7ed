// Values of a known registry: never crash, decode and encode agree, memory stays within its limit.
// The first byte chooses the type.
#include <substrate/dynamic_codec.hpp>
#include <substrate/memory_limit.hpp>
#include <substrate/metadata.hpp>
#include <tests/support/sample_metadata.hpp>
#include <tests/support/value_size.hpp>

using namespace redoubt;             // NOLINT: a fuzz target is one function
using namespace redoubt::substrate;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto metadata = Metadata::decode(tests::sample_metadata()).value();
    if (size == 0) {
        return 0;
    }
    const TypeId type = data[0] % static_cast<TypeId>(metadata.types().size());
    const ByteView input{data + 1, size - 1};
    ByteCursor in{input};
    const auto value = decode_value(metadata.types(), type, in);
    ByteCursor skipped{input};
    const auto skip = skip_value(metadata.types(), type, skipped);
    if (!value) {
        REDOUBT_ASSERT(!skip || value.error() == make_error_code(ValueError::kMemoryLimit));
        return 0;
    }
    REDOUBT_ASSERT(skip.has_value() && skipped.remaining() == in.remaining());
    REDOUBT_ASSERT(tests::owned_bytes(value.value()) <=
                   MemoryLimit::kBytesPerInputByte * input.size() + MemoryLimit::kBytesAlways);
    Bytes encoded;
    REDOUBT_ASSERT(encode_value(metadata.types(), type, value.value(), encoded).has_value());
    // Unused bits of a bit sequence are not kept; everything else is.
    const auto consumed = input.first(input.size() - in.remaining());
    REDOUBT_ASSERT(type == tests::kSampleBits ? encoded.size() == consumed.size() : equal(encoded, consumed));
    const auto again = decode_value(metadata.types(), type, ByteView{encoded});
    REDOUBT_ASSERT(again.has_value() && again.value() == value.value());
    return 0;
}
