/// Intel's signed JSON as the provisioning service answers it: an object with the document and a signature.
/// The signature covers the document's bytes exactly as served.
///
/// @source attestation.md, section 6.2
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <string_view>

namespace redoubt::attestation::dcap {

struct SignedDocument {
    std::string_view text;  ///< the signed bytes, from `{` to its `}`
    FixedBytes<64> signature;
};

/// @param response `{"<member>":{...},"signature":"<128 hex digits>"}`, at most kJsonBytesMax
/// @param member `tcbInfo` or `enclaveIdentity`
/// @errors kLimitExceeded, kJsonMalformed, kJsonDuplicateMember
[[nodiscard]] Result<SignedDocument> read_signed_document(std::string_view response, std::string_view member);

/// True when the key signed exactly this text.
[[nodiscard]] bool is_signed_by(const SignedDocument& document, const PublicKey& key);

}  // namespace redoubt::attestation::dcap
