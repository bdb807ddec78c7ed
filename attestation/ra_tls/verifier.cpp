#include <attestation/ra_tls/verifier.hpp>

#include <attestation/limits.hpp>
#include <attestation/ra_tls/certificate_evidence.hpp>

namespace redoubt::attestation::ra_tls {
namespace {

Result<x509::Certificate> decode_certificate(ByteView bytes) {
    auto out = x509::Certificate::decode_of_peer(to_bytes(bytes));
    if (!out) {
        return Reason::kRatlsEvidenceMalformed;
    }
    return out;
}

Result<void> check_self_signature(const x509::Certificate& certificate) {
    const auto key = certificate.public_key();
    if (!key || !certificate.is_signed_by(key.value())) {
        return Reason::kRatlsSelfSignatureInvalid;
    }
    return success();
}

Result<void> check_bindings(const CertificateEvidence& evidence,
                            ByteView signed_data,
                            const x509::Certificate& certificate,
                            CheckLog& log) {
    if (evidence.dice) {
        BOOST_OUTCOME_TRY(log.note("claims_binding", check_claims_bound(*evidence.dice, signed_data)));
    } else {
        log.skip("claims_binding");
    }
    BOOST_OUTCOME_TRY(
        log.note("key_binding", check_key_bound(evidence, signed_data, certificate.public_key_info())));
    return log.note("self_signature", check_self_signature(certificate));
}

}  // namespace

Verdict verify_certificate(ByteView certificate,
                           const Endorsements& endorsements,
                           const AppraisalSetting& setting) {
    CheckLog log{kChecks};
    const auto decoded = log.note("certificate_evidence", decode_certificate(certificate));
    if (!decoded) {
        return refuse(EvidenceType::kSgxDcap, setting.time, std::move(log), {reason_of(decoded.error()), {}});
    }
    const auto read = log.note("certificate_evidence", read_certificate_evidence(decoded.value()));
    if (!read) {
        return refuse(EvidenceType::kSgxDcap, setting.time, std::move(log), {reason_of(read.error()), {}});
    }
    const auto& evidence = read.value();
    auto out = appraise(evidence.type, evidence.evidence, endorsements, setting);
    if (out.is_verified()) {
        const auto bound = check_bindings(evidence, report_data(out.claims), decoded.value(), log);
        if (!bound) {
            auto refused = refuse(evidence.type, setting.time, CheckLog{{}}, {reason_of(bound.error()), {}});
            refused.checks = std::move(out.checks);
            out = std::move(refused);
        } else if (evidence.dice) {
            const auto& nonce = evidence.dice->claims.nonce;
            out.nonce = nonce ? std::optional{to_bytes(*nonce)} : std::nullopt;
        }
    }
    out.checks = std::move(log).take_around(std::move(out.checks));
    return out;
}

}  // namespace redoubt::attestation::ra_tls
