// A paravisor's claims by themselves, without the blob whose lengths have to add up: a key or a refusal.
#include <attestation/paravisor/runtime_claims.hpp>
#include <attestation/reason.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto key = paravisor::read_attestation_key(text_of({data, size}));
    REDOUBT_ASSERT(key || key.error() == Reason::kHclMalformed);
    return 0;
}
