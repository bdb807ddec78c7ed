/// Verification of AWS Nitro attestation documents. A document holds all that it needs: its certificates lead
/// to the one root that is built in.
///
/// @source attestation.md, section 10
#pragma once

#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <string_view>

namespace redoubt::attestation::nitro {

/// The checks, in order.
inline constexpr std::array<std::string_view, 7> kChecks{
    "document_format",     "certificate_format", "root", "certificate_validity", "certificate_chain",
    "certificate_profile", "document_signature",
};

/// What one verification takes besides the document.
struct Setting {
    /// Now; for an archived document the time it states.
    VerificationTime time;
    const TrustRoots& roots = TrustRoots::built_in();
};

/// Verifies a document. The verdict's collateral facts are those of its certificates.
[[nodiscard]] Verdict verify_document(ByteView document, const Setting& setting);

}  // namespace redoubt::attestation::nitro
