/// Verification of TLS certificates that carry evidence of their key.
///
/// What is verified here is that the holder of the certificate's private key is the TEE. That the peer holds
/// the key is for the TLS stack to check (CertificateVerify). A certificate's dates and names carry no trust.
///
/// @source attestation.md, section 13.2
#pragma once

#include <attestation/appraisal/appraisal.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <string_view>

namespace redoubt::attestation::ra_tls {

/// The checks, in order. Those of the evidence's own type come after the first.
inline constexpr std::array<std::string_view, 4> kChecks{
    "certificate_evidence",
    "claims_binding",
    "key_binding",
    "self_signature",
};

/// Verifies a certificate and its evidence.
/// @param certificate DER, at most kRaTlsCertificateBytesMax
/// @param endorsements of the evidence's type; read_certificate_evidence says which that is
/// @return the verdict on the evidence. It is refused also when the evidence does not vouch for the
/// certificate's
///   key: kRatlsEvidenceMalformed, kRatlsClaimsNotBound, kRatlsKeyNotBound, kRatlsSelfSignatureInvalid. Its
///   nonce is that of the claims
[[nodiscard]] Verdict verify_certificate(ByteView certificate,
                                         const Endorsements& endorsements,
                                         const AppraisalSetting& setting);

}  // namespace redoubt::attestation::ra_tls
