/// What can be done about evidence that is refused, in words that are apt for its type, for how it was
/// passed, and for who can do it. Codes and causes are those of attestation/reason.hpp; a text here goes
/// before the one there.
#pragma once

#include <attestation/evidence_type.hpp>
#include <attestation/reason.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tools/wallet/evidence_likeness.hpp>
#include <vector>

namespace redoubt::wallet {

/// How the parts of evidence that has no container of its vendor's travel, as half a sentence each.
inline constexpr std::string_view kTpmContainer =
    "put it into a map in CBOR with attest (this structure), signature (TPMT_SIGNATURE) or rsassa, and pcrs, "
    "a list of [bank, index, value]: docs/WALLET.md, \"Evidence of several parts\"";
inline constexpr std::string_view kParavisorContainer =
    "put it into a map in CBOR with hcl_report (this blob), tpm (the map of a TPM's quote) and, for a TD, "
    "td_quote: docs/WALLET.md, \"Evidence of several parts\"";
inline constexpr std::string_view kIasContainer =
    "name its signature and who signed it, too: --signature FILE and --certificates FILE, which the service "
    "sends "
    "as the headers X-IASReport-Signature and X-IASReport-Signing-Certificate; or pass one file "
    "body|signature|certificate";

/// What is known of refused evidence beside the reasons.
struct RefusedEvidence {
    attestation::EvidenceType type = attestation::EvidenceType::kSgxDcap;
    /// Whose documents vouch for it: below a paravisor the hardware there, else the same.
    attestation::EvidenceType hardware = type;
    /// What it seems to be instead.
    std::optional<Likeness> likeness{};
    /// The verifier has a key that it trusts as it is, for types without a root (cca, keystone, tpm, sim).
    bool has_trusted_key = true;
    /// A worker showed it; else it is a file.
    bool is_of_worker = false;
    /// Reasons that are there because of what earlier runs have seen, and where that is kept.
    std::vector<attestation::Reason> kept_reasons{};
    std::string kept_in{};
};

struct Advice {
    /// Half a sentence each, without a full stop.
    std::string cause;
    std::string remedy;
    /// Whoever verifies can do it; else who runs what the evidence is of.
    bool is_for_verifier = false;
};

[[nodiscard]] Advice advise(attestation::Reason reason, const RefusedEvidence& evidence);

/// "Cause: remedy."
[[nodiscard]] std::string to_sentence(const Advice& advice);

/// With a capital letter.
[[nodiscard]] std::string capitalised(std::string text);

}  // namespace redoubt::wallet
