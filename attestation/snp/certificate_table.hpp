/// The table of certificates that a host hands to its guests with a report (`auxblob`). Everything in it is
/// the host's word: certificates count for their chain alone.
///
/// @source attestation.md, section 9.3
#pragma once

#include <attestation/claims/snp_claims.hpp>
#include <attestation/reason.hpp>
#include <attestation/snp/verifier.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::snp {

/// Views into the table; empty for what it does not have.
struct CertificateTable {
    ByteView vcek;
    ByteView vlek;
    ByteView ask;  ///< ASK, or ASVK where the host has a VLEK
    ByteView ark;
    ByteView revocation_list;

    /// What a report signed with this key needs. Missing certificates stay empty; the verifier refuses them.
    [[nodiscard]] Certificates certificates(SnpSigningKey key) const;
};

/// Takes identifiers in either byte order, and ignores those it does not know.
/// @param bytes at most kEvidenceBytesMax
/// @errors kLimitExceeded; kMalformed: no end, a part that is not inside, or an identifier twice
[[nodiscard]] Result<CertificateTable> read_certificate_table(ByteView bytes);

}  // namespace redoubt::attestation::snp
