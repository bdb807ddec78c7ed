#include <attestation/policy/measurement_rules.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

std::optional<Reason> check_measurement(const MeasurementRules& rules,
                                        const Bytes& measurement,
                                        VerificationTime now) {
    // A measurement may be listed with several spans; any of them is enough.
    std::optional<Reason> out = Reason::kPolicyMeasurementUnknown;
    for (const auto& allowed : rules.allowed) {
        if (allowed.measurement != measurement || measurement.empty()) {
            continue;
        }
        if (now < allowed.valid_from) {
            out = Reason::kPolicyMeasurementNotYetValid;
        } else if (allowed.valid_until && now >= *allowed.valid_until) {
            out = Reason::kPolicyMeasurementExpired;
        } else {
            return std::nullopt;
        }
    }
    return out;
}

std::optional<Reason> check_signer(const MeasurementRules& rules, const ProgramIdentity& identity) {
    if (identity.nitro_signer) {
        return std::ranges::find(rules.nitro_signers, *identity.nitro_signer) == rules.nitro_signers.end()
                   ? std::optional{Reason::kPolicySignerUnknown}
                   : std::nullopt;
    }
    // A signer may be listed with several products.
    std::optional<Reason> out = Reason::kPolicySignerUnknown;
    for (const auto& signer : rules.signers) {
        if (identity.mr_signer != signer.mr_signer) {
            continue;
        }
        if (identity.isv_prod_id != signer.isv_prod_id) {
            if (out == Reason::kPolicySignerUnknown) {
                out = Reason::kPolicyProdIdMismatch;
            }
        } else if (identity.isv_svn < signer.isv_svn_min) {
            out = Reason::kPolicySvnTooLow;
        } else {
            return std::nullopt;
        }
    }
    return out;
}

}  // namespace

ProgramIdentity program_identity(const Claims& claims) {
    ProgramIdentity out{.measurement = measurement(claims)};
    const auto* ias = std::get_if<IasClaims>(&claims);
    if (const auto* sgx = ias != nullptr ? &ias->enclave : std::get_if<SgxClaims>(&claims)) {
        out.mr_signer = sgx->mr_signer;
        out.isv_prod_id = sgx->isv_prod_id;
        out.isv_svn = sgx->isv_svn;
    }
    if (const auto* sim = std::get_if<SimClaims>(&claims)) {
        out.mr_signer = sim->mr_signer;
        out.isv_prod_id = sim->isv_prod_id;
        out.isv_svn = sim->isv_svn;
    }
    if (const auto* nitro = std::get_if<NitroClaims>(&claims)) {
        const auto& pcr = nitro->pcrs[kNitroSignerPcr];
        out.nitro_signer = pcr && !pcr->is_zero() ? pcr : std::nullopt;
    }
    return out;
}

std::optional<Reason> find_violation(const MeasurementRules& rules,
                                     const ProgramIdentity& identity,
                                     VerificationTime now) {
    if (std::ranges::find(rules.revoked, identity.measurement) != rules.revoked.end()) {
        return Reason::kPolicyMeasurementRevoked;
    }
    return rules.mode == MeasurementMode::kMeasurement ? check_measurement(rules, identity.measurement, now)
                                                       : check_signer(rules, identity);
}

}  // namespace redoubt::attestation
