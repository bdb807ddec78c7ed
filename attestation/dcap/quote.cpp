#include <attestation/dcap/quote.hpp>

#include <attestation/limits.hpp>
#include <primitives/byte_cursor.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::dcap {
namespace {

constexpr std::uint16_t kEcdsaP256 = 2;
constexpr std::uint32_t kTeeSgx = 0;
constexpr std::uint32_t kTeeTdx = 0x81;
constexpr std::size_t kHeaderBytes = 48;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kKeyBytes = 64;
constexpr std::uint16_t kQeReportCertificationData = 6;
constexpr std::array<std::uint8_t, 16> kIntelVendorId{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                                      0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

/// The body types of version 5.
constexpr std::uint16_t kBodySgx = 1;
constexpr std::uint16_t kBodyTd10 = 2;
constexpr std::uint16_t kBodyTd15 = 3;

/// A read that may only fail for want of bytes.
template <class T>
Result<T> or_truncated(Result<T> read) {
    if (!read) {
        return Reason::kQuoteTruncated;
    }
    return read;
}

Result<void> read_header(ByteCursor& in, Quote& out) {
    if (in.remaining() < kHeaderBytes) {
        return Reason::kQuoteTruncated;
    }
    BOOST_OUTCOME_TRY(out.version, in.take_le<std::uint16_t>());
    if (out.version < 3 || out.version > 5) {
        return Reason::kQuoteVersionUnsupported;
    }
    BOOST_OUTCOME_TRY(const auto key_type, in.take_le<std::uint16_t>());
    if (key_type != kEcdsaP256) {
        return Reason::kAttKeyTypeUnsupported;
    }
    BOOST_OUTCOME_TRY(const auto tee, in.take_le<std::uint32_t>());
    if ((tee != kTeeSgx && tee != kTeeTdx) || (out.version == 3 && tee != kTeeSgx)) {
        return Reason::kQuoteBodyInvalid;
    }
    out.tee = tee == kTeeTdx ? Tee::kTdx : Tee::kSgx;
    BOOST_OUTCOME_TRY(in.take(4));  // SVNs of QE and PCE: informative, the PCK certificate says what counts
    BOOST_OUTCOME_TRY(const auto vendor, in.take(kIntelVendorId.size()));
    if (!equal(vendor, kIntelVendorId)) {
        return Reason::kQeVendorUnknown;
    }
    BOOST_OUTCOME_TRY(out.qe_id, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(in.take(4));
    return success();
}

/// The body type of a quote that does not state it.
std::uint16_t implied_body_type(Tee tee) {
    return tee == Tee::kTdx ? kBodyTd10 : kBodySgx;
}

Result<std::uint16_t> read_body_type(ByteCursor& in, const Quote& quote) {
    if (quote.version < 5) {
        return implied_body_type(quote.tee);
    }
    BOOST_OUTCOME_TRY(const auto type, or_truncated(in.take_le<std::uint16_t>()));
    BOOST_OUTCOME_TRY(const auto size, or_truncated(in.take_le<std::uint32_t>()));
    const bool is_sgx = type == kBodySgx && size == kSgxReportBodyBytes && quote.tee == Tee::kSgx;
    const bool is_td10 = type == kBodyTd10 && size == kTdReport10Bytes && quote.tee == Tee::kTdx;
    const bool is_td15 = type == kBodyTd15 && size == kTdReport15Bytes && quote.tee == Tee::kTdx;
    if (!is_sgx && !is_td10 && !is_td15) {
        return Reason::kQuoteBodyInvalid;
    }
    return type;
}

Result<void> read_body(ByteCursor& in, Quote& out) {
    BOOST_OUTCOME_TRY(const auto type, read_body_type(in, out));
    switch (type) {
        case kBodySgx: {
            BOOST_OUTCOME_TRY(out.body, or_truncated(read_sgx_report_body(in)));
            return success();
        }
        case kBodyTd10: {
            BOOST_OUTCOME_TRY(out.body, or_truncated(read_td_report_10(in)));
            return success();
        }
        default: {
            BOOST_OUTCOME_TRY(out.body, or_truncated(read_td_report_15(in)));
            return success();
        }
    }
}

/// The exact length of certification data, or nullopt for PEM.
std::optional<std::size_t> certification_bytes(CertificationType type) {
    constexpr std::size_t kAfterPpid = 16 + 2 + 2;
    switch (type) {
        case CertificationType::kPlainPpid:
            return 16 + kAfterPpid;
        case CertificationType::kEncryptedPpid2048:
            return 256 + kAfterPpid;
        case CertificationType::kEncryptedPpid3072:
            return 384 + kAfterPpid;
        case CertificationType::kPckLeaf:
        case CertificationType::kPckChain:
            break;
    }
    return std::nullopt;
}

/// What the versions share: the quoting enclave's report and how it is certified. Consumes `in` wholly.
Result<void> read_qe_part(ByteCursor& in, Quote& out) {
    BOOST_OUTCOME_TRY(out.qe_report, or_truncated(in.take(kSgxReportBodyBytes)));
    ByteCursor report{out.qe_report};
    BOOST_OUTCOME_TRY(out.qe_claims, or_truncated(read_sgx_report_body(report)));
    BOOST_OUTCOME_TRY(out.qe_report_signature, or_truncated(in.take(kSignatureBytes)));
    BOOST_OUTCOME_TRY(const auto auth_bytes, or_truncated(in.take_le<std::uint16_t>()));
    BOOST_OUTCOME_TRY(out.qe_auth, or_truncated(in.take(auth_bytes)));
    if (out.qe_auth.size() > kQeAuthBytesMax) {
        return Reason::kQuoteMalformed;
    }
    BOOST_OUTCOME_TRY(const auto type, or_truncated(in.take_le<std::uint16_t>()));
    if (type < 1 || type > 5) {
        return Reason::kCertDataTypeUnsupported;
    }
    out.certification_type = static_cast<CertificationType>(type);
    BOOST_OUTCOME_TRY(const auto size, or_truncated(in.take_le<std::uint32_t>()));
    BOOST_OUTCOME_TRY(out.certification_data, or_truncated(in.take(size)));
    const auto exact_bytes = certification_bytes(out.certification_type);
    if (!in.empty() || size > kCertificationDataBytesMax || (exact_bytes && size != *exact_bytes)) {
        return Reason::kQuoteMalformed;
    }
    return success();
}

Result<void> read_auth_data(ByteCursor& in, Quote& out) {
    BOOST_OUTCOME_TRY(out.auth_bytes, or_truncated(in.take_le<std::uint32_t>()));
    BOOST_OUTCOME_TRY(const auto auth_data, or_truncated(in.take(out.auth_bytes)));
    ByteCursor auth{auth_data};
    BOOST_OUTCOME_TRY(out.signature, or_truncated(auth.take(kSignatureBytes)));
    BOOST_OUTCOME_TRY(out.attestation_key, or_truncated(auth.take(kKeyBytes)));
    if (out.version == 3) {
        return read_qe_part(auth, out);
    }
    BOOST_OUTCOME_TRY(const auto outer_type, or_truncated(auth.take_le<std::uint16_t>()));
    if (outer_type != kQeReportCertificationData) {
        return Reason::kCertDataTypeUnsupported;
    }
    BOOST_OUTCOME_TRY(const auto outer_bytes, or_truncated(auth.take_le<std::uint32_t>()));
    if (outer_bytes > auth.remaining()) {
        return Reason::kQuoteTruncated;
    }
    if (outer_bytes != auth.remaining()) {
        return Reason::kQuoteMalformed;
    }
    return read_qe_part(auth, out);
}

}  // namespace

Result<Quote> parse_quote(ByteView bytes) {
    if (bytes.size() > kQuoteBytesMax) {
        return Reason::kLimitExceeded;
    }
    Quote out;
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(read_header(in, out));
    BOOST_OUTCOME_TRY(read_body(in, out));
    out.signed_bytes = bytes.first(bytes.size() - in.remaining());
    BOOST_OUTCOME_TRY(read_auth_data(in, out));
    out.trailing_bytes = in.remaining();
    if (std::ranges::any_of(in.rest(), [](std::uint8_t byte) { return byte != 0; })) {
        return Reason::kQuoteTrailingData;
    }
    return out;
}

PlatformTcb read_platform_tcb(const Quote& quote) {
    PlatformTcb out;
    const auto data = quote.certification_data;
    const auto fixed = data.last<20>();
    if (quote.certification_type == CertificationType::kPlainPpid) {
        out.ppid = FixedBytes<16>::copy_of(data.first<16>());
    }
    out.cpu_svn = FixedBytes<16>::copy_of(fixed.first<16>());
    out.pce_svn = static_cast<std::uint16_t>(fixed[16] | (fixed[17] << 8U));
    out.pce_id = FixedBytes<2>::copy_of(fixed.last<2>());
    return out;
}

}  // namespace redoubt::attestation::dcap
