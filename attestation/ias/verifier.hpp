/// Verification of reports of Intel's attestation service (IAS). The service ended in 2025: reports are read,
/// where chains and archives keep them, and never asked for.
///
/// @source attestation.md, section 8.2
#pragma once

#include <attestation/ias/evidence.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace redoubt::attestation::ias {

/// The checks, in order.
inline constexpr std::array<std::string_view, 4> kChecks{
    "certificate_chain",
    "certificate_validity",
    "report_signature",
    "report_format",
};

/// What one verification takes besides the evidence.
struct Setting {
    VerificationTime time;
    const TrustRoots& roots = TrustRoots::built_in();
    /// When the certificates have to be valid, where that is not `time`: the time at which a stored report
    /// was received, or the registry's constant (registry.hpp). How old the report is, a policy judges by its
    /// own time.
    std::optional<VerificationTime> certificate_time;
};

/// Verifies a report. The verdict's claims are IasClaims; its collateral is the report, as old as its
/// timestamp.
[[nodiscard]] Verdict verify_report(const Evidence& evidence, const Setting& setting);

}  // namespace redoubt::attestation::ias
