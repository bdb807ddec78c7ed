/// Looks at evidence that was just produced: is it what was asked for, and no more? It verifies no signature;
/// that is the verifier's part, and needs collateral.
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

/// Cuts the zeros that a transport left behind a quote: quoting services and kernels hand out buffers of a
/// fixed size, and not every reader takes more than the quote. What is no quote stays as it is.
/// @source attestation.md, sections 3.2 and 12.3
[[nodiscard]] Bytes without_padding(EvidenceType type, Bytes evidence);

}  // namespace redoubt::attestation::produce
