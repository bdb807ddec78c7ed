/// Verification of simulated evidence, for development without hardware.
///
/// There are two of it: the verifier, and one that refuses everything before it looks at it. Which one a
/// program has is chosen when it is built (REDOUBT_SIMULATED_EVIDENCE); a production build has the latter.
///
/// @source attestation.md, section 15
#pragma once

#include <attestation/simulation_allowance.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <string_view>

namespace redoubt::attestation::sim {

/// The checks, in order.
inline constexpr std::array<std::string_view, 4> kChecks{
    "simulation_allowed",
    "evidence_format",
    "key",
    "evidence_signature",
};

/// Whether this program can verify simulated evidence at all.
[[nodiscard]] bool is_built_in();

/// Verifies simulated evidence. The verdict is never one of hardware, and has neither a TCB status nor
/// collateral.
/// @return refused with kSimNotAllowed: by this build, without permission, or for another chain than one for
///   development; kSimMalformed; kSimKeyUntrusted; kSimSignatureInvalid
[[nodiscard]] Verdict verify_evidence(ByteView evidence,
                                      VerificationTime time,
                                      const SimulationAllowance& allowance);

}  // namespace redoubt::attestation::sim
