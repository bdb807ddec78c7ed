#include <tools/wallet/evidence_verification.hpp>

#include <algorithm>
#include <attestation/appraisal/appraisal.hpp>
#include <attestation/binding/fingerprint.hpp>
#include <attestation/paravisor/evidence.hpp>
#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/ra_tls/verifier.hpp>
#include <primitives/hex.hpp>
#include <tools/wallet/console.hpp>
#include <tools/wallet/evidence_fields.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/kept_floors.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its types

std::string_view outcome_text(CheckOutcome outcome) {
    switch (outcome) {
        case CheckOutcome::kNotReached:
            return "not reached";
        case CheckOutcome::kNotNeeded:
            return "not needed";
        case CheckOutcome::kPassed:
            return "passed";
        case CheckOutcome::kFailed:
            return "failed";
    }
    return "unknown";
}

Json level_json(const LevelFacts& level) {
    return {{"status", status_text(level.status)},
            {"levels_behind", level.levels_behind},
            {"date", to_utc(level.date)}};
}

Json tcb_json(const TcbFacts& tcb) {
    Json out{{"status", status_text(tcb.status)},
             {"platform", level_json(tcb.platform)},
             {"quoting_enclave", level_json(tcb.quoting_enclave)}};
    if (tcb.tdx_module) {
        out["tdx_module"] = level_json(*tcb.tdx_module);
    }
    out.update({{"advisories", tcb.advisories},
                {"fmspc", to_hex(tcb.fmspc.view())},
                {"pce_id", to_hex(tcb.pce_id.view())},
                {"pce_svn", tcb.pce_svn},
                {"evaluation_data_number", tcb.evaluation_data_number}});
    return out;
}

Json collateral_json(const CollateralFacts& collateral, VerificationTime now) {
    return {{"age_s", collateral.age_s(now)},
            {"oldest_issue", to_utc(collateral.oldest_issue)},
            {"latest_issue", to_utc(collateral.latest_issue)},
            {"earliest_expiry", to_utc(collateral.earliest_expiry)},
            {"expired", collateral.is_expired}};
}

Json platform_json(const PlatformFacts& platform) {
    Json out = Json::object();
    const auto add = [&](const char* name, const std::optional<bool>& fact) {
        if (fact) {
            out[name] = *fact;
        }
    };
    if (platform.sgx_type) {
        out["sgx_type"] = *platform.sgx_type == SgxType::kStandard   ? "standard"
                          : *platform.sgx_type == SgxType::kScalable ? "scalable"
                                                                     : "scalable with integrity";
    }
    add("dynamic", platform.is_dynamic);
    add("cached_keys", platform.has_cached_keys);
    add("smt", platform.has_smt);
    add("chip_id_masked", platform.is_chip_id_masked);
    return out;
}

Json checks_json(const std::vector<Check>& checks) {
    Json out = Json::array();
    for (const auto& check : checks) {
        out.push_back({{"name", check.name}, {"outcome", outcome_text(check.outcome)}});
    }
    return out;
}

Json violations_json(const EvidenceVerification& verification) {
    Json out = Json::array();
    for (const auto reason : verification.violations) {
        const auto advice = advise(reason, verification.evidence);
        out.push_back({{"code", reason_code(reason)}, {"cause", advice.cause}, {"remedy", advice.remedy}});
    }
    return out;
}

/// Whose documents vouch for evidence: below a paravisor the hardware's there.
EvidenceType hardware_of(const Bundle& bundle) {
    if (bundle.type != EvidenceType::kParavisor) {
        return bundle.type;
    }
    const auto parts = paravisor::read_evidence(bundle.evidence);
    const auto blob = parts ? paravisor::parse_hcl_report(parts.value().hcl_report)
                            : Result<paravisor::HclReport>{Reason::kHclMalformed};
    if (!blob) {
        return bundle.type;
    }
    return blob.value().hardware == paravisor::Hardware::kTdx ? EvidenceType::kTdxDcap : EvidenceType::kSnp;
}

bool has_trusted_key(EvidenceType type, const policy_file::PolicyDocument& policy) {
    switch (type) {
        case EvidenceType::kCca:
            return !policy.cca_platform_keys.empty();
        case EvidenceType::kKeystone:
            return !policy.keystone_device_keys.empty();
        case EvidenceType::kTpm:
            return !policy.tpm_attestation_keys.empty();
        default:
            return true;
    }
}

template <class List>
bool contains(const List& list, const typename List::value_type& value) {
    return std::ranges::find(list, value) != list.end();
}

/// The challenge that the evidence itself repeats, for formats that have a field for it.
bool repeats_nonce(const Verdict& verdict, const Policy& policy, const Bytes& nonce) {
    Policy with_nonce = policy;
    with_nonce.expected_nonce = nonce;
    return !contains(violations(verdict, with_nonce, verdict.time), Reason::kPolicyNonce);
}

}  // namespace

Fallible<policy_file::PolicyDocument> policy_of(const Settings& settings) {
    if (settings.policy_file.empty()) {
        return policy_file::PolicyDocument{};
    }
    auto read = policy_file::load_policy(settings.policy_file);
    if (!read) {
        return usage_failure("policy_invalid", read.error().message, read.error().remedy);
    }
    return std::move(read).value();
}

Fallible<std::optional<Hash256>> pinned_fingerprint(const Settings& settings) {
    if (!settings.fingerprint) {
        return std::optional<Hash256>{};
    }
    BOOST_OUTCOME_TRY(const auto pinned, parse_identifier(*settings.fingerprint, "fingerprint"));
    return std::optional{pinned};
}

bool EvidenceVerification::has_violated(Reason reason) const {
    return contains(violations, reason);
}

AppraisalSetting appraisal_setting(const policy_file::PolicyDocument& document,
                                   attestation::VerificationTime time,
                                   const attestation::TrustRoots& roots) {
    AppraisalSetting out{.time = time, .roots = roots};
    out.tolerances.collateral_grace_s = document.policy.collateral_grace_s;
    out.simulation = document.simulation();
    out.cca_platform_keys = document.cca_platform_keys;
    out.keystone_device_keys = document.keystone_device_keys;
    out.allows_published_keystone_keys = document.policy.allows_published_keystone_keys;
    out.tpm_attestation_keys = document.tpm_attestation_keys;
    return out;
}

Fallible<KeptBefore> kept_before(const Settings& settings, const policy_file::PolicyDocument& policy) {
    const FloorsFile file{settings.state};
    BOOST_OUTCOME_TRY(const auto floors, file.read());
    return KeptBefore{floors.of_policy(policy_key(policy, settings.policy_file)), file.path().string()};
}

Policy with_floors(Policy policy, const KeptBefore& kept) {
    policy.floors = higher(std::move(policy.floors), kept.floors);
    return policy;
}

void judge_by_kept(EvidenceVerification& verification, const KeptBefore& kept) {
    const auto& verdict = verification.verdict;
    if (!verdict.is_verified()) {
        return;
    }
    auto& due = verification.evidence.kept_reasons;
    const auto own = violations(verdict, verification.policy.policy.floors, verdict.time);
    for (const auto reason : violations(verdict, kept.floors, verdict.time)) {
        if (!contains(own, reason)) {
            due.push_back(reason);
        }
    }
    if (const auto older = kept.floors.find_older_policy(verification.policy.revision)) {
        verification.violations.push_back(*older);
        due.push_back(*older);
    }
    verification.evidence.kept_in = kept.file;
}

void keep(Context& context, const EvidenceVerification& verification) {
    if (!verification.is_accepted()) {
        return;
    }
    const auto& policy = verification.policy;
    const FloorsFile file{context.settings().state};
    const auto kept =
        file.raise(verification.verdict, policy_key(policy, context.settings().policy_file), policy.revision);
    if (!kept) {
        context.console().warn("floors_not_kept",
                               kept.error().message +
                                   ": what is older than this evidence's documents will not "
                                   "be noticed the next time");
    }
}

RefusedEvidence describe(const Bundle& bundle, const policy_file::PolicyDocument& policy, bool is_refused) {
    return {.type = bundle.type,
            .hardware = hardware_of(bundle),
            .likeness = is_refused ? likeness_of(bundle.type, bundle.evidence) : std::nullopt,
            .has_trusted_key = has_trusted_key(bundle.type, policy)};
}

EvidenceVerification verify_evidence(const Bundle& bundle,
                                     const VerificationSetting& setting,
                                     ByteView certificate) {
    EvidenceVerification out;
    out.certificate = to_bytes(certificate);
    out.policy = setting.policy;
    out.pinned_fingerprint = setting.fingerprint;
    const auto policy =
        setting.kept ? with_floors(setting.policy.policy, *setting.kept) : setting.policy.policy;
    const auto appraisal = appraisal_setting(setting.policy, setting.time, setting.roots);
    out.verdict = certificate.empty()
                      ? appraise(bundle.type, bundle.evidence, bundle.endorsements, appraisal)
                      : ra_tls::verify_certificate(certificate, bundle.endorsements, appraisal);
    out.evidence = describe(bundle, setting.policy, !out.verdict.is_verified());
    if (!out.verdict.is_verified()) {
        out.violations = violations(out.verdict, policy, setting.time);
        return out;
    }
    std::optional<Reason> unbound;
    if (bundle.binding_block) {
        auto opened = open_binding(bundle, setting.profile, report_data(out.verdict.claims));
        if (opened) {
            out.binding = std::move(opened).value();
        } else {
            unbound = reason_of(opened.error());
        }
    }
    if (unbound) {
        out.violations = violations(out.verdict, policy, setting.time);
        out.violations.push_back(*unbound);
    } else {
        out.violations = violations(out.verdict, out.binding ? &*out.binding : nullptr, policy, setting.time);
    }
    if (setting.kept) {
        judge_by_kept(out, *setting.kept);
    }
    if (setting.fingerprint &&
        fingerprint(bundle.type, measurement(out.verdict.claims)) != *setting.fingerprint) {
        out.violations.push_back(Reason::kBindFingerprintMismatch);
    }
    if (setting.nonce) {
        const BindingExpectation answers{.nonce = *setting.nonce};
        const bool is_in_block = out.binding && violations(*out.binding, answers, setting.time).empty();
        out.has_answered_nonce = is_in_block || repeats_nonce(out.verdict, policy, *setting.nonce);
        if (!out.has_answered_nonce && !out.has_violated(Reason::kPolicyNonce)) {
            out.violations.push_back(Reason::kPolicyNonce);
        }
    }
    return out;
}

std::string policy_id(const policy_file::PolicyDocument& policy) {
    if (!policy.sha256) {
        return std::string{policy_file::kBuiltInPolicyName};
    }
    return (policy.name.empty() ? "unnamed" : policy.name) + "/" + std::to_string(policy.revision) +
           "/sha256:" + to_hex(policy.sha256->view());
}

void warn_of_simulation(Console& console, const EvidenceVerification& verification) {
    if (verification.verdict.is_verified() && !verification.verdict.is_hardware) {
        console.warn("evidence_simulated", "the evidence is simulated: no hardware vouches for it");
    }
}

void warn_of_debug(Console& console, const EvidenceVerification& verification) {
    if (verification.verdict.is_verified() && verification.verdict.is_debug) {
        console.warn("evidence_debug", "the program's memory can be read from outside: it keeps no secret");
    }
}

Json to_json(const EvidenceVerification& verification) {
    const auto& verdict = verification.verdict;
    const auto program =
        verdict.is_verified() ? fingerprint(verdict.type, measurement(verdict.claims)) : std::nullopt;
    Json out{{"accepted", verification.is_accepted()},
             {"verified", verdict.is_verified()},
             {"type", evidence_name(verdict.type)},
             {"time", to_utc(verdict.time)},
             {"hardware", verdict.is_hardware},
             {"debug", verdict.is_debug},
             {"reason", verdict.refusal ? Json(reason_code(verdict.refusal->reason)) : Json(nullptr)},
             {"reason_detail", verdict.refusal ? Json(verdict.refusal->detail) : Json(nullptr)},
             {"checks", checks_json(verdict.checks)},
             {"tcb", verdict.tcb ? tcb_json(*verdict.tcb) : Json(nullptr)},
             {"collateral",
              verdict.collateral ? collateral_json(*verdict.collateral, verdict.time) : Json(nullptr)},
             {"platform", platform_json(verdict.platform)},
             {"produced_at", verdict.produced_at ? Json(to_utc(*verdict.produced_at)) : Json(nullptr)},
             {"measurement", to_hex(measurement(verdict.claims))},
             {"fingerprint", program ? Json(to_base58(*program)) : Json(nullptr)},
             {"claims", fields_of(verdict.claims)},
             {"binding", verification.binding ? fields_of(*verification.binding) : Json(nullptr)},
             {"nonce_answered", verification.has_answered_nonce}};
    if (!verification.certificate.empty()) {
        out["certificate"] = fields_of_certificate(verification.certificate);
    }
    const auto& sha256 = verification.policy.sha256;
    out["policy"] = {{"id", policy_id(verification.policy)},
                     {"sha256", sha256 ? Json(to_hex(sha256->view())) : Json(nullptr)},
                     {"any_program", verification.is_any_program_accepted()},
                     {"violations", violations_json(verification)}};
    out["advice"] = explain(verification);
    return out;
}

std::string to_text(const EvidenceVerification& verification) {
    const auto& verdict = verification.verdict;
    Json lines{{"evidence", evidence_name(verdict.type)},
               {"time", to_utc(verdict.time)},
               {"verified", verdict.is_verified()},
               {"accepted", verification.is_accepted()},
               {"policy", printable(policy_id(verification.policy))}};
    Json checks = Json::object();
    for (const auto& check : verdict.checks) {
        checks[std::string{check.name}] = outcome_text(check.outcome);
    }
    lines["checks"] = std::move(checks);
    if (verdict.refusal) {
        lines["refused"] = std::string{reason_code(verdict.refusal->reason)} +
                           (verdict.refusal->detail.empty() ? "" : " (" + verdict.refusal->detail + ")");
    } else {
        lines["hardware"] = verdict.is_hardware;
        lines["debug"] = verdict.is_debug;
        lines["tcb"] = verdict.tcb ? tcb_json(*verdict.tcb) : Json("no levels for this kind of evidence");
        if (verdict.collateral) {
            auto collateral = collateral_json(*verdict.collateral, verdict.time);
            const auto age_s = std::max<std::int64_t>(collateral["age_s"].get<std::int64_t>(), 0);
            collateral.erase("age_s");
            lines["collateral"] = {{"age", describe_age(static_cast<std::uint64_t>(age_s) * 1000)}};
            lines["collateral"].update(collateral);
        }
        lines["platform"] = platform_json(verdict.platform);
        if (verdict.produced_at) {
            lines["produced at"] = to_utc(*verdict.produced_at);
        }
        lines["claims"] = fields_of(verdict.claims);
        if (!verification.certificate.empty()) {
            lines["certificate"] = fields_of_certificate(verification.certificate);
        }
        lines["binding"] = verification.binding ? fields_of(*verification.binding) : Json("none");
    }
    auto out = to_lines(lines) + "\n";
    if (verification.is_accepted()) {
        out += "\nAccepted by the policy " + printable(policy_id(verification.policy)) + ".";
    } else {
        out += "\nRefused:";
        for (const auto reason : verification.violations) {
            const auto advice = advise(reason, verification.evidence);
            out += "\n  " + std::string{reason_code(reason)} + ": " + printable(advice.cause) + "\n    " +
                   printable(capitalised(advice.remedy)) + ".";
        }
    }
    return out;
}

std::vector<std::string> explain(const EvidenceVerification& verification) {
    const auto& verdict = verification.verdict;
    std::vector<std::string> out;
    if (verdict.is_verified()) {
        out = advice(verdict);
    }
    for (auto& one : out) {
        one = capitalised(std::move(one));
    }
    for (const auto reason : verification.violations) {
        auto advice = advise(reason, verification.evidence);
        if (verdict.refusal && !verdict.refusal->detail.empty()) {
            advice.cause += " (" + verdict.refusal->detail + ")";
        }
        auto text = to_sentence(advice);
        if (!contains(out, text)) {
            out.push_back(std::move(text));
        }
    }
    if (verdict.is_verified()) {
        if (verification.is_any_program_accepted()) {
            out.emplace_back(
                "The policy accepts any program: name the measurements that you trust in its [measurements] "
                "table, or the program with --fingerprint.");
        }
        if (!verdict.is_hardware) {
            out.emplace_back("No hardware vouches for this evidence: use it for development alone.");
        }
    }
    if (out.empty()) {
        out.emplace_back("The evidence is accepted, and nothing has to be done.");
    }
    return out;
}

}  // namespace redoubt::wallet
