#include <attestation/paravisor/verifier.hpp>

#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/paravisor/runtime_claims.hpp>
#include <attestation/tdx/td_report.hpp>
#include <attestation/tpm/verifier.hpp>
#include <primitives/crypto/constant_time.hpp>

namespace redoubt::attestation::paravisor {
namespace {

/// The blob, and that there is a quote exactly when the blob has no evidence of its own.
Result<HclReport> check_report(const Evidence& evidence) {
    BOOST_OUTCOME_TRY(auto out, parse_hcl_report(evidence.hcl_report));
    if ((out.hardware == Hardware::kTdx) == evidence.td_quote.empty()) {
        return Reason::kHclMalformed;
    }
    return out;
}

Verdict refuse_unendorsed(const Setting& setting, std::string missing) {
    return refuse(EvidenceType::kParavisor, setting.time, CheckLog{{}},
                  {Reason::kCollateralMissing, std::move(missing)});
}

Verdict verify_hardware(const Evidence& evidence,
                        const HclReport& report,
                        const HardwareEndorsements& endorsements,
                        const Setting& setting) {
    if (report.hardware == Hardware::kSnp) {
        if (endorsements.certificates == nullptr) {
            return refuse_unendorsed(setting, "the certificates VCEK or VLEK, ASK or ASVK, and ARK");
        }
        return snp::verify_report(
            report.hardware_report, *endorsements.certificates,
            {.time = setting.time, .roots = setting.roots, .chain_cache = setting.chain_cache});
    }
    if (endorsements.collateral == nullptr) {
        return refuse_unendorsed(setting, "TCB info, QE identity and revocation lists");
    }
    return dcap::verify_quote(evidence.td_quote, *endorsements.collateral,
                              {.type = EvidenceType::kTdxDcap,
                               .time = setting.time,
                               .roots = setting.roots,
                               .tolerances = setting.tolerances,
                               .pck_cache = setting.pck_cache});
}

/// The level of a guest's memory that the paravisor alone runs at.
constexpr std::uint32_t kParavisorVmpl = 0;

/// A guest may ask for reports of its own at the levels below the paravisor's, over claims of its own.
bool is_of_paravisor(const Claims& hardware) {
    const auto* guest = std::get_if<SnpClaims>(&hardware);
    return guest == nullptr || guest->vmpl == kParavisorVmpl;
}

/// The paravisor asked for the report, whose report data is the claims' digest; a TD's own report says the
/// same as its quote.
Result<void> check_claims_bound(const HclReport& report, const Claims& hardware) {
    const auto expected = report.report_data();
    if (!is_of_paravisor(hardware)) {
        return Reason::kHclClaimsNotBound;
    }
    if (!crypto::constant_time_equal(report_data(hardware), expected.view())) {
        return Reason::kHclClaimsNotBound;
    }
    if (report.hardware == Hardware::kTdx) {
        const auto local = tdx::parse_td_report(report.hardware_report);
        if (!local) {
            return Reason::kHclMalformed;
        }
        if (local.value().claims.report_data != expected) {
            return Reason::kHclClaimsNotBound;
        }
    }
    return success();
}

Result<ParavisorClaims> verify_guest(const Evidence& evidence,
                                     const HclReport& report,
                                     const Claims& hardware,
                                     CheckLog& log) {
    BOOST_OUTCOME_TRY(log.note("claims_binding", check_claims_bound(report, hardware)));
    BOOST_OUTCOME_TRY(const auto key, log.note("attestation_key", read_attestation_key(report.claims)));
    ParavisorClaims out;
    BOOST_OUTCOME_TRY(out.tpm, tpm::verify(evidence.tpm, key, log));
    if (const auto* td = std::get_if<TdxClaims>(&hardware)) {
        out.hardware = *td;
    } else {
        out.hardware = std::get<SnpClaims>(hardware);
    }
    out.runtime_claims = report.claims;
    return out;
}

}  // namespace

Verdict verify_composite(const Evidence& evidence,
                         const HardwareEndorsements& endorsements,
                         const Setting& setting) {
    CheckLog log{kChecks};
    const auto report = log.note("hcl_report", check_report(evidence));
    if (!report) {
        return refuse(EvidenceType::kParavisor, setting.time, std::move(log),
                      {reason_of(report.error()), {}});
    }
    auto out = verify_hardware(evidence, report.value(), endorsements, setting);
    out.type = EvidenceType::kParavisor;
    if (out.is_verified()) {
        auto guest = verify_guest(evidence, report.value(), out.claims, log);
        if (guest) {
            out.nonce = guest.value().tpm.extra_data;
            out.claims = std::move(guest).value();
        } else {
            auto hardware_checks = std::move(out.checks);
            auto detail = is_of_paravisor(out.claims)
                              ? std::string{}
                              : "the report is of VMPL " +
                                    std::to_string(std::get<SnpClaims>(out.claims).vmpl) +
                                    ", which is the guest's";
            out = refuse(EvidenceType::kParavisor, setting.time, CheckLog{{}},
                         {reason_of(guest.error()), std::move(detail)});
            out.checks = std::move(hardware_checks);
        }
    }
    out.checks = std::move(log).take_around(std::move(out.checks));
    return out;
}

}  // namespace redoubt::attestation::paravisor
