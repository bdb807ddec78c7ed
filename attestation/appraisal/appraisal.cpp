#include <attestation/appraisal/appraisal.hpp>

#include <attestation/dcap/quote.hpp>
#include <attestation/ias/verifier.hpp>
#include <attestation/keystone/verifier.hpp>
#include <attestation/limits.hpp>
#include <attestation/nitro/verifier.hpp>
#include <attestation/paravisor/verifier.hpp>
#include <attestation/sim/verifier.hpp>
#include <attestation/snp/report.hpp>
#include <attestation/tpm/attest.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation {
namespace {

/// What one row of the table works on.
struct Input {
    EvidenceType type;
    ByteView evidence;
    const Endorsements& endorsements;
    const AppraisalSetting& setting;
};

/// The verdict on evidence without the endorsements of its type: what is wrong with itself comes first.
template <class T>
Verdict refuse_unendorsed(const Input& in,
                          std::span<const std::string_view> checks,
                          Result<T> decoded,
                          std::string missing) {
    CheckLog log{checks};
    const auto noted = log.note(checks.front(), std::move(decoded));
    auto refusal = noted ? Refusal{Reason::kCollateralMissing, std::move(missing)}
                         : Refusal{reason_of(noted.error()), {}};
    return refuse(in.type, in.setting.time, std::move(log), std::move(refusal));
}

/// Refused before a check was made: the parts cannot be told apart.
Verdict refuse_undecoded(const Input& in,
                         std::span<const std::string_view> checks,
                         const std::error_code& error) {
    return refuse(in.type, in.setting.time, CheckLog{checks}, {reason_of(error), {}});
}

Verdict appraise_dcap(const Input& in) {
    const auto* collateral = std::get_if<dcap::Collateral>(&in.endorsements);
    if (collateral == nullptr) {
        return refuse_unendorsed(in, dcap::kChecks, dcap::parse_quote(in.evidence),
                                 "TCB info, QE identity and revocation lists");
    }
    return dcap::verify_quote(in.evidence, *collateral,
                              {.type = in.type,
                               .time = in.setting.time,
                               .roots = in.setting.roots,
                               .tolerances = in.setting.tolerances,
                               .pck_cache = in.setting.pck_cache});
}

/// The evidence is `report|signature|certificate`; nothing has to come with it.
Verdict appraise_ias(const Input& in) {
    const auto evidence = ias::read_joined(in.evidence);
    if (!evidence) {
        return refuse_undecoded(in, ias::kChecks, evidence.error());
    }
    return ias::verify_report(evidence.value(), {.time = in.setting.time,
                                                 .roots = in.setting.roots,
                                                 .certificate_time = in.setting.ias_certificate_time});
}

Verdict appraise_snp(const Input& in) {
    const auto* certificates = std::get_if<snp::Certificates>(&in.endorsements);
    if (certificates == nullptr) {
        return refuse_unendorsed(in, snp::kChecks, snp::parse_report(in.evidence),
                                 "the certificates VCEK or VLEK, ASK or ASVK, and ARK");
    }
    return snp::verify_report(
        in.evidence, *certificates,
        {.time = in.setting.time, .roots = in.setting.roots, .chain_cache = in.setting.chain_cache});
}

Verdict appraise_nitro(const Input& in) {
    return nitro::verify_document(in.evidence, {.time = in.setting.time, .roots = in.setting.roots});
}

Verdict appraise_simulation(const Input& in) {
    return sim::verify_evidence(in.evidence, in.setting.time, in.setting.simulation);
}

Verdict appraise_keystone(const Input& in) {
    return keystone::verify_report(in.evidence,
                                   {.time = in.setting.time,
                                    .device_keys = in.setting.keystone_device_keys,
                                    .allows_published_keys = in.setting.allows_published_keystone_keys});
}

Verdict appraise_cca(const Input& in) {
    return cca::verify_token(in.evidence,
                             {.time = in.setting.time, .platform_keys = in.setting.cca_platform_keys});
}

Verdict appraise_paravisor(const Input& in) {
    const auto evidence = paravisor::read_evidence(in.evidence);
    if (!evidence) {
        return refuse_undecoded(in, paravisor::kChecks, evidence.error());
    }
    return paravisor::verify_composite(evidence.value(),
                                       {.certificates = std::get_if<snp::Certificates>(&in.endorsements),
                                        .collateral = std::get_if<dcap::Collateral>(&in.endorsements)},
                                       {.time = in.setting.time,
                                        .roots = in.setting.roots,
                                        .tolerances = in.setting.tolerances,
                                        .pck_cache = in.setting.pck_cache,
                                        .chain_cache = in.setting.chain_cache});
}

Verdict appraise_tpm(const Input& in) {
    const auto evidence = tpm::read_evidence(in.evidence);
    if (!evidence) {
        return refuse_undecoded(in, tpm::kChecks, evidence.error());
    }
    auto out = tpm::verify_quote(evidence.value(), {}, in.setting.time);
    if (in.setting.tpm_attestation_keys.empty() && out.refusal->reason == Reason::kTpmSignatureInvalid) {
        out.refusal->detail = "no attestation key is trusted";
    }
    for (const auto& key : in.setting.tpm_attestation_keys) {
        out = tpm::verify_quote(evidence.value(), key, in.setting.time);
        if (out.is_verified()) {
            break;
        }
    }
    return out;
}

struct Row {
    EvidenceType type;
    Verdict (*appraise)(const Input&);
};

/// Every type that is verified, in the order of the codes.
constexpr auto kRows = std::to_array<Row>({
    {EvidenceType::kSgxDcap, appraise_dcap},
    {EvidenceType::kTdxDcap, appraise_dcap},
    {EvidenceType::kSgxIas, appraise_ias},
    {EvidenceType::kSnp, appraise_snp},
    {EvidenceType::kParavisor, appraise_paravisor},
    {EvidenceType::kNitro, appraise_nitro},
    {EvidenceType::kCca, appraise_cca},
    {EvidenceType::kKeystone, appraise_keystone},
    {EvidenceType::kTpm, appraise_tpm},
    {EvidenceType::kSimulation, appraise_simulation},
});

}  // namespace

Verdict appraise(EvidenceType type,
                 ByteView evidence,
                 const Endorsements& endorsements,
                 const AppraisalSetting& setting) {
    const auto refused = [&](Reason reason, std::string detail) {
        return refuse(type, setting.time, CheckLog{{}}, {reason, std::move(detail)});
    };
    if (evidence.size() > kEvidenceBytesMax) {
        return refused(Reason::kLimitExceeded, std::to_string(evidence.size()) + " bytes");
    }
    const auto* row = std::ranges::find(kRows, type, &Row::type);
    if (row == kRows.end()) {
        return refused(Reason::kEvidenceTypeUnsupported, std::string{evidence_name(type)});
    }
    return row->appraise({type, evidence, endorsements, setting});
}

std::vector<EvidenceType> supported_types() {
    std::vector<EvidenceType> out;
    for (const auto& row : kRows) {
        if (row.type != EvidenceType::kSimulation || sim::is_built_in()) {
            out.push_back(row.type);
        }
    }
    return out;
}

}  // namespace redoubt::attestation
