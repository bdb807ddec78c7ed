/// The result of a verification as an EAR (EAT attestation result): a JSON Web Token whose trustworthiness
/// vector other programs understand without knowing any kind of evidence.
///
/// @source attestation.md, section 16; draft-ietf-rats-ear; RFC 7519, RFC 8037
#pragma once

#include <attestation/verification_time.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <string>
#include <tools/wallet/evidence_verification.hpp>

namespace redoubt::wallet {

/// The claims of AR4SI: -1 the verifier failed, 0 nothing is said, 1 the evidence was not understood, 2 to 31
/// affirming, 32 to 95 warning, from 96 contraindicated.
struct TrustVector {
    int hardware = 0;
    int instance_identity = 0;
    int executables = 0;
    int configuration = 0;
    int runtime_opaque = 0;
    int storage_opaque = 0;  ///< evidence says nothing of how a program keeps its data

    bool operator==(const TrustVector&) const = default;
};

[[nodiscard]] TrustVector trust_vector(const EvidenceVerification& verification);
/// `affirming`, `warning` or `contraindicated`, the worst that a claim says; `none` when none says anything.
/// @param is_accepted  without it the status is `contraindicated`, whatever the claims say
[[nodiscard]] std::string_view ear_status(const TrustVector& vector, bool is_accepted);

/// The payload. It says for when the evidence was verified (`ear.redoubt.verified-at`) as well as when it was
/// issued.
/// @param nonce     what the relying party asked with; put in when the evidence answers it
/// @param issued_at when the token is made
[[nodiscard]] Json ear_payload(const EvidenceVerification& verification,
                               const std::optional<Bytes>& nonce,
                               attestation::VerificationTime issued_at);
/// The token, signed with EdDSA. @pre the key is of ed25519
[[nodiscard]] std::string sign_ear(const Json& payload, const crypto::KeyPair& key);

}  // namespace redoubt::wallet
