/// What has to come with evidence so that it can be verified: documents and certificates of the maker of the
/// hardware. Each kind of evidence has its own, or none.
#pragma once

#include <attestation/dcap/collateral.hpp>
#include <attestation/snp/verifier.hpp>

#include <variant>

namespace redoubt::attestation {

/// By kind: SGX and TDX take collateral, SEV-SNP certificates; reports of the
/// attestation service carry all they need. Append a kind here when it needs something.
using Endorsements = std::variant<std::monostate, dcap::Collateral, snp::Certificates>;

}  // namespace redoubt::attestation
