/// How the endorsements of each type of evidence stand in a bundle. Another kind is one more row of the table
/// in endorsement_codec.cpp.
#pragma once

#include <attestation/appraisal/endorsements.hpp>
#include <attestation/evidence_type.hpp>
#include <primitives/result.hpp>

#include <string>
#include <string_view>

namespace redoubt::attestation {

/// Reads the endorsements of evidence of this type.
/// @param json an object: of SGX and TDX the container of dcap::parse_collateral, of SEV-SNP the certificates
/// @errors those of dcap::parse_collateral; kMalformed, kLimitExceeded, kJsonMalformed; kCollateralMissing: a
///   certificate is not there; kEvidenceTypeUnsupported: evidence of this type has no endorsements
[[nodiscard]] Result<Endorsements> parse_endorsements(EvidenceType type, std::string_view json);

/// Reads endorsements of whichever type they are: certificates, or else collateral.
/// @errors those of dcap::parse_collateral
[[nodiscard]] Result<Endorsements> parse_endorsements(std::string_view json);

/// The object that parse_endorsements reads; empty for no endorsements.
[[nodiscard]] std::string encode(const Endorsements& endorsements);

}  // namespace redoubt::attestation
