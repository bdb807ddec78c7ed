// The SGX extension of PCK certificates: read or refused, and no prefix of one is another.
#include <attestation/dcap/pck_extension.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView value{data, size};
    const auto extension = dcap::parse_pck_extension(value);
    if (!extension) {
        REDOUBT_ASSERT(extension.error() == Reason::kPckExtensionInvalid);
        return 0;
    }
    REDOUBT_ASSERT(!dcap::parse_pck_extension(value.first(size - 1)));
    auto longer = to_bytes(value);
    longer.push_back(0);
    REDOUBT_ASSERT(!dcap::parse_pck_extension(longer));
    return 0;
}
