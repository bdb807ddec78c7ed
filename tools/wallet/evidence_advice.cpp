#include <tools/wallet/evidence_advice.hpp>

#include <algorithm>
#include <array>
#include <attestation/sim/verifier.hpp>
#include <cctype>

namespace redoubt::wallet {
namespace {

using attestation::EvidenceType;
using attestation::Reason;

/// How documents reach the verifier.
enum class Passing : std::uint8_t { kNothing, kCollateral, kCertificates, kRevocationList };

struct Row {
    EvidenceType hardware;
    Reason reason;
    std::string_view remedy;
    /// What is passed then.
    Passing passing = Passing::kNothing;
};

constexpr std::string_view kIntelDocuments =
    "fetch TCB info, the identity of the quoting enclave and both revocation lists for this platform from "
    "Intel's "
    "provisioning certification service or a cache of it";
constexpr std::string_view kIntelAgain =
    "fetch the collateral again from Intel's provisioning certification service, or renew the cache that it "
    "came "
    "from";
constexpr std::string_view kAmdCertificates =
    "get the VCEK of this chip at its reported TCB, with the ASK and ARK of its product, from AMD's key "
    "service "
    "(kdsintf.amd.com); where the host signs with a VLEK, it has VLEK, ASVK and ARK in its certificate table";
constexpr std::string_view kAmdList =
    "fetch the revocation list of the processor's product from AMD's key service "
    "(https://kdsintf.amd.com/vcek/v1/PRODUCT/crl, or vlek)";

/// Where the vendor of the hardware decides what can be done.
constexpr auto kRows = std::to_array<Row>({
    {EvidenceType::kSgxDcap, Reason::kCollateralMissing, kIntelDocuments, Passing::kCollateral},
    {EvidenceType::kTdxDcap, Reason::kCollateralMissing, kIntelDocuments, Passing::kCollateral},
    {EvidenceType::kSgxDcap, Reason::kPolicyCollateralAge, kIntelAgain, Passing::kCollateral},
    {EvidenceType::kTdxDcap, Reason::kPolicyCollateralAge, kIntelAgain, Passing::kCollateral},
    {EvidenceType::kSgxDcap, Reason::kPolicyListNumber, kIntelAgain, Passing::kCollateral},
    {EvidenceType::kTdxDcap, Reason::kPolicyListNumber, kIntelAgain, Passing::kCollateral},

    {EvidenceType::kSnp, Reason::kCollateralMissing, kAmdCertificates, Passing::kCertificates},
    {EvidenceType::kSnp, Reason::kCollateralMalformed, kAmdCertificates, Passing::kCertificates},
    {EvidenceType::kSnp, Reason::kJsonMalformed,
     "write the certificates as a JSON object with vek, ask and ark, each DER in base64 (docs/PROTOCOL.md, "
     "section 7)"},
    {EvidenceType::kSnp, Reason::kMalformed,
     "pass the report as the processor made it, and each certificate whole, as DER or PEM: VCEK or VLEK, ASK "
     "or "
     "ASVK, ARK"},
    {EvidenceType::kSnp, Reason::kCrlMissing, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kCrlMalformed, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kCrlSignatureInvalid, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kCrlNotValidAtTime, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kPolicyRevocationList, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kPolicyListNumber, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kPolicyCollateralAge, kAmdList, Passing::kRevocationList},
    {EvidenceType::kSnp, Reason::kCertRevoked,
     "take the platform out of service until AMD has re-certified it"},

    {EvidenceType::kNitro, Reason::kMalformed,
     "pass the attestation document alone, as the security module made it (COSE_Sign1)"},
    {EvidenceType::kNitro, Reason::kNitroCertNotValidAtTime,
     "have the enclave ask its security module for a new document: its certificate is good for some hours; "
     "check "
     "the time source"},
    {EvidenceType::kCca, Reason::kMalformed, "pass the token alone, as the realm was given it (CBOR)"},
});

std::string_view way_of(Passing passing, bool is_of_worker) {
    if (is_of_worker) {
        return passing == Passing::kNothing
                   ? ""
                   : "; its operator can have it handed out with the evidence (redoubtd "
                     "--evidence-endorsements FILE), or name it with --worker-collateral "
                     "FILE (docs/PROTOCOL.md, section 7, has the form)";
    }
    switch (passing) {
        case Passing::kNothing:
            return "";
        case Passing::kCollateral:
            return "; pass it with --collateral FILE, or as the endorsements of the bundle (docs/DAEMON.md, "
                   "\"Collateral\", has the form)";
        case Passing::kCertificates:
            return "; pass them with --certificates FILE in the order VCEK or VLEK, ASK or ASVK, ARK, or the "
                   "host's table as it is; in a bundle they are its endorsements";
        case Passing::kRevocationList:
            return "; pass it with --revocation-list FILE; in a bundle it is one of its endorsements";
    }
    return "";
}

/// Evidence whose keys no vendor vouches for: they stand in the policy.
std::optional<Advice> advise_on_key(Reason reason, const RefusedEvidence& evidence) {
    const auto has_key = evidence.has_trusted_key;
    if (reason == Reason::kCcaPlatformSignatureInvalid) {
        return Advice{
            has_key ? "no configured platform key has signed the platform token, or none that may speak "
                      "for this platform"
                    : "no platform key is configured, and Arm CCA has no root that would vouch for one",
            "name the platform's key (CPAK), as who made the platform publishes it, in the policy as a "
            "[[cca.platform-key]] with key = \"SubjectPublicKeyInfo in hexadecimal DER\" (--policy FILE)",
            true};
    }
    if (reason == Reason::kKeystoneSignatureInvalid) {
        return Advice{
            has_key ? std::string{error_message(reason)}
                    : "no device key is configured, and Keystone has no root that would vouch for one",
            "name the device's Ed25519 key in device-keys of the policy's [keystone] table (--policy "
            "FILE); when it stands there, produce the report again",
            true};
    }
    if (reason == Reason::kTpmSignatureInvalid && evidence.type == EvidenceType::kTpm) {
        return Advice{has_key ? "no enrolled attestation key has signed the quote"
                              : "no attestation key is enrolled, and nothing else vouches for a TPM's key",
                      std::string{evidence.is_of_worker ? ""
                                                        : "pass the key that you enrolled with "
                                                          "--attestation-key FILE, or "} +
                          "list it in attestation-keys of the policy's [tpm] table (--policy FILE)",
                      true};
    }
    if (reason == Reason::kSimNotAllowed && !attestation::sim::is_built_in()) {
        return Advice{"simulated evidence is not accepted here, and this build has no verifier of it",
                      "use hardware, or a build for development", true};
    }
    if (reason == Reason::kSimNotAllowed || reason == Reason::kSimKeyUntrusted) {
        return Advice{
            std::string{error_message(reason)},
            "use hardware; on a development chain, a policy that has the type \"sim\" and [simulation] "
            "with allow, development-chain and, in keys, the key that signed (docs/WALLET.md has one)",
            true};
    }
    return std::nullopt;
}

/// Evidence of another form than its type has.
std::optional<Advice> advise_on_form(Reason reason, const RefusedEvidence& evidence) {
    if (const auto& seen = evidence.likeness) {
        const std::string name{attestation::evidence_name(seen->type)};
        auto remedy = std::string{seen->completion};
        if (seen->type != evidence.type) {
            const auto named = evidence.is_of_worker
                                   ? "its operator has to name the type " + name
                                   : "name the type " + name + " (--type, or the member type of the bundle)";
            remedy = named + (remedy.empty() ? "" : "; then " + remedy);
        }
        const auto cause = seen->type == evidence.type
                               ? "it is only " + std::string{seen->name}
                               : "it is no evidence of the type " +
                                     std::string{attestation::evidence_name(evidence.type)} + " but " +
                                     std::string{seen->name};
        return Advice{cause, std::move(remedy), !evidence.is_of_worker};
    }
    const auto of_container = [&](std::string_view container) {
        return Advice{std::string{error_message(reason)}, "pass the container: " + std::string{container},
                      !evidence.is_of_worker};
    };
    if (reason == Reason::kTpmMalformed && evidence.type == EvidenceType::kTpm) {
        return of_container(
            "a map in CBOR with attest (TPMS_ATTEST), signature (TPMT_SIGNATURE) or rsassa, and "
            "pcrs (docs/WALLET.md, \"Evidence of several parts\")");
    }
    if ((reason == Reason::kTpmMalformed || reason == Reason::kHclMalformed) &&
        evidence.type == EvidenceType::kParavisor) {
        return of_container(
            "a map in CBOR with hcl_report, tpm and, for a TD alone, td_quote (docs/WALLET.md, "
            "\"Evidence of several parts\")");
    }
    if (reason == Reason::kIasReportMalformed) {
        return Advice{
            std::string{error_message(reason)},
            "pass body|signature|certificate in one file, or the body byte for byte with --signature and "
            "--certificates",
            !evidence.is_of_worker};
    }
    return std::nullopt;
}

Advice advise_on_reason(Reason reason, const RefusedEvidence& evidence) {
    if (auto advice = advise_on_form(reason, evidence)) {
        return *std::move(advice);
    }
    if (auto advice = advise_on_key(reason, evidence)) {
        return *std::move(advice);
    }
    if (reason == Reason::kBindFingerprintMismatch && !evidence.is_of_worker) {
        return Advice{
            "the evidence is of another program than the one that --fingerprint pins",
            "check the fingerprint, or take evidence of the program that you mean; the result names the "
            "one that was found",
            true};
    }
    const auto* row = std::ranges::find_if(
        kRows, [&](const Row& one) { return one.hardware == evidence.hardware && one.reason == reason; });
    Advice out{.cause = std::string{error_message(reason)}, .remedy = std::string{remedy(reason)}};
    if (row != kRows.end()) {
        out.remedy = std::string{row->remedy} + std::string{way_of(row->passing, evidence.is_of_worker)};
        out.is_for_verifier = row->passing != Passing::kNothing;
    }
    return out;
}

}  // namespace

Advice advise(Reason reason, const RefusedEvidence& evidence) {
    auto out = advise_on_reason(reason, evidence);
    if (std::ranges::find(evidence.kept_reasons, reason) != evidence.kept_reasons.end()) {
        out.cause += ", as kept in " + evidence.kept_in;
        out.remedy +=
            "; when going back is what you want, `redoubt evidence floors --reset` forgets what was seen";
        out.is_for_verifier = true;
    }
    return out;
}

std::string capitalised(std::string text) {
    if (!text.empty()) {
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    }
    return text;
}

std::string to_sentence(const Advice& advice) {
    return capitalised(advice.cause) + ": " + advice.remedy + ".";
}

}  // namespace redoubt::wallet
