/// AWS Nitro attestation documents: what stands where. No signature is verified here.
///
/// @source attestation.md, section 10
#pragma once

#include <attestation/cbor/cose_sign1.hpp>
#include <attestation/claims/nitro_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <vector>

namespace redoubt::attestation::nitro {

/// A decoded document. The views point into the input.
struct Document {
    NitroClaims claims;
    cose::Sign1 sign1;
    ByteView certificate;          ///< DER of the one that signs
    std::vector<ByteView> bundle;  ///< DER of its issuers, the root first
};

/// @param bytes exactly one document, at most kNitroDocumentBytesMax
/// @errors kLimitExceeded, kNitroCborMalformed, kNitroCoseMalformed, kNitroAlgUnsupported, kNitroDocInvalid
[[nodiscard]] Result<Document> parse_document(ByteView bytes);

}  // namespace redoubt::attestation::nitro
