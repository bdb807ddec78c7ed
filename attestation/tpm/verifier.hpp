/// Verification of TPM 2.0 quotes under an attestation key that is known to be one: a restricted signing key,
/// so that it never signs what only looks like a quote. Who says so is not judged here: an endorsement key's
/// certificate with credential activation, or the hardware's report (attestation/paravisor).
///
/// @source attestation.md, section 11.3
#pragma once

#include <attestation/check_log.hpp>
#include <attestation/tpm/evidence.hpp>
#include <attestation/verdict.hpp>

#include <array>
#include <string_view>

namespace redoubt::attestation::tpm {

/// The checks, in order.
inline constexpr std::array<std::string_view, 3> kChecks{
    "tpm_quote_format",
    "tpm_quote_signature",
    "tpm_pcr_digest",
};

/// The key that signs quotes, as whoever enrolled the TPM noted it. It never comes with the evidence: anybody
/// could send one.
struct AttestationKey {
    Bytes public_key_info;  ///< SubjectPublicKeyInfo, DER
};

/// Verifies a quote. The verdict's claims are TpmClaims with the values of all covered registers, its nonce
/// is the quote's extra data.
[[nodiscard]] Verdict verify_quote(const Evidence& evidence,
                                   const AttestationKey& key,
                                   VerificationTime time);

/// The checks alone.
/// @param log has kChecks among its names
/// @errors kTpmMalformed, kTpmNotAQuote, kTpmSignatureInvalid; kTpmPcrDigestMismatch: also when the value of
/// a
///   covered register is missing
[[nodiscard]] Result<TpmClaims> verify(const Evidence& evidence, const PublicKey& key, CheckLog& log);

}  // namespace redoubt::attestation::tpm
