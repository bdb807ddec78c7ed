// Blobs of a paravisor: read or refused, and what is read lies inside.
#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/paravisor/runtime_claims.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto report = paravisor::parse_hcl_report({data, size});
    if (!report) {
        REDOUBT_ASSERT(report.error() == Reason::kHclMalformed);
        return 0;
    }
    const auto end = bytes_of(report.value().claims).data() + report.value().claims.size();
    REDOUBT_ASSERT(end <= data + size && report.value().hardware_report.data() > data);
    const auto key = paravisor::read_attestation_key(report.value().claims);
    REDOUBT_ASSERT(key.has_value() || key.error() == Reason::kHclMalformed);
    return 0;
}
