#include <tools/wallet/ear_token.hpp>

#include <algorithm>
#include <attestation/x509/pem.hpp>
#include <tools/wallet/trust_finding.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its types

constexpr std::string_view kEarProfile = "tag:github.com,2023:veraison/ear";

int hardware_of_status(TcbStatus status, bool is_accepted) {
    switch (status) {
        case TcbStatus::kUpToDate:
            return kClaimAffirming;
        case TcbStatus::kSwHardeningNeeded:
            return is_accepted ? kClaimAffirming : kClaimWarning;
        case TcbStatus::kConfigurationNeeded:
        case TcbStatus::kConfigurationAndSwHardeningNeeded:
        case TcbStatus::kTdRelaunchAdvised:
        case TcbStatus::kTdRelaunchAdvisedConfigurationNeeded:
            return kClaimWarning;
        case TcbStatus::kOutOfDate:
        case TcbStatus::kOutOfDateConfigurationNeeded:
            return is_accepted ? kClaimWarning : kClaimContraindicated;
        case TcbStatus::kRevoked:
            break;
    }
    return kClaimContraindicated;
}

int hardware_of_quote_status(IasQuoteStatus status, bool is_accepted) {
    switch (status) {
        case IasQuoteStatus::kOk:
            return kClaimAffirming;
        case IasQuoteStatus::kSwHardeningNeeded:
            return is_accepted ? kClaimAffirming : kClaimWarning;
        case IasQuoteStatus::kConfigurationNeeded:
        case IasQuoteStatus::kConfigurationAndSwHardeningNeeded:
            return kClaimWarning;
        case IasQuoteStatus::kGroupOutOfDate:
            return is_accepted ? kClaimWarning : kClaimContraindicated;
        case IasQuoteStatus::kSignatureInvalid:
            return kClaimCryptographyFailed;
        case IasQuoteStatus::kUnknown:
        case IasQuoteStatus::kSigrlVersionMismatch:
            return kClaimUnknownOrUnbound;
        case IasQuoteStatus::kGroupRevoked:
        case IasQuoteStatus::kSignatureRevoked:
        case IasQuoteStatus::kKeyRevoked:
            break;
    }
    return kClaimContraindicated;
}

/// AMD names no levels: a floor of the policy says what is too old, and without one nothing does. A floor of
/// zeros says nothing either.
int hardware_of_guest(const Policy& policy, const SnpClaims& claims) {
    const auto applies = [&](const SnpFloor& floor) {
        return floor.product == claims.product &&
               (floor.svns != SnpSvns{} || floor.firmware != SnpFirmwareVersion{});
    };
    return std::ranges::any_of(policy.snp_floors, applies) ? kClaimAffirming : kClaimWarning;
}

/// The worst of what the violated rules say of a claim; `own` without one.
int worst_finding(const EvidenceVerification& verification, TrustClaim claim, int own) {
    for (const auto reason : verification.violations) {
        if (const auto finding = finding_of(reason); finding.claim == claim) {
            own = worse_claim(own, finding.value);
        }
    }
    return own;
}

/// What verified evidence itself says of the hardware.
int hardware_of_claims(const EvidenceVerification& verification) {
    const auto& verdict = verification.verdict;
    if (verdict.type == EvidenceType::kSimulation || !verdict.is_hardware) {
        return kClaimUnknownOrUnbound;
    }
    if (verdict.tcb) {
        return hardware_of_status(verdict.tcb->status, !verification.has_violated(Reason::kPolicyTcbStatus));
    }
    if (const auto* ias = std::get_if<IasClaims>(&verdict.claims)) {
        return hardware_of_quote_status(ias->status, !verification.has_violated(Reason::kPolicyQuoteStatus));
    }
    const auto* paravisor = std::get_if<ParavisorClaims>(&verdict.claims);
    const auto* guest = paravisor != nullptr ? std::get_if<SnpClaims>(&paravisor->hardware)
                                             : std::get_if<SnpClaims>(&verdict.claims);
    return guest != nullptr ? hardware_of_guest(verification.policy.policy, *guest) : kClaimAffirming;
}

int hardware(const EvidenceVerification& verification) {
    const auto& refusal = verification.verdict.refusal;
    if (!refusal) {
        return worst_finding(verification, TrustClaim::kHardware, hardware_of_claims(verification));
    }
    if (verification.verdict.type == EvidenceType::kSimulation) {
        return kClaimUnknownOrUnbound;
    }
    const auto finding = finding_of(refusal->reason);
    return finding.claim == TrustClaim::kHardware ? finding.value : kClaimCryptographyFailed;
}

int instance_identity(const EvidenceVerification& verification) {
    const auto& block = verification.binding;
    const bool has_key = block && (block->signing_key || block->shielding_key || block->tls_key_sha256);
    return worst_finding(verification, TrustClaim::kInstanceIdentity, has_key ? kClaimAffirming : 0);
}

/// Whether the program is on its way out: its entry ends, because another follows it.
bool is_in_overlap(const MeasurementRules& rules, const Claims& claims) {
    const auto program = program_identity(claims);
    const auto is_current = [&](const AllowedMeasurement& one) {
        return one.measurement == program.measurement && !one.valid_until;
    };
    return rules.mode == MeasurementMode::kMeasurement && std::ranges::none_of(rules.allowed, is_current);
}

int executables(const EvidenceVerification& verification) {
    const auto& policy = verification.policy.policy;
    const bool is_restricted = policy.restricts_programs(verification.verdict.type);
    const bool is_ending =
        policy.measurements && is_in_overlap(*policy.measurements, verification.verdict.claims);
    const int own = !is_restricted ? 0 : is_ending ? kClaimWarning : kClaimAffirming;
    return worst_finding(verification, TrustClaim::kExecutables, own);
}

int configuration(const EvidenceVerification& verification) {
    return worst_finding(verification, TrustClaim::kConfiguration,
                         verification.verdict.is_debug ? kClaimContraindicated : kClaimAffirming);
}

int runtime_opaque(const Verdict& verdict) {
    if (verdict.is_debug || !verdict.is_hardware) {
        return kClaimContraindicated;
    }
    const bool is_isolated_only = verdict.type == EvidenceType::kNitro || verdict.type == EvidenceType::kTpm;
    return is_isolated_only ? kClaimWarning : kClaimAffirming;
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

std::string_view ear_status(const TrustVector& vector, bool is_accepted) {
    if (!is_accepted) {
        return "contraindicated";
    }
    const auto worst = std::max({vector.hardware, vector.instance_identity, vector.executables,
                                 vector.configuration, vector.runtime_opaque, vector.storage_opaque});
    if (worst >= kClaimContraindicated) {
        return "contraindicated";
    }
    if (worst >= kClaimWarning) {
        return "warning";
    }
    return worst >= kClaimAffirming ? "affirming" : "none";
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
        {"ear.status", ear_status(vector, verification.is_accepted())},
        {"ear.trustworthiness-vector", std::move(claims)},
        {"ear.appraisal-policy-id", policy_id(verification.policy)},
        {"ear.redoubt.verified-at", verification.verdict.time.unix_seconds}};
    return out;
}

std::string sign_ear(const Json& payload, const crypto::KeyPair& key) {
    REDOUBT_ASSERT(key.scheme() == crypto::Scheme::kEd25519);
    const Json header{{"alg", "EdDSA"}, {"typ", "JWT"}, {"kid", base64url(key.public_key())}};
    const auto signed_text = base64url(bytes_of(header.dump())) + "." + base64url(bytes_of(payload.dump()));
    return signed_text + "." + base64url(key.sign(bytes_of(signed_text)).bytes());
}

}  // namespace redoubt::wallet
