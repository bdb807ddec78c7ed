#include <attestation/ias/verifier.hpp>

#include <attestation/ias/report.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/path.hpp>

#include <algorithm>

namespace redoubt::attestation::ias {
namespace {

/// The certificate that signed the report, below the CA, and its key.
struct Signer {
    x509::Certificate certificate;
    PublicKey key;
};

Result<Signer> check_chain(const Evidence& evidence, const x509::Certificate& ca) {
    auto certificate = x509::Certificate::decode(evidence.certificate);
    if (!certificate) {
        return Reason::kIasChainInvalid;
    }
    const auto& signer = certificate.value();
    const bool may_sign =
        !signer.is_ca() && (!signer.states_key_usage() || signer.has_key_usage(x509::kDigitalSignature));
    if (!may_sign || signer.has_unknown_critical_extension() || !x509::check_issuer_rules(ca, 0) ||
        !x509::check_link(signer, ca)) {
        return Reason::kIasChainInvalid;
    }
    auto key = signer.public_key();
    if (!key || !key.value().is_rsa()) {
        return Reason::kIasChainInvalid;
    }
    return Signer{std::move(certificate).value(), std::move(key).value()};
}

Result<void> check_validity(const x509::Certificate& signer,
                            const x509::Certificate& ca,
                            VerificationTime time) {
    const std::array path{&signer, &ca};
    if (!x509::check_path_time(path, time)) {
        return Reason::kIasCertNotValidAtTime;
    }
    return success();
}

Result<void> check_signature(const Evidence& evidence, const PublicKey& key) {
    if (!key.verify(SignatureScheme::kRsaPkcs1Sha256, evidence.report, evidence.signature)) {
        return Reason::kIasSignatureInvalid;
    }
    return success();
}

struct Verified {
    IasClaims claims;
    VerificationTime earliest_expiry;
};

Result<Verified> verify(const Evidence& evidence, const Setting& setting, CheckLog& log) {
    if (evidence.report.size() > kIasReportBytesMax) {
        return log.note("report_format", Result<Verified>{Reason::kIasReportMalformed});
    }
    const auto& ca = setting.roots.ias_ca;
    const auto certificate_time = setting.certificate_time.value_or(setting.time);
    BOOST_OUTCOME_TRY(const auto signer, log.note("certificate_chain", check_chain(evidence, ca)));
    BOOST_OUTCOME_TRY(
        log.note("certificate_validity", check_validity(signer.certificate, ca, certificate_time)));
    BOOST_OUTCOME_TRY(log.note("report_signature", check_signature(evidence, signer.key)));
    BOOST_OUTCOME_TRY(auto claims, log.note("report_format", parse_report(text_of(evidence.report))));
    return Verified{std::move(claims),
                    std::min(signer.certificate.validity().not_after, ca.validity().not_after)};
}

}  // namespace

Verdict verify_report(const Evidence& evidence, const Setting& setting) {
    CheckLog log{kChecks};
    auto verified = verify(evidence, setting, log);
    if (!verified) {
        return refuse(EvidenceType::kSgxIas, setting.time, std::move(log), {reason_of(verified.error()), {}});
    }
    auto& claims = verified.value().claims;
    Verdict out;
    out.type = EvidenceType::kSgxIas;
    out.time = setting.time;
    out.checks = std::move(log).take();
    out.refusal.reset();
    out.is_hardware = true;
    out.is_debug = claims.enclave.is_debug();
    out.produced_at = claims.issued_at();
    if (claims.nonce) {
        out.nonce = to_bytes(bytes_of(*claims.nonce));
    }
    out.collateral = CollateralFacts{};
    out.collateral->oldest_issue = out.collateral->latest_issue = claims.issued_at();
    out.collateral->earliest_expiry = verified.value().earliest_expiry;
    out.claims = std::move(claims);
    return out;
}

}  // namespace redoubt::attestation::ias
