// SEV-SNP reports: a decoded one has exactly one size, its reserved fields are zero, and a signature that is
// read is the input's, byte for byte.
#include <attestation/snp/report.hpp>

#include <attestation/limits.hpp>

using namespace redoubt;                    // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;       // NOLINT
using namespace redoubt::attestation::snp;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto parsed = parse_report(input);
    if (size != kSnpReportBytes) {
        REDOUBT_ASSERT(!parsed);
        return 0;
    }
    if (!parsed) {
        return 0;
    }
    const auto& report = parsed.value();
    const auto& claims = report.claims;
    REDOUBT_ASSERT(report.signed_bytes.data() == data && report.signed_bytes.size() == kSnpSignedBytes);
    REDOUBT_ASSERT(claims.signing_key_number() <= 1 && (claims.policy & kSnpPolicyReservedOne) != 0);
    REDOUBT_ASSERT(claims.cpuid.has_value() == (claims.version >= 3));
    REDOUBT_ASSERT(claims.current_mitigations.has_value() == (claims.version >= 5));
    if (report.signature) {
        for (std::size_t i = 0; i < 48; ++i) {
            REDOUBT_ASSERT(report.signature->bytes[47 - i] == input[kSnpSignedBytes + i]);
            REDOUBT_ASSERT(report.signature->bytes[95 - i] == input[kSnpSignedBytes + 72 + i]);
        }
    }
    REDOUBT_ASSERT(!parse_report(input.first(size - 1)));
    auto longer = to_bytes(input);
    longer.push_back(0);
    REDOUBT_ASSERT(!parse_report(longer));
    return 0;
}
