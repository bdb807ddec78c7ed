/// What a paravisor's composite evidence says: the hardware about the paravisor, the paravisor's virtual TPM
/// about the guest. Plain data: nothing here was checked.
///
/// @source attestation.md, section 11.4
#pragma once

#include <attestation/claims/snp_claims.hpp>
#include <attestation/claims/tdx_claims.hpp>
#include <attestation/claims/tpm_claims.hpp>

#include <string>
#include <variant>

namespace redoubt::attestation {

struct ParavisorClaims {
    /// Of the boot: its report data is the digest of `runtime_claims`.
    std::variant<SnpClaims, TdxClaims> hardware;
    /// Of the moment of the challenge.
    TpmClaims tpm;
    /// The paravisor's own words in JSON, as they were received: its keys, and how the machine is configured.
    std::string runtime_claims;
};

}  // namespace redoubt::attestation
