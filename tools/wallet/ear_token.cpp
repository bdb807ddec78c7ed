#include <tools/wallet/ear_token.hpp>

#include <algorithm>
#include <array>
#include <attestation/x509/pem.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its types

constexpr int kVerifierFailed = -1;
constexpr int kNotUnderstood = 1;
constexpr int kAffirming = 2;
constexpr int kWarning = 32;
constexpr int kUnrecognised = 33;
constexpr int kContraindicated = 96;
constexpr int kUnknownOrUnbound = 97;
constexpr int kCryptographyFailed = 99;

constexpr std::string_view kEarProfile = "tag:github.com,2023:veraison/ear";

bool has_any(const EvidenceVerification& verification, std::span<const Reason> reasons) {
    return std::ranges::any_of(reasons, [&](Reason one) { return verification.has_violated(one); });
}

/// What a refusal of the appraisal says of the hardware.
int hardware_of_refusal(Reason reason) {
    switch (reason) {
        case Reason::kTcbRevoked:
        case Reason::kCertRevoked:
        case Reason::kSnpCertRevoked:
            return kContraindicated;
        case Reason::kKeystoneKeyPublished:
        case Reason::kSimNotAllowed:
        case Reason::kSimMalformed:
        case Reason::kSimKeyUntrusted:
        case Reason::kSimSignatureInvalid:
        case Reason::kFmspcMismatch:
        case Reason::kPceidMismatch:
        case Reason::kTcbLevelNotFound:
        case Reason::kSnpProductUnknown:
        case Reason::kSnpProductMismatch:
            return kUnknownOrUnbound;
        // What the verifier did not have, or what was no longer or not yet valid at its time.
        case Reason::kCollateralMissing:
        case Reason::kCollateralMalformed:
        case Reason::kPckChainMissing:
        case Reason::kTcbInfoNotYetValid:
        case Reason::kTcbInfoExpired:
        case Reason::kQeIdentityNotYetValid:
        case Reason::kQeIdentityExpired:
        case Reason::kTcbInfoIdMismatch:
        case Reason::kQeIdentityIdMismatch:
        case Reason::kCrlMissing:
        case Reason::kCrlMalformed:
        case Reason::kCrlNotValidAtTime:
        case Reason::kEvidenceTypeUnsupported:
            return kVerifierFailed;
        case Reason::kMalformed:
        case Reason::kLimitExceeded:
        case Reason::kJsonMalformed:
        case Reason::kJsonDuplicateMember:
        case Reason::kQuoteTruncated:
        case Reason::kQuoteVersionUnsupported:
        case Reason::kAttKeyTypeUnsupported:
        case Reason::kQuoteBodyInvalid:
        case Reason::kQeVendorUnknown:
        case Reason::kQuoteMalformed:
        case Reason::kQuoteTrailingData:
        case Reason::kCertDataTypeUnsupported:
        case Reason::kIasReportMalformed:
        case Reason::kSnpSize:
        case Reason::kSnpVersionUnsupported:
        case Reason::kSnpSigAlgoUnsupported:
        case Reason::kSnpReservedNonzero:
        case Reason::kNitroCborMalformed:
        case Reason::kNitroCoseMalformed:
        case Reason::kNitroAlgUnsupported:
        case Reason::kNitroDocInvalid:
        case Reason::kCcaMalformed:
        case Reason::kCcaAlgUnsupported:
        case Reason::kKeystoneMalformed:
        case Reason::kTpmMalformed:
        case Reason::kTpmNotAQuote:
        case Reason::kHclMalformed:
        case Reason::kRatlsEvidenceMalformed:
            return kNotUnderstood;
        default:
            // Signatures, chains, certificates and what they bind.
            return kCryptographyFailed;
    }
}

int hardware_of_status(TcbStatus status, bool is_accepted) {
    switch (status) {
        case TcbStatus::kUpToDate:
            return kAffirming;
        case TcbStatus::kSwHardeningNeeded:
            return is_accepted ? kAffirming : kWarning;
        case TcbStatus::kConfigurationNeeded:
        case TcbStatus::kConfigurationAndSwHardeningNeeded:
        case TcbStatus::kTdRelaunchAdvised:
        case TcbStatus::kTdRelaunchAdvisedConfigurationNeeded:
            return kWarning;
        case TcbStatus::kOutOfDate:
        case TcbStatus::kOutOfDateConfigurationNeeded:
            return is_accepted ? kWarning : kContraindicated;
        case TcbStatus::kRevoked:
            break;
    }
    return kContraindicated;
}

int hardware_of_quote_status(IasQuoteStatus status, bool is_accepted) {
    switch (status) {
        case IasQuoteStatus::kOk:
            return kAffirming;
        case IasQuoteStatus::kSwHardeningNeeded:
            return is_accepted ? kAffirming : kWarning;
        case IasQuoteStatus::kConfigurationNeeded:
        case IasQuoteStatus::kConfigurationAndSwHardeningNeeded:
            return kWarning;
        case IasQuoteStatus::kGroupOutOfDate:
            return is_accepted ? kWarning : kContraindicated;
        case IasQuoteStatus::kSignatureInvalid:
            return kCryptographyFailed;
        case IasQuoteStatus::kUnknown:
        case IasQuoteStatus::kSigrlVersionMismatch:
            return kUnknownOrUnbound;
        case IasQuoteStatus::kGroupRevoked:
        case IasQuoteStatus::kSignatureRevoked:
        case IasQuoteStatus::kKeyRevoked:
            break;
    }
    return kContraindicated;
}

/// AMD names no levels: a floor of the policy says what is too old, and without one nothing does.
int hardware_of_guest(const EvidenceVerification& verification, const SnpClaims& claims) {
    if (has_any(verification, std::array{Reason::kPolicyTcbMinimum, Reason::kPolicyTcbInconsistent})) {
        return kContraindicated;
    }
    const auto& floors = verification.policy.policy.snp_floors;
    return std::ranges::find(floors, claims.product, &SnpFloor::product) == floors.end() ? kWarning
                                                                                         : kAffirming;
}

int hardware(const EvidenceVerification& verification) {
    const auto& verdict = verification.verdict;
    if (verdict.type == EvidenceType::kSimulation) {
        return kUnknownOrUnbound;
    }
    if (verdict.refusal) {
        return hardware_of_refusal(verdict.refusal->reason);
    }
    if (!verdict.is_hardware) {
        return kUnknownOrUnbound;
    }
    if (verdict.tcb) {
        return hardware_of_status(verdict.tcb->status, !verification.has_violated(Reason::kPolicyTcbStatus));
    }
    if (const auto* ias = std::get_if<IasClaims>(&verdict.claims)) {
        return hardware_of_quote_status(ias->status, !verification.has_violated(Reason::kPolicyQuoteStatus));
    }
    if (const auto* guest = std::get_if<SnpClaims>(&verdict.claims)) {
        return hardware_of_guest(verification, *guest);
    }
    return kAffirming;
}

int instance_identity(const EvidenceVerification& verification) {
    constexpr std::array kUnbound{
        Reason::kBindMissing,         Reason::kBindMalformed,       Reason::kBindReportDataMismatch,
        Reason::kBindGenesisMismatch, Reason::kBindShardMismatch,   Reason::kBindRoleMismatch,
        Reason::kBindTlsKeyMismatch,  Reason::kBindChannelMismatch, Reason::kPolicyNonce,
        Reason::kPolicyFreshness};
    if (has_any(verification, kUnbound)) {
        return kUnknownOrUnbound;
    }
    const auto& block = verification.binding;
    const bool has_key = block && (block->signing_key || block->shielding_key || block->tls_key_sha256);
    return has_key ? kAffirming : 0;
}

/// Whether the program is on its way out: its entry ends, because another follows it.
bool is_in_overlap(const EvidenceVerification& verification) {
    if (!verification.policy.policy.measurements) {
        return false;
    }
    const auto program = program_identity(verification.verdict.claims);
    const auto& rules = *verification.policy.policy.measurements;
    const auto is_current = [&](const AllowedMeasurement& one) {
        return one.measurement == program.measurement && !one.valid_until;
    };
    return rules.mode == MeasurementMode::kMeasurement && std::ranges::none_of(rules.allowed, is_current);
}

int executables(const EvidenceVerification& verification) {
    if (verification.is_any_program_accepted()) {
        return 0;
    }
    if (verification.has_violated(Reason::kPolicyMeasurementRevoked)) {
        return kContraindicated;
    }
    if (has_any(verification, std::array{Reason::kPolicyMeasurementUnknown, Reason::kPolicySignerUnknown,
                                         Reason::kPolicyProdIdMismatch, Reason::kPolicySvnTooLow})) {
        return kUnrecognised;
    }
    if (has_any(verification, std::array{Reason::kPolicyMeasurementNotYetValid,
                                         Reason::kPolicyMeasurementExpired, Reason::kPolicyAdvisory})) {
        return kWarning;
    }
    return is_in_overlap(verification) ? kWarning : kAffirming;
}

int configuration(const EvidenceVerification& verification) {
    constexpr std::array kForbidden{
        Reason::kPolicyDebug,         Reason::kPolicyLifecycle,    Reason::kPolicyTdAttributes,
        Reason::kPolicySeptVeDisable, Reason::kPolicyServiceTd,    Reason::kPolicyMigrateMa,
        Reason::kPolicyVmpl,          Reason::kPolicyProvisionKey, Reason::kPolicyXfam,
        Reason::kPolicyMiscSelect,    Reason::kPolicyConfigId,     Reason::kPolicyGuestPolicy};
    if (verification.verdict.is_debug || has_any(verification, kForbidden)) {
        return kContraindicated;
    }
    return has_any(verification, std::array{Reason::kPolicySmt, Reason::kPolicyDynamicPlatform,
                                            Reason::kPolicyPlatformInfo})
               ? kWarning
               : kAffirming;
}

int runtime_opaque(const Verdict& verdict) {
    if (verdict.is_debug || !verdict.is_hardware) {
        return kContraindicated;
    }
    const bool is_isolated_only = verdict.type == EvidenceType::kNitro || verdict.type == EvidenceType::kTpm;
    return is_isolated_only ? kWarning : kAffirming;
}

std::string base64url(ByteView bytes) {
    auto out = x509::encode_base64(bytes);
    std::ranges::replace(out, '+', '-');
    std::ranges::replace(out, '/', '_');
    out.resize(std::min(out.size(), out.find('=')));
    return out;
}

}  // namespace

TrustVector trust_vector(const EvidenceVerification& verification) {
    TrustVector out;
    out.hardware = hardware(verification);
    if (!verification.verdict.is_verified()) {
        return out;
    }
    out.instance_identity = instance_identity(verification);
    out.executables = executables(verification);
    out.configuration = configuration(verification);
    out.runtime_opaque = runtime_opaque(verification.verdict);
    return out;
}

std::string_view ear_status(const TrustVector& vector) {
    const auto worst = std::max({vector.hardware, vector.instance_identity, vector.executables,
                                 vector.configuration, vector.runtime_opaque, vector.storage_opaque});
    if (worst >= kContraindicated) {
        return "contraindicated";
    }
    if (worst >= kWarning) {
        return "warning";
    }
    return worst >= kAffirming ? "affirming" : "none";
}

Json ear_payload(const EvidenceVerification& verification,
                 const std::optional<Bytes>& nonce,
                 VerificationTime issued_at) {
    const auto vector = trust_vector(verification);
    Json claims = Json::object();
    const auto add = [&](const char* name, int value) {
        if (value != 0) {
            claims[name] = value;
        }
    };
    add("instance-identity", vector.instance_identity);
    add("configuration", vector.configuration);
    add("executables", vector.executables);
    add("hardware", vector.hardware);
    add("runtime-opaque", vector.runtime_opaque);
    add("storage-opaque", vector.storage_opaque);
    Json out{{"eat_profile", kEarProfile},
             {"iat", issued_at.unix_seconds},
             {"ear.verifier-id", {{"developer", "redoubt"}, {"build", "redoubt " REDOUBT_VERSION}}}};
    if (nonce && verification.has_answered_nonce) {
        out["eat_nonce"] = base64url(*nonce);
    }
    out["submods"][std::string{evidence_name(verification.verdict.type)}] = {
        {"ear.status", ear_status(vector)},
        {"ear.trustworthiness-vector", std::move(claims)},
        {"ear.appraisal-policy-id", policy_id(verification.policy)}};
    return out;
}

std::string sign_ear(const Json& payload, const crypto::KeyPair& key) {
    REDOUBT_ASSERT(key.scheme() == crypto::Scheme::kEd25519);
    const Json header{{"alg", "EdDSA"}, {"typ", "JWT"}, {"kid", base64url(key.public_key())}};
    const auto signed_text = base64url(bytes_of(header.dump())) + "." + base64url(bytes_of(payload.dump()));
    return signed_text + "." + base64url(key.sign(bytes_of(signed_text)).bytes());
}

}  // namespace redoubt::wallet
