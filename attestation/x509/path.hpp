/// Certification paths and revocation: the rules that hold for every vendor's certificates. What a leaf has
/// to look like is the format's own rule.
///
/// @source RFC 5280 section 6, attestation.md sections 5.2 and 5.3
#pragma once

#include <attestation/verification_time.hpp>
#include <attestation/x509/certificate.hpp>
#include <attestation/x509/revocation_list.hpp>

#include <span>

namespace redoubt::attestation::x509 {

/// Checks one link: `certificate` names `issuer` as its issuer and is signed with its key.
/// @errors kChainUntrusted: another name; kMalformed: the issuer's key cannot be decoded;
/// kCertSignatureInvalid
[[nodiscard]] Result<void> check_link(const Certificate& certificate, const Certificate& issuer);
/// The same with the issuer's key at hand.
[[nodiscard]] Result<void> check_link(const Certificate& certificate,
                                      const Certificate& issuer,
                                      const PublicKey& issuer_key);

/// Checks what an issuer's certificate allows: it is a CA with keyCertSign, and no more CAs than its path
/// length stand below it.
/// @param cas_below CAs between it and the leaf
/// @errors kChainConstraintViolation
[[nodiscard]] Result<void> check_issuer_rules(const Certificate& issuer, std::size_t cas_below);

/// Checks a path from its leaf to its anchor, which is trusted for what it is. All certificates are valid at
/// `time`, each is signed by the next, every issuer may issue, and no critical extension is unknown.
/// @param path leaf first, anchor last, at least two
/// @errors kCertNotValidAtTime; those of check_link and check_issuer_rules
[[nodiscard]] Result<void> verify_path(std::span<const Certificate* const> path, VerificationTime time);

/// What verify_path checks besides names and signatures: times, critical extensions, and what issuers may do.
/// @errors kCertNotValidAtTime, kChainConstraintViolation
[[nodiscard]] Result<void> check_path_rules(std::span<const Certificate* const> path, VerificationTime time);

/// Only the time of verify_path, for a path that was verified before.
/// @errors kCertNotValidAtTime
[[nodiscard]] Result<void> check_path_time(std::span<const Certificate* const> path, VerificationTime time);

/// Checks that the list is its issuer's. An issuer that states a key usage needs the one for signing lists.
/// @errors kCrlMissing: the list is of another issuer; kCrlSignatureInvalid; kMalformed: the issuer's key
///   cannot be decoded
[[nodiscard]] Result<void> check_list_signature(const RevocationList& list, const Certificate& issuer);
/// The same with the issuer's key at hand.
[[nodiscard]] Result<void> check_list_signature(const RevocationList& list,
                                                const Certificate& issuer,
                                                const PublicKey& issuer_key);
/// The same, and that the list holds at `time`. @errors also kCrlNotValidAtTime
[[nodiscard]] Result<void> verify_revocation_list(const RevocationList& list,
                                                  const Certificate& issuer,
                                                  VerificationTime time);

/// Looks for a certificate on a verified list of its issuer.
/// @errors kCrlMissing: the list is of another issuer; kCertRevoked
[[nodiscard]] Result<void> check_not_revoked(const Certificate& certificate, const RevocationList& list);

}  // namespace redoubt::attestation::x509
