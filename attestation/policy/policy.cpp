#include <attestation/policy/policy.hpp>

#include <primitives/crypto/constant_time.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

/// Bits of TDATTRIBUTES that say nothing about safety: LASS, PKS and KL.
constexpr std::uint64_t kTdIgnoredBits = (1ULL << 27U) | (1ULL << 30U) | (1ULL << 31U);

/// Collects violated rules, each once and in the order they were found.
class Violations {
  public:
    void add_if(bool is_violated, Reason reason) {
        if (is_violated && std::ranges::find(found_, reason) == found_.end()) {
            found_.push_back(reason);
        }
    }
    [[nodiscard]] std::vector<Reason> take() && { return std::move(found_); }

  private:
    std::vector<Reason> found_;
};

template <class List, class Value>
bool contains(const List& list, const Value& value) {
    return std::ranges::find(list, value) != list.end();
}

void check_status(const TcbFacts& tcb, const Policy& policy, Violations& out) {
    const auto accepted = std::ranges::find(policy.accepted_statuses, tcb.status, &AcceptedStatus::status);
    if (accepted == policy.accepted_statuses.end()) {
        out.add_if(true, Reason::kPolicyTcbStatus);
        return;
    }
    if (accepted->mitigated_advisories) {
        const bool are_all_mitigated = std::ranges::all_of(tcb.advisories, [&](const std::string& advisory) {
            return contains(*accepted->mitigated_advisories, advisory);
        });
        out.add_if(!are_all_mitigated, Reason::kPolicyAdvisory);
    }
}

void check_tcb(const TcbFacts& tcb, const Policy& policy, Violations& out) {
    check_status(tcb, policy, out);
    out.add_if(tcb.evaluation_data_number < policy.evaluation_number_min, Reason::kPolicyEvaluationNumber);
    out.add_if(policy.allowed_fmspc && !contains(*policy.allowed_fmspc, tcb.fmspc), Reason::kPolicyFmspc);
}

void check_platform(const PlatformFacts& platform, const Policy& policy, Violations& out) {
    // What the evidence does not say counts as the worse case.
    out.add_if(policy.requires_smt_off && platform.has_smt.value_or(true), Reason::kPolicySmt);
    out.add_if(policy.requires_static_platform && platform.is_dynamic.value_or(true),
               Reason::kPolicyDynamicPlatform);
}

void check_age(const Verdict& verdict,
               const BindingBlock* block,
               const Policy& policy,
               VerificationTime now,
               Violations& out) {
    auto age_s_max = policy.evidence_age_s_max;
    if (!age_s_max && verdict.type == EvidenceType::kSgxIas) {
        age_s_max = kIasAgeSMax;
    } else if (!age_s_max && verdict.type == EvidenceType::kNitro) {
        age_s_max = kNitroAgeSMax;
    }
    if (!age_s_max) {
        return;
    }
    auto produced_at = verdict.produced_at;
    if (!produced_at && block != nullptr) {
        produced_at = block->issued_at;  // the evidence vouches for it
    }
    if (!produced_at) {
        out.add_if(true, Reason::kPolicyFreshness);
        return;
    }
    // Simulated evidence may state any number: subtract only what cannot overflow.
    const auto made = produced_at->unix_seconds;
    const bool is_ahead = made > now.unix_seconds;
    const bool is_fresh = is_ahead ? made - kClockSkewSMax <= now.unix_seconds
                                   : made >= 0 && now.unix_seconds - made <= *age_s_max;
    out.add_if(!is_fresh, Reason::kPolicyFreshness);
}

template <class Value>
bool differs(const std::optional<Value>& pinned, const Value& actual) {
    return pinned && *pinned != actual;
}

/// The rules for what one kind of evidence says.
struct ClaimRules {
    const Policy& policy;
    Violations& out;

    void operator()(const std::monostate&) const {}

    void operator()(const SgxClaims& claims) const {
        const auto& pins = policy.pins;
        out.add_if(policy.refuses_provision_key && (claims.flags & kSgxProvisionKey) != 0,
                   Reason::kPolicyProvisionKey);
        out.add_if(differs(pins.xfam, claims.xfrm), Reason::kPolicyXfam);
        out.add_if(differs(pins.misc_select, claims.misc_select), Reason::kPolicyMiscSelect);
        out.add_if(differs(pins.config_id, claims.config_id), Reason::kPolicyConfigId);
    }

    void operator()(const TdxClaims& claims) const {
        const auto service_td = claims.service ? claims.service->mr_service_td : TdRegister{};
        const bool is_service_td_allowed = contains(policy.allowed_service_tds, service_td);
        auto ignored = kTdDebug | kTdSeptVeDisable | kTdIgnoredBits;
        if (is_service_td_allowed && !service_td.is_zero()) {
            ignored |= kTdMigratable;
        }
        out.add_if((claims.td_attributes & ~ignored) != 0, Reason::kPolicyTdAttributes);
        out.add_if(policy.requires_sept_ve_disable && (claims.td_attributes & kTdSeptVeDisable) == 0,
                   Reason::kPolicySeptVeDisable);
        out.add_if(!service_td.is_zero() && !is_service_td_allowed, Reason::kPolicyServiceTd);
        out.add_if(differs(policy.pins.xfam, claims.xfam), Reason::kPolicyXfam);
        out.add_if(differs(policy.pins.mr_config_id, claims.mr_config_id), Reason::kPolicyConfigId);
        out.add_if(policy.allowed_tds && !is_allowed(claims, *policy.allowed_tds),
                   Reason::kPolicyMeasurementUnknown);
    }

    void operator()(const SnpClaims& claims) const {
        const auto svns = [&](const SnpTcb& tcb) { return svns_of(tcb, claims.product); };
        out.add_if((claims.policy & kSnpMigrateMa) != 0 && !policy.allows_snp_migration,
                   Reason::kPolicyMigrateMa);
        out.add_if(claims.vmpl > kSnpVmplMax, Reason::kPolicyVmpl);
        out.add_if(!svns(claims.current_tcb).is_at_least(claims.reported()), Reason::kPolicyTcbInconsistent);
        for (const auto& floor : policy.snp_floors) {
            if (floor.product != claims.product) {
                continue;
            }
            bool is_high_enough = claims.reported().is_at_least(floor.svns) &&
                                  claims.current_version.is_at_least(floor.firmware);
            if (policy.applies_snp_floors_to_committed) {
                is_high_enough = is_high_enough && svns(claims.committed_tcb).is_at_least(floor.svns) &&
                                 svns(claims.launch_tcb).is_at_least(floor.svns) &&
                                 claims.committed_version.is_at_least(floor.firmware);
            }
            out.add_if(!is_high_enough, Reason::kPolicyTcbMinimum);
        }
        out.add_if(differs(policy.pins.host_data, claims.host_data), Reason::kPolicyConfigId);
        check_guest(claims);
    }

    void operator()(const NitroClaims& claims) const {
        for (const auto& pcr : policy.nitro_pcrs) {
            out.add_if(!has_allowed_value(claims, pcr), Reason::kPolicyMeasurementUnknown);
        }
    }
    void operator()(const SimClaims&) const {}
    void operator()(const KeystoneClaims&) const {}

    void operator()(const CcaClaims& claims) const {
        out.add_if(!claims.platform.is_secured(), Reason::kPolicyLifecycle);
        out.add_if(policy.allowed_components && !is_allowed(claims.platform, *policy.allowed_components),
                   Reason::kPolicyPlatformComponent);
        out.add_if(policy.allowed_realms && !is_allowed(claims.realm, *policy.allowed_realms),
                   Reason::kPolicyMeasurementUnknown);
    }

    void operator()(const IasClaims& claims) const {
        out.add_if(!contains(policy.accepted_quote_statuses, claims.status), Reason::kPolicyQuoteStatus);
        (*this)(claims.enclave);
    }

    void operator()(const TpmClaims& claims) const {
        for (const auto& required : policy.required_pcrs) {
            out.add_if(!contains(claims.pcrs, required), Reason::kPolicyMeasurementUnknown);
        }
        const TpmCounters counters{.resets = claims.reset_count, .restarts = claims.restart_count};
        out.add_if(policy.tpm_counters_min && counters < *policy.tpm_counters_min, Reason::kPolicyFreshness);
    }

    void operator()(const ParavisorClaims& claims) const {
        std::visit(*this, claims.hardware);
        (*this)(claims.tpm);
    }

  private:
    /// Whose guest it is, and on what kind of platform.
    void check_guest(const SnpClaims& claims) const {
        const auto& rules = policy.snp_guest;
        const bool has_author = (claims.key_info & kSnpAuthorKeyEnabled) != 0;
        out.add_if(differs(rules.guest_policy, claims.policy), Reason::kPolicyGuestPolicy);
        out.add_if(rules.id_keys && !contains(*rules.id_keys, claims.id_key_digest),
                   Reason::kPolicySignerUnknown);
        out.add_if(
            rules.author_keys && !(has_author && contains(*rules.author_keys, claims.author_key_digest)),
            Reason::kPolicySignerUnknown);
        out.add_if((rules.platform_info & ~claims.platform_info) != 0, Reason::kPolicyPlatformInfo);
        out.add_if(rules.csp_ids && claims.signing_key() == SnpSigningKey::kVlek &&
                       !contains(*rules.csp_ids, claims.csp_id),
                   Reason::kPolicyCspId);
    }
};

/// A setting of its own says for each type whether evidence is taken that no hardware vouches for.
bool allows_without_hardware(EvidenceType type, const Policy& policy) {
    return type == EvidenceType::kKeystone ? policy.allows_published_keystone_keys : policy.allows_simulation;
}

/// A guest of SEV-SNP, or one under a paravisor that is such a guest.
bool is_of_snp(const Claims& claims) {
    const auto* composite = std::get_if<ParavisorClaims>(&claims);
    return composite != nullptr ? std::holds_alternative<SnpClaims>(composite->hardware)
                                : std::holds_alternative<SnpClaims>(claims);
}

/// Every rule about the evidence itself. @param block lends the time that the evidence does not state
std::vector<Reason> judge(const Verdict& verdict,
                          const BindingBlock* block,
                          const Policy& policy,
                          VerificationTime now) {
    if (verdict.refusal) {
        return {verdict.refusal->reason};
    }
    Violations out;
    out.add_if(!contains(policy.accepted_types, verdict.type), Reason::kPolicyEvidenceType);
    out.add_if(!verdict.is_hardware && !allows_without_hardware(verdict.type, policy),
               Reason::kPolicyHardware);
    out.add_if(verdict.is_debug && !policy.allows_debug, Reason::kPolicyDebug);
    if (verdict.tcb) {
        check_tcb(*verdict.tcb, policy, out);
    }
    if (verdict.collateral && policy.collateral_age_s_max) {
        out.add_if(verdict.collateral->age_s(now) > *policy.collateral_age_s_max,
                   Reason::kPolicyCollateralAge);
    }
    for (const auto reason : violations(verdict, policy.floors, now)) {
        out.add_if(true, reason);
    }
    const bool has_root_list = verdict.collateral && verdict.collateral->root_list;
    out.add_if(policy.requires_snp_revocation_list && is_of_snp(verdict.claims) && !has_root_list,
               Reason::kPolicyRevocationList);
    check_age(verdict, block, policy, now, out);
    check_platform(verdict.platform, policy, out);
    std::visit(ClaimRules{policy, out}, verdict.claims);
    if (policy.expected_nonce) {
        const bool answers =
            verdict.nonce && crypto::constant_time_equal(*verdict.nonce, *policy.expected_nonce);
        out.add_if(!answers, Reason::kPolicyNonce);
    }
    if (policy.measurements) {
        const auto violated = find_violation(*policy.measurements, program_identity(verdict.claims), now);
        out.add_if(violated.has_value(), violated.value_or(Reason::kMalformed));
    }
    return std::move(out).take();
}

}  // namespace

Policy Policy::strict() {
    Policy out;
    out.accepted_statuses = {{TcbStatus::kUpToDate, {}}};
    return out;
}

bool Policy::restricts_programs(EvidenceType type) const {
    switch (type) {
        case EvidenceType::kTdxDcap:
            return measurements || allowed_tds;
        case EvidenceType::kCca:
            return measurements || allowed_realms;
        case EvidenceType::kNitro:
            return measurements || !nitro_pcrs.empty();
        default:
            return measurements.has_value();
    }
}

std::vector<Reason> violations(const Verdict& verdict, const Policy& policy, VerificationTime now) {
    return judge(verdict, nullptr, policy, now);
}

std::vector<Reason> violations(const Verdict& verdict,
                               const BindingBlock* block,
                               const Policy& policy,
                               VerificationTime now) {
    auto out = judge(verdict, block, policy, now);
    if (verdict.refusal || !policy.binding) {
        return out;
    }
    if (block == nullptr) {
        out.push_back(Reason::kBindMissing);
        return out;
    }
    for (const auto reason : violations(*block, *policy.binding, now)) {
        if (!contains(out, reason)) {
            out.push_back(reason);
        }
    }
    return out;
}

}  // namespace redoubt::attestation
