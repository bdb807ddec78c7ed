#include <attestation/verdict.hpp>

#include <attestation/digest.hpp>

namespace redoubt::attestation {
namespace {

struct MeasurementOf {
    Bytes operator()(const std::monostate&) const { return {}; }
    Bytes operator()(const SgxClaims& claims) const { return to_bytes(claims.mr_enclave.view()); }
    Bytes operator()(const TdxClaims& claims) const {
        const auto registers = concat(claims.mr_td, claims.rtmr[0], claims.rtmr[1], claims.rtmr[2]);
        return to_bytes(sha2_384(registers).view());
    }
    Bytes operator()(const SnpClaims& claims) const { return to_bytes(claims.measurement.view()); }
    Bytes operator()(const IasClaims& claims) const { return (*this)(claims.enclave); }
    Bytes operator()(const CcaClaims& claims) const { return to_bytes(claims.realm_digest().view()); }
    Bytes operator()(const KeystoneClaims& claims) const { return to_bytes(claims.digest().view()); }
    Bytes operator()(const SimClaims& claims) const { return to_bytes(claims.mr_enclave.view()); }
    Bytes operator()(const NitroClaims& claims) const {
        const auto digest = claims.image_digest();
        return digest ? to_bytes(digest->view()) : Bytes{};
    }
    Bytes operator()(const TpmClaims& claims) const {
        Bytes pcrs;
        for (const auto& [bank, index, value] : claims.pcrs) {
            pcrs.push_back(static_cast<std::uint8_t>(bank >> 8U));
            pcrs.push_back(static_cast<std::uint8_t>(bank));
            pcrs.push_back(index);
            append(pcrs, value);
        }
        return to_bytes(sha2_256({pcrs}).view());
    }
    Bytes operator()(const ParavisorClaims& claims) const { return std::visit(*this, claims.hardware); }
};

struct ReportDataOf {
    ByteView operator()(const std::monostate&) const { return {}; }
    ByteView operator()(const SgxClaims& claims) const { return claims.report_data.view(); }
    ByteView operator()(const TdxClaims& claims) const { return claims.report_data.view(); }
    ByteView operator()(const SnpClaims& claims) const { return claims.report_data.view(); }
    ByteView operator()(const IasClaims& claims) const { return claims.enclave.report_data.view(); }
    ByteView operator()(const CcaClaims& claims) const { return claims.realm.challenge.view(); }
    ByteView operator()(const KeystoneClaims& claims) const { return claims.data; }
    ByteView operator()(const SimClaims& claims) const { return claims.report_data.view(); }
    ByteView operator()(const NitroClaims& claims) const {
        return claims.user_data ? ByteView{*claims.user_data} : ByteView{};
    }
    ByteView operator()(const TpmClaims& claims) const { return claims.extra_data; }
    ByteView operator()(const ParavisorClaims& claims) const { return claims.tpm.extra_data; }
};

std::string sentence(std::string_view cause, std::string_view what_to_do) {
    std::string out{cause};
    out.append(": ").append(what_to_do).push_back('.');
    return out;
}

std::string status_sentence(const TcbFacts& tcb) {
    auto out = "TCB status " + std::string{status_text(tcb.status)};
    if (tcb.platform.levels_behind > 0) {
        out += ", " + std::to_string(tcb.platform.levels_behind) + " TCB level(s) behind";
    }
    if (!tcb.advisories.empty()) {
        out += " (";
        for (std::size_t i = 0; i < tcb.advisories.size(); ++i) {
            out.append(i == 0 ? "" : ", ").append(tcb.advisories[i]);
        }
        out += ")";
    }
    return sentence(out, remedy(tcb.status));
}

}  // namespace

Verdict refuse(EvidenceType type, VerificationTime time, CheckLog log, Refusal refusal) {
    Verdict out;
    out.type = type;
    out.time = time;
    out.checks = std::move(log).take();
    out.refusal = std::move(refusal);
    return out;
}

Bytes measurement(const Claims& claims) {
    return std::visit(MeasurementOf{}, claims);
}

ByteView report_data(const Claims& claims) {
    return std::visit(ReportDataOf{}, claims);
}

std::vector<std::string> advice(const Verdict& verdict) {
    std::vector<std::string> out;
    if (verdict.refusal) {
        auto cause = std::string{error_message(verdict.refusal->reason)};
        if (!verdict.refusal->detail.empty()) {
            cause += " (" + verdict.refusal->detail + ")";
        }
        out.push_back(sentence(cause, remedy(verdict.refusal->reason)));
        return out;
    }
    if (!verdict.is_hardware) {
        out.push_back(sentence(error_message(Reason::kPolicyHardware), remedy(Reason::kPolicyHardware)));
    }
    if (verdict.is_debug) {
        out.push_back(sentence(error_message(Reason::kPolicyDebug), remedy(Reason::kPolicyDebug)));
    }
    if (verdict.tcb && verdict.tcb->status != TcbStatus::kUpToDate) {
        out.push_back(status_sentence(*verdict.tcb));
    }
    if (verdict.tcb && is_out_of_date(verdict.tcb->quoting_enclave.status)) {
        out.emplace_back("the quoting enclave is out of date: update it with the platform software.");
    }
    if (verdict.tcb && verdict.tcb->tdx_module && is_out_of_date(verdict.tcb->tdx_module->status)) {
        out.emplace_back("the TDX module is out of date: update it with the platform's firmware.");
    }
    if (const auto* ias = std::get_if<IasClaims>(&verdict.claims);
        ias && ias->status != IasQuoteStatus::kOk) {
        out.push_back(sentence("the attestation service's status is " + ias->status_text,
                               remedy(Reason::kPolicyQuoteStatus)));
    }
    if (verdict.collateral && verdict.collateral->is_expired) {
        out.emplace_back("the collateral is expired and was taken within the grace: fetch it again.");
    }
    return out;
}

}  // namespace redoubt::attestation
