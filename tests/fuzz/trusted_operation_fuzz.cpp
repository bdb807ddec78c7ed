// Trusted operations: what decodes encodes to the same bytes, has a sender and a name, and never verifies by
// accident.
#include <cstdint>
#include <stf/types/trusted_operation.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    const ByteView input{data, size};
    const auto operation = stf::decode_trusted_operation(input);
    if (!operation) {
        return 0;
    }
    REDOUBT_ASSERT(equal(scale::encode(operation.value()), input));
    if (const auto* call = std::get_if<stf::IndirectCallOperation>(&operation.value())) {
        static_cast<void>(stf::sender_of(call->signed_call.call));
        static_cast<void>(stf::name_of(call->signed_call.call));
        static_cast<void>(stf::verify(call->signed_call, {}, {}));
    }
    return 0;
}
