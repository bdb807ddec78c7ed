/// Simulated evidence (SIMATT): what stands where. No signature is verified here.
///
/// @source attestation.md, section 15.1
#pragma once

#include <attestation/claims/sim_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::sim {

/// Decoded evidence. The views point into the input.
struct Evidence {
    SimClaims claims;
    ByteView signed_bytes;  ///< without the domain that stands before them
    ByteView signature;
};

/// @param bytes exactly kSimEvidenceBytes
/// @errors kSimMalformed: another size, magic or type, an unknown flag, or reserved bytes that are not zero
[[nodiscard]] Result<Evidence> parse_evidence(ByteView bytes);

}  // namespace redoubt::attestation::sim
