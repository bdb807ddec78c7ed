/// Signatures of a TPM's attestation key.
///
/// @source attestation.md, section 11.3; TPM 2.0 Library part 2, section 11.3
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::tpm {

struct Signature {
    SignatureScheme scheme = SignatureScheme::kRsaPkcs1Sha256;
    Bytes number;  ///< RSA: the signature; ECDSA: r
    Bytes s;       ///< ECDSA only
};

/// Decodes TPMT_SIGNATURE: RSASSA or ECDSA with SHA-256, SHA-384 or SHA-512; nothing may follow it.
/// @errors kTpmMalformed
[[nodiscard]] Result<Signature> parse_signature(ByteView bytes);

/// The signature that is the bytes of RSASSA with SHA-256, as paravisors hand it out.
[[nodiscard]] Signature bare_rsassa_signature(ByteView bytes);

/// True when `key` made the signature over `message`.
[[nodiscard]] bool is_signed(const PublicKey& key, const Signature& signature, ByteView message);

}  // namespace redoubt::attestation::tpm
