/// Evidence with everything that a verifier needs, as one JSON document: in a file, or as an endpoint's
/// answer. Reading a bundle verifies nothing; appraise() and open_binding() do.
///
/// @source docs/PROTOCOL.md, "Evidence bundles"
#pragma once

#include <attestation/appraisal/endorsements.hpp>
#include <attestation/binding/binding_block.hpp>
#include <attestation/binding/nonce_tree.hpp>
#include <attestation/evidence_type.hpp>
#include <attestation/limits.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace redoubt::attestation {

/// The value of the member `format`.
inline constexpr std::string_view kBundleFormat = "redoubt-evidence/1";
/// Evidence in base64, two revocation lists in hexadecimal digits, and the rest.
inline constexpr std::size_t kBundleBytesMax = 2 * kEvidenceBytesMax + 4 * kCrlBytesMax + 8 * kJsonBytesMax;

/// A verifier's nonce with the proof that the block's nonce, a root, is over it.
struct ProvenNonce {
    Bytes nonce;
    NonceProof proof;

    bool operator==(const ProvenNonce&) const = default;
};

struct Bundle {
    EvidenceType type = EvidenceType::kSgxDcap;
    Bytes evidence;
    Endorsements endorsements;
    /// As it was sent; nullopt without one.
    std::optional<Bytes> binding_block;
    /// Only with a binding block.
    std::optional<ProvenNonce> nonce_proof;
};

/// Reads a bundle. A member that it does not know, or one twice, is refused.
/// @errors kLimitExceeded, kJsonMalformed, kJsonDuplicateMember, kMalformed (base64, hexadecimal digits);
///   kEvidenceTypeUnsupported: no such type; kBindMalformed: a proof without block, or of no possible tree;
///   those of parse_endorsements
[[nodiscard]] Result<Bundle> parse_bundle(std::string_view json);
/// One line of JSON that parse_bundle reads.
/// @pre every part is within its limit
[[nodiscard]] std::string encode(const Bundle& bundle);

/// What the evidence vouches for. Its nonce is the verifier's own where a proof leads from it to the block's.
/// @param report_data of a verified verdict
/// @errors kBindMissing: the bundle has no block; kBindMalformed, kBindReportDataMismatch; kPolicyNonce: the
///   proof leads elsewhere than to the block's nonce
[[nodiscard]] Result<BindingBlock> open_binding(const Bundle& bundle,
                                                BindingProfile profile,
                                                ByteView report_data);

}  // namespace redoubt::attestation
