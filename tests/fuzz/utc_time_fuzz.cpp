// Times in ISO 8601: one text for each second.
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_of(ByteView{data, size});
    if (const auto time = parse_utc(text)) {
        REDOUBT_ASSERT(to_utc(*time) == text);
    }
    return 0;
}
