/// The three parts of a report of Intel's attestation service (IAS), and the forms in which they travel.
/// Nothing is verified here.
///
/// @source attestation.md, sections 8.1 and 8.4
#pragma once

#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::ias {

struct Evidence {
    Bytes report;       ///< the body, JSON, exactly as it was received
    Bytes signature;    ///< RSA, one number
    Bytes certificate;  ///< DER, of the key that signed
};

/// Reads `report|signature|certificate`, the last two in base64.
/// @param text at most kEvidenceBytesMax
/// @errors kLimitExceeded; kIasReportMalformed: not three parts; kIasSignatureInvalid, kIasChainInvalid: that
///   part is no base64
[[nodiscard]] Result<Evidence> read_joined(ByteView text);

/// Reads the RA certificate that a worker registers with: X.509 whose Netscape comment holds the joined
/// parts. Its own signature, names and dates carry no trust and are not checked: the enclave's key stands in
/// the report data.
/// @param certificate DER, at most kCertificateBytesMax
/// @errors kIasReportMalformed: no certificate with exactly one such comment; those of read_joined
[[nodiscard]] Result<Evidence> read_ra_certificate(ByteView certificate);

}  // namespace redoubt::attestation::ias
