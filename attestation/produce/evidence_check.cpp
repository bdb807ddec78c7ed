#include <attestation/produce/evidence_check.hpp>

#include <attestation/cca/token.hpp>
#include <attestation/dcap/quote.hpp>
#include <attestation/snp/report.hpp>
#include <primitives/crypto/constant_time.hpp>

namespace redoubt::attestation::produce {

namespace {

Result<Claims> read_quote(dcap::Tee tee, ByteView evidence) {
    const auto quote = dcap::parse_quote(evidence);
    if (!quote || quote.value().tee != tee) {
        return ProduceError::kEvidenceMalformed;
    }
    return std::visit([](const auto& claims) { return Claims{claims}; }, quote.value().body);
}

bool is_debug(const Claims& claims) {
    return std::visit(
        [](const auto& typed) {
            if constexpr (requires { typed.is_debug(); }) {
                return typed.is_debug();
            } else {
                return true;  // nothing is known of it
            }
        },
        claims);
}

}  // namespace

Result<Claims> read_evidence(EvidenceType type, ByteView evidence) {
    if (type == EvidenceType::kSgxDcap) {
        return read_quote(dcap::Tee::kSgx, evidence);
    }
    if (type == EvidenceType::kTdxDcap) {
        return read_quote(dcap::Tee::kTdx, evidence);
    }
    if (type == EvidenceType::kSnp) {
        const auto report = snp::parse_report(evidence);
        if (report) {
            return Claims{report.value().claims};
        }
    }
    if (type == EvidenceType::kCca) {
        const auto token = cca::parse_token(evidence);
        if (token) {
            return Claims{token.value().claims};
        }
    }
    return ProduceError::kEvidenceMalformed;
}

Result<Claims> check_evidence(EvidenceType type, ByteView evidence, ReportData report_data) {
    BOOST_OUTCOME_TRY(auto claims, read_evidence(type, evidence));
    if (!crypto::constant_time_equal(attestation::report_data(claims), report_data)) {
        return ProduceError::kReportDataDiffers;
    }
    if (is_debug(claims)) {
        return ProduceError::kDebug;
    }
    return claims;
}

Bytes without_padding(EvidenceType type, Bytes evidence) {
    if (type == EvidenceType::kSgxDcap || type == EvidenceType::kTdxDcap) {
        const auto quote = dcap::parse_quote(evidence);
        if (quote) {
            evidence.resize(evidence.size() - quote.value().trailing_bytes);
        }
    }
    return evidence;
}

}  // namespace redoubt::attestation::produce
