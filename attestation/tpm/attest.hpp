/// TPMS_ATTEST: what a TPM signs when it is asked for a quote.
///
/// @source attestation.md, section 11.3; TPM 2.0 Library part 2, section 10.12.12
#pragma once

#include <attestation/claims/tpm_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::tpm {

inline constexpr std::size_t kBanksMax = 16;
inline constexpr std::size_t kPcrsPerBankMax = 32;

/// Decodes a quote; nothing may follow it. The values of its registers are not in it.
/// @errors kTpmNotAQuote: another structure of the TPM, or none; kTpmMalformed
[[nodiscard]] Result<TpmClaims> parse_attest(ByteView bytes);

}  // namespace redoubt::attestation::tpm
