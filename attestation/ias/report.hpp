/// The body of a report of Intel's attestation service (IAS).
///
/// @source attestation.md, section 8.1
#pragma once

#include <attestation/claims/ias_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/result.hpp>

#include <string_view>

namespace redoubt::attestation::ias {

/// The bytes of a quote without its signature, as a report repeats it.
inline constexpr std::size_t kQuoteBodyBytes = 432;

/// Reads a body strictly: one JSON object, no member twice, timestamp, status and quote present and well
/// formed. Members that mean nothing here are skipped.
/// @param text at most kIasReportBytesMax
/// @errors kIasReportMalformed
[[nodiscard]] Result<IasClaims> parse_report(std::string_view text);

}  // namespace redoubt::attestation::ias
