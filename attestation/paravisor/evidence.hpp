/// The parts of a paravisor's composite evidence, and how they travel as one: a map in CBOR with the members
/// `hcl_report`, `tpm` (as in tpm/evidence.hpp) and, for a TD, `td_quote`. There is no container of the
/// vendor's.
///
/// @source attestation.md, section 11.4
#pragma once

#include <attestation/tpm/evidence.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::paravisor {

struct Evidence {
    Bytes hcl_report;
    tpm::Evidence tpm;
    /// A DCAP quote of the TD's report in the blob; empty for SEV-SNP.
    Bytes td_quote;
};

/// @errors kHclMalformed, kTpmMalformed
[[nodiscard]] Result<Evidence> read_evidence(ByteView bytes);

}  // namespace redoubt::attestation::paravisor
