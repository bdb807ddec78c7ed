/// DICE tagged evidence: a quote, and the claims of which the quote signs the digest. It is how Gramine,
/// Intel's SDK and others write RA-TLS certificates that each other can read.
///
/// @source attestation.md, section 13.1; TCG DICE Attestation Architecture 1.1, section 6.1.1
#pragma once

#include <attestation/digest.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>

namespace redoubt::attestation::ra_tls {

/// Longest nonce of a verifier that claims may hold.
inline constexpr std::size_t kClaimedNonceBytesMax = 64;

/// What the claims say. Views into them.
struct DiceClaims {
    HashAlgorithm key_hash_algorithm = HashAlgorithm::kSha256;
    ByteView key_hash;  ///< of the certificate's SubjectPublicKeyInfo
    std::optional<ByteView> nonce;
};

/// Views into the evidence.
struct DiceEvidence {
    ByteView quote;         ///< SGX or TDX
    ByteView claims_bytes;  ///< as they were received; the digest is over them
    DiceClaims claims;
};

/// Reads tag 60000 over [quote, claims]. Other tags are local reports, which are never remote evidence.
/// @param value of the extension, and nothing else
/// @errors kRatlsEvidenceMalformed
[[nodiscard]] Result<DiceEvidence> read_dice_evidence(ByteView value);

/// Reads a map of text keys: `pubkey-hash` has to be there, `nonce` may, others are passed over.
/// @errors kRatlsEvidenceMalformed
[[nodiscard]] Result<DiceClaims> read_dice_claims(ByteView claims);

}  // namespace redoubt::attestation::ra_tls
