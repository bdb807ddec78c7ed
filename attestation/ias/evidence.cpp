#include <attestation/ias/evidence.hpp>

#include <attestation/limits.hpp>
#include <attestation/x509/certificate.hpp>
#include <attestation/x509/pem.hpp>

#include <array>

namespace redoubt::attestation::ias {
namespace {

/// 2.16.840.1.113730.1.13
constexpr std::array<std::uint8_t, 9> kNetscapeCommentOid{0x60, 0x86, 0x48, 0x01, 0x86,
                                                          0xf8, 0x42, 0x01, 0x0d};

Result<Bytes> decode_part(std::string_view text, Reason reason) {
    auto out = x509::decode_base64(text);
    if (!out) {
        return reason;
    }
    return out;
}

}  // namespace

Result<Evidence> read_joined(ByteView text) {
    if (text.size() > kEvidenceBytesMax) {
        return Reason::kLimitExceeded;
    }
    const auto whole = text_of(text);
    const auto first = whole.find('|');
    const auto second = first == std::string_view::npos ? first : whole.find('|', first + 1);
    if (second == std::string_view::npos) {
        return Reason::kIasReportMalformed;
    }
    Evidence out;
    out.report = to_bytes(bytes_of(whole.substr(0, first)));
    BOOST_OUTCOME_TRY(out.signature,
                      decode_part(whole.substr(first + 1, second - first - 1), Reason::kIasSignatureInvalid));
    BOOST_OUTCOME_TRY(out.certificate, decode_part(whole.substr(second + 1), Reason::kIasChainInvalid));
    return out;
}

Result<Evidence> read_ra_certificate(ByteView certificate) {
    const auto decoded = x509::Certificate::decode(to_bytes(certificate));
    if (!decoded) {
        return Reason::kIasReportMalformed;
    }
    const auto comment = decoded.value().find_extension(kNetscapeCommentOid);
    if (!comment || !comment.value()) {
        return Reason::kIasReportMalformed;
    }
    return read_joined(*comment.value());
}

}  // namespace redoubt::attestation::ias
