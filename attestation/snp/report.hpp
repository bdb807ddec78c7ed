/// SEV-SNP attestation reports, versions 2, 3 and 5: what stands where. No signature is verified here.
///
/// @source attestation.md, section 9.1
#pragma once

#include <attestation/claims/snp_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>

namespace redoubt::attestation::snp {

/// A decoded report. The view points into the input.
struct Report {
    SnpClaims claims;
    ByteView signed_bytes;
    /// r ++ s, big-endian, each as long as a coordinate of P-384; nullopt when a number is longer.
    std::optional<FixedBytes<96>> signature;
};

/// @param bytes exactly one report
/// @errors kSnpSize, kSnpVersionUnsupported, kSnpSigAlgoUnsupported, kSnpSigningKeyInvalid,
///   kSnpReservedNonzero
[[nodiscard]] Result<Report> parse_report(ByteView bytes);

}  // namespace redoubt::attestation::snp
