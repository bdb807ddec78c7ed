/// Algorithm identifiers, public keys and times as certificates write them.
///
/// @source RFC 5280, RFC 4055, RFC 5480
#pragma once

#include <attestation/der/der_reader.hpp>
#include <attestation/public_key.hpp>
#include <attestation/verification_time.hpp>

namespace redoubt::attestation::x509 {

/// Reads a SubjectPublicKeyInfo: P-256, P-384, P-521 or RSA.
/// @param whole its DER, tag included
/// @errors kMalformed: another algorithm, or no valid key
[[nodiscard]] Result<PublicKey> read_public_key(ByteView whole);

/// Who made a certificate.
enum class Origin : std::uint8_t {
    kAuthority,
    /// A peer for itself: ECDSA algorithms may carry NULL parameters, which mbed TLS writes and RFC 5758
    /// forbids.
    kPeer,
};

/// Reads a signature's AlgorithmIdentifier. PSS parameters must name one digest for both uses, and its length
/// as that of the salt.
/// @errors kMalformed: an algorithm that is not allowed, MD5 and SHA-1 among them
[[nodiscard]] Result<SignatureScheme> read_signature_scheme(der::Reader& in,
                                                            Origin origin = Origin::kAuthority);

/// Reads a UTCTime or GeneralizedTime in the form of RFC 5280: seconds present, ending with Z.
/// @errors kMalformed
[[nodiscard]] Result<VerificationTime> read_time(der::Reader& in);

}  // namespace redoubt::attestation::x509
