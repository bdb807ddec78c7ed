// TPMS_ATTEST and TPMT_SIGNATURE by themselves: what is read keeps its limits, and nothing may follow it.
#include <attestation/tpm/attest.hpp>
#include <attestation/tpm/signature.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    auto longer = to_bytes(input);
    longer.push_back(0);
    if (const auto claims = tpm::parse_attest(input)) {
        REDOUBT_ASSERT(claims.value().selection.size() <= tpm::kBanksMax && claims.value().pcrs.empty());
        REDOUBT_ASSERT(!tpm::parse_attest(longer) && !tpm::parse_attest(input.first(size - 1)));
    } else {
        REDOUBT_ASSERT(claims.error() == Reason::kTpmMalformed || claims.error() == Reason::kTpmNotAQuote);
    }
    if (const auto signature = tpm::parse_signature(input)) {
        REDOUBT_ASSERT(signature.value().number.size() + signature.value().s.size() <= size);
        REDOUBT_ASSERT(!tpm::parse_signature(longer) && !tpm::parse_signature(input.first(size - 1)));
    } else {
        REDOUBT_ASSERT(signature.error() == Reason::kTpmMalformed);
    }
    return 0;
}
