/// Looks at evidence that was just produced: is it what was asked for? It verifies no signature; that is the
/// verifier's part, and needs collateral.
#pragma once

#include <attestation/evidence_type.hpp>
#include <attestation/produce/produce_error.hpp>
#include <attestation/produce/provider.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::produce {

/// What evidence of SGX, TDX or SEV-SNP says.
/// @errors kEvidenceMalformed, also for other types
[[nodiscard]] Result<Claims> read_evidence(EvidenceType type, ByteView evidence);

/// @errors kEvidenceMalformed, kReportDataDiffers, kDebug
[[nodiscard]] Result<Claims> check_evidence(EvidenceType type, ByteView evidence, ReportData report_data);

}  // namespace redoubt::attestation::produce
