/// What a verification takes at most. Each limit is checked before memory or time is spent on what it bounds.
///
/// @source attestation.md, section 1.2
#pragma once

#include <cstddef>

namespace redoubt::attestation {

/// Evidence of any type.
inline constexpr std::size_t kEvidenceBytesMax = 1024 * 1024;
inline constexpr std::size_t kQuoteBytesMax = 64 * 1024;
inline constexpr std::size_t kSnpReportBytes = 1184;
/// A report of the attestation service; genuine ones have 1 to 2 KiB.
inline constexpr std::size_t kIasReportBytesMax = 16 * 1024;
inline constexpr std::size_t kIasNonceBytesMax = 32;
inline constexpr std::size_t kNitroDocumentBytesMax = 32 * 1024;
inline constexpr std::size_t kNitroCertificateBytesMax = 1024;
/// Issuers in one document, the root among them; genuine ones have four.
inline constexpr std::size_t kNitroBundleCertificatesMax = 8;
inline constexpr std::size_t kRaTlsCertificateBytesMax = 64 * 1024;

/// What the quoting enclave adds to the attestation key before it hashes both.
inline constexpr std::size_t kQeAuthBytesMax = 1024;
inline constexpr std::size_t kCertificationDataBytesMax = 48 * 1024;

inline constexpr std::size_t kChainCertificatesMax = 4;
inline constexpr std::size_t kCertificateBytesMax = 8 * 1024;
/// Text of one PEM chain: the certificates in base64, and room for text between the blocks.
inline constexpr std::size_t kPemBytesMax = 64 * 1024;
inline constexpr std::size_t kCertificateExtensionsMax = 32;

inline constexpr std::size_t kCrlBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kCrlEntriesMax = 100'000;

/// One signed JSON document of the collateral.
inline constexpr std::size_t kJsonBytesMax = 256 * 1024;
inline constexpr std::size_t kJsonDepthMax = 16;
/// Members of one object: the names are compared with each other.
inline constexpr std::size_t kJsonMembersMax = 128;
inline constexpr std::size_t kTcbLevelsMax = 512;
inline constexpr std::size_t kAdvisoriesMax = 64;
inline constexpr std::size_t kTdxModulesMax = 64;

/// Pieces of firmware and texts in the platform's half of a CCA token.
inline constexpr std::size_t kCcaComponentsMax = 64;
inline constexpr std::size_t kCcaTextBytesMax = 256;

inline constexpr std::size_t kCborDepthMax = 16;
inline constexpr std::size_t kCborItemsMax = 4096;
inline constexpr std::size_t kCborStringBytesMax = 64 * 1024;

}  // namespace redoubt::attestation
