/// What certificates and revocation lists have in common: a body, the algorithm and the signature over it.
///
/// @source RFC 5280, sections 4.1.1 and 5.1.1
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/x509/algorithm.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::x509 {

/// Views into the document.
struct SignedBody {
    ByteView signed_bytes;  ///< the body's DER, tag included
    ByteView fields;        ///< what is in it
    SignatureScheme scheme;
    ByteView signature;
};

/// @param document DER, of which nothing is left over
/// @errors kMalformed
[[nodiscard]] Result<SignedBody> read_signed_body(ByteView document, Origin origin = Origin::kAuthority);

}  // namespace redoubt::attestation::x509
