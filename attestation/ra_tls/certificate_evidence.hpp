/// The evidence that a TLS certificate carries for its key, in the forms that are in use. Nothing is verified
/// here but that the evidence is bound to the key, given the report data of evidence that was verified.
///
/// Not read: dstack's extensions, whose certificates a CA signs.
///
/// @source attestation.md, sections 13.1 and 13.2; RFC 9999 (id-pe-cmw)
#pragma once

#include <attestation/evidence_type.hpp>
#include <attestation/ra_tls/dice_evidence.hpp>
#include <attestation/x509/certificate.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace redoubt::attestation::ra_tls {

/// Where the evidence stood, in the order of preference.
enum class Form : std::uint8_t {
    kDice,         ///< DICE tagged evidence: the quote signs claims, the claims name the key
    kCmw,          ///< a conceptual message wrapper: the evidence signs the key's hash
    kLegacyQuote,  ///< a bare quote that signs the key's hash
    kSimulation,   ///< simulated evidence that signs the key's hash
};

/// Views into the certificate.
struct CertificateEvidence {
    Form form = Form::kDice;
    EvidenceType type = EvidenceType::kSgxDcap;
    ByteView evidence;                 ///< as appraise() takes it
    std::optional<DiceEvidence> dice;  ///< with kDice
};

/// Finds and decodes the evidence. No extension may be there twice; of several forms the first in the order
/// of Form counts, and the others are not looked at.
/// @errors kRatlsEvidenceMalformed
[[nodiscard]] Result<CertificateEvidence> read_certificate_evidence(const x509::Certificate& certificate);

/// Checks that evidence with this report data vouches for the claims: their SHA-256, then zeros.
/// @errors kRatlsClaimsNotBound
[[nodiscard]] Result<void> check_claims_bound(const DiceEvidence& evidence, ByteView report_data);
/// Checks that the claims name this key or, without claims, that the report data is its SHA-256, then zeros.
/// @param public_key_info SubjectPublicKeyInfo of the certificate
/// @errors kRatlsKeyNotBound
[[nodiscard]] Result<void> check_key_bound(const CertificateEvidence& evidence,
                                           ByteView report_data,
                                           ByteView public_key_info);

/// The media type under which a wrapper holds evidence of a type, for example `application/vnd.redoubt.snp`.
[[nodiscard]] std::string wrapper_media_type(EvidenceType type);
/// The type of that media type. @return nullopt for another one
[[nodiscard]] std::optional<EvidenceType> type_of_wrapper(std::string_view media_type);

}  // namespace redoubt::attestation::ra_tls
