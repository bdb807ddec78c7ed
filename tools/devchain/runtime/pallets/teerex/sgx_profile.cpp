#include <tools/devchain/runtime/pallets/teerex/sgx_profile.hpp>

#include <attestation/dcap/enclave_identity.hpp>
#include <attestation/dcap/pck_extension.hpp>
#include <attestation/dcap/tcb_info.hpp>
#include <attestation/digest.hpp>
#include <attestation/ias/evidence.hpp>
#include <attestation/ias/registry.hpp>
#include <attestation/ias/verifier.hpp>
#include <attestation/public_key.hpp>
#include <attestation/x509/path.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/byte_cursor.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::devchain::teerex {
namespace {

namespace dcap = attestation::dcap;
namespace x509 = attestation::x509;

constexpr std::uint16_t kQuoteVersion = 3;
constexpr std::uint16_t kEcdsaP256 = 2;
constexpr std::uint16_t kPckChain = 5;
/// What the pallet takes the authentication data of every quoting enclave to be.
constexpr std::size_t kQeAuthBytes = 32;
constexpr std::size_t kBoundBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kChainCertificatesMin = 2;

attestation::VerificationTime time_of(Moment now) {
    return {static_cast<std::int64_t>(now / 1'000)};
}

/// A certificate that leads to Intel's root, and its key.
struct Signer {
    x509::Certificate certificate;
    attestation::PublicKey key;
};

std::size_t count_certificates(std::string_view pem) {
    constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
    std::size_t count = 0;
    for (auto at = pem.find(kEnd); at != std::string_view::npos; at = pem.find(kEnd, at + kEnd.size())) {
        ++count;
    }
    return count;
}

/// Verifies a chain whose first certificate is the signer's. The last one may be the root itself.
Judged<Signer> verify_chain(ByteView pem, Moment now, const attestation::TrustRoots& roots) {
    if (count_certificates(text_of(pem)) < kChainCertificatesMin) {
        return VerifyError::kCertificateChainIsTooShort;
    }
    auto read = x509::read_pem_chain(text_of(pem));
    if (!read) {
        return VerifyError::kLeafCertificateParsingError;
    }
    auto& chain = read.value();
    const auto is_root = [&](const x509::Certificate& one) {
        return equal(one.bytes(), roots.intel_sgx.bytes());
    };
    chain.erase(std::remove_if(chain.begin() + 1, chain.end(), is_root), chain.end());
    std::vector<const x509::Certificate*> path;
    for (const auto& certificate : chain) {
        path.push_back(&certificate);
    }
    path.push_back(&roots.intel_sgx);
    if (chain.front().is_ca() || !x509::verify_path(path, time_of(now))) {
        return VerifyError::kCertificateChainIsInvalid;
    }
    auto& leaf = chain.front();
    auto key = leaf.public_key();
    if (!key || !key.value().is_ec(attestation::Curve::kP256)) {
        return VerifyError::kLeafCertificateParsingError;
    }
    return Signer{std::move(leaf), std::move(key).value()};
}

/// A quote as the pallet lays it out; views into the input. The library's decoder is not used: it refuses
/// what the pallet passes over, such as a vendor that is not Intel or an announced length that is wrong.
struct Quote {
    std::uint16_t version = 0;
    std::uint16_t key_type = 0;
    attestation::SgxClaims body;
    ByteView signed_bytes;  ///< header and body
    ByteView signature;
    ByteView attestation_key;
    ByteView qe_report;
    attestation::SgxClaims qe_claims;
    ByteView qe_report_signature;
    ByteView qe_auth;
    std::uint16_t certification_type = 0;
    ByteView certification_data;
    bool is_at_end = false;  ///< nothing follows
};

Result<Quote> decode_quote(ByteView bytes) {
    constexpr std::size_t kHeaderBytes = 48;
    constexpr std::size_t kCertificationBytesMax = 65'000;
    Quote out;
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto header, in.take(kHeaderBytes));
    ByteCursor header_fields{header};
    BOOST_OUTCOME_TRY(out.version, header_fields.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.key_type, header_fields.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.body, attestation::read_sgx_report_body(in));
    out.signed_bytes = bytes.first(kHeaderBytes + attestation::kSgxReportBodyBytes);
    BOOST_OUTCOME_TRY(in.take(sizeof(std::uint32_t)));  // the length of the rest, which nobody looks at
    BOOST_OUTCOME_TRY(out.signature, in.take(kSignatureBytes));
    BOOST_OUTCOME_TRY(out.attestation_key, in.take(kSignatureBytes));
    BOOST_OUTCOME_TRY(out.qe_report, in.take(attestation::kSgxReportBodyBytes));
    ByteCursor qe_report{out.qe_report};
    BOOST_OUTCOME_TRY(out.qe_claims, attestation::read_sgx_report_body(qe_report));
    BOOST_OUTCOME_TRY(out.qe_report_signature, in.take(kSignatureBytes));
    BOOST_OUTCOME_TRY(const auto auth_bytes, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.qe_auth, in.take(auth_bytes));
    BOOST_OUTCOME_TRY(out.certification_type, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(const auto certification_bytes, in.take_le<std::uint32_t>());
    if (certification_bytes > kCertificationBytesMax) {
        return DecodeError::kLengthLimit;
    }
    BOOST_OUTCOME_TRY(out.certification_data, in.take(certification_bytes));
    out.is_at_end = in.empty();
    return out;
}

Judged<Quote> read_quote(ByteView bytes) {
    const auto quote = decode_quote(bytes);
    if (!quote) {
        return VerifyError::kDcapQuoteDecodingError;
    }
    if (quote.value().version != kQuoteVersion) {
        return VerifyError::kDcapQuoteVersionMismatch;
    }
    if (quote.value().key_type != kEcdsaP256) {
        return VerifyError::kDcapKeyTypeMismatch;
    }
    if (quote.value().certification_type != kPckChain) {
        return VerifyError::kPckCertFormatMismatch;
    }
    if (!quote.value().is_at_end) {
        return VerifyError::kDcapQuoteIsTooLong;
    }
    return quote.value();
}

std::array<std::uint8_t, 4> le_bytes(std::uint32_t value) {
    std::array<std::uint8_t, 4> out{};
    for (auto& byte : out) {
        byte = static_cast<std::uint8_t>(value);
        value >>= 8U;
    }
    return out;
}

/// The first half of ATTRIBUTES; the pallet leaves XFRM alone.
std::uint64_t flags_of(const std::array<std::uint8_t, 16>& attributes) {
    return ByteCursor{attributes}.take_le<std::uint64_t>().value();
}

bool is_quoting_enclave(const attestation::SgxClaims& report, const SgxQuotingEnclave& qe) {
    const auto misc_select = le_bytes(report.misc_select);
    for (std::size_t i = 0; i < misc_select.size(); ++i) {
        const auto mask = qe.miscselect_mask.at(i);
        if ((misc_select.at(i) & mask) != (qe.miscselect.at(i) & mask)) {
            return false;
        }
    }
    const bool has_flags = (report.flags & flags_of(qe.attributes_mask)) == flags_of(qe.attributes);
    const bool has_svn =
        std::ranges::any_of(qe.tcb, [&](const QeTcb& level) { return report.isv_svn >= level.isvsvn; });
    return report.isv_prod_id == qe.isvprodid && report.mr_signer.bytes == qe.mrsigner && has_flags &&
           has_svn;
}

/// The keys of the quote hang together: the platform's key vouches for the quoting enclave, whose report
/// names the key that signed the quote.
Judged<void> verify_signatures(const Quote& quote, const attestation::PublicKey& platform_key) {
    using attestation::HashAlgorithm;
    const auto bound = attestation::sha2_256({quote.attestation_key, quote.qe_auth});
    if (quote.qe_auth.size() != kQeAuthBytes ||
        !equal(bound.view(), quote.qe_claims.report_data.view().first(kBoundBytes))) {
        return VerifyError::kQeReportHashMismatch;
    }
    const auto key = attestation::PublicKey::from_point(attestation::Curve::kP256, quote.attestation_key);
    if (!key || !key.value().verify_ecdsa_raw(HashAlgorithm::kSha256, quote.signed_bytes, quote.signature)) {
        return VerifyError::kIsvEnclaveReportSignatureIsInvalid;
    }
    if (!platform_key.verify_ecdsa_raw(HashAlgorithm::kSha256, quote.qe_report, quote.qe_report_signature)) {
        return VerifyError::kRsaSignatureIsInvalid;  // the pallet's name for any signature by a certificate
    }
    return success();
}

TcbStatus status_on_chain(attestation::TcbStatus status) {
    switch (status) {
        case attestation::TcbStatus::kUpToDate:
            return TcbStatus::kUpToDate;
        case attestation::TcbStatus::kSwHardeningNeeded:
            return TcbStatus::kSwHardeningNeeded;
        case attestation::TcbStatus::kConfigurationAndSwHardeningNeeded:
            return TcbStatus::kConfigurationAndSwHardeningNeeded;
        case attestation::TcbStatus::kOutOfDate:
            return TcbStatus::kOutOfDate;
        case attestation::TcbStatus::kOutOfDateConfigurationNeeded:
            return TcbStatus::kOutOfDateConfigurationNeeded;
        case attestation::TcbStatus::kRevoked:
            return TcbStatus::kRevoked;
        case attestation::TcbStatus::kConfigurationNeeded:  // the pallet has no name for it
        case attestation::TcbStatus::kTdRelaunchAdvised:
        case attestation::TcbStatus::kTdRelaunchAdvisedConfigurationNeeded:
            break;
    }
    return TcbStatus::kUnknown;
}

SgxStatus status_of_level(TcbStatus status) {
    switch (status) {
        case TcbStatus::kUpToDate:
        case TcbStatus::kSwHardeningNeeded:
            return SgxStatus::kOk;
        case TcbStatus::kConfigurationAndSwHardeningNeeded:
            return SgxStatus::kConfigurationNeeded;
        case TcbStatus::kOutOfDate:
        case TcbStatus::kOutOfDateConfigurationNeeded:
            return SgxStatus::kGroupOutOfDate;
        case TcbStatus::kRevoked:
            return SgxStatus::kGroupRevoked;
        case TcbStatus::kUnknown:
            break;
    }
    return SgxStatus::kInvalid;
}

Moment moment_of(attestation::VerificationTime time) {
    return time.unix_seconds < 0 ? 0 : static_cast<Moment>(time.unix_seconds) * 1'000;
}

/// Neither end belongs to the time in which a document counts.
bool is_in_force(Moment issued, Moment next_update, Moment now) {
    return issued < now && now < next_update;
}

/// The text of the Netscape comment, found as the pallet finds it: by the bytes of its OID, wherever they
/// stand.
Judged<ByteView> find_netscape_comment(ByteView certificate) {
    constexpr std::array<std::uint8_t, 11> kOid{0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                0x86, 0xf8, 0x42, 0x01, 0x0d};
    constexpr std::uint8_t kTwoLengthBytes = 0x82;
    const auto found = std::ranges::search(certificate, kOid);
    if (found.empty()) {
        return VerifyError::kNetscapeDecodingError;
    }
    ByteCursor in{certificate.subspan(static_cast<std::size_t>(found.end() - certificate.begin()))};
    const auto read = [&]() -> Result<ByteView> {
        BOOST_OUTCOME_TRY(in.take_byte());  // the tag
        BOOST_OUTCOME_TRY(const auto first, in.take_byte());
        std::size_t length = first;
        if (first == kTwoLengthBytes) {
            BOOST_OUTCOME_TRY(const auto high, in.take_byte());
            BOOST_OUTCOME_TRY(const auto low, in.take_byte());
            length = (std::size_t{high} << 8U) | low;
        }
        return in.take(length);
    };
    const auto text = read();
    if (!text) {
        return VerifyError::kNetscapeDecodingError;
    }
    return text.value();
}

/// The report's three parts; what follows a third separator is passed over.
Judged<attestation::ias::Evidence> read_parts(ByteView comment) {
    auto end = comment.end();
    std::size_t separators = 0;
    for (auto at = comment.begin(); at != comment.end(); ++at) {
        if (*at == '|' && ++separators == 3) {
            end = at;
            break;
        }
    }
    auto evidence = attestation::ias::read_joined({comment.begin(), end});
    if (!evidence) {
        return VerifyError::kNetscapeDecodingError;
    }
    return std::move(evidence).value();
}

/// The signature by the certificate that came along; who issued that is checked afterwards.
Judged<void> verify_report_signature(const attestation::ias::Evidence& evidence) {
    const auto certificate = x509::Certificate::decode(evidence.certificate);
    if (!certificate) {
        return VerifyError::kNetscapeDerError;
    }
    const auto key = certificate.value().public_key();
    if (!key || !key.value().verify(attestation::SignatureScheme::kRsaPkcs1Sha256, evidence.report,
                                    evidence.signature)) {
        return VerifyError::kRsaSignatureIsInvalid;
    }
    return success();
}

}  // namespace

Judged<ReportedEnclave> verify_ias_certificate(ByteView certificate, Moment now) {
    BOOST_OUTCOME_TRY(const auto comment, find_netscape_comment(certificate));
    BOOST_OUTCOME_TRY(const auto evidence, read_parts(comment));
    BOOST_OUTCOME_TRY(verify_report_signature(evidence));
    attestation::ias::Setting setting;
    setting.time = time_of(now);
    setting.certificate_time = attestation::ias::kRegistryCertificateTime;
    const auto verdict = attestation::ias::verify_report(evidence, setting);
    if (verdict.refusal) {
        return verdict.refusal->reason == attestation::Reason::kIasReportMalformed
                   ? VerifyError::kSgxReportParsingError
                   : VerifyError::kCaVerificationFailed;
    }
    const auto& claims = std::get<attestation::IasClaims>(verdict.claims);
    ReportedEnclave out;
    out.report_data.d = claims.enclave.report_data.bytes;
    out.mr_enclave = claims.enclave.mr_enclave.bytes;
    out.mr_signer = claims.enclave.mr_signer.bytes;
    out.build_mode = claims.enclave.is_debug() ? SgxBuildMode::kDebug : SgxBuildMode::kProduction;
    out.timestamp = moment_of(claims.issued_at());
    out.status = static_cast<SgxStatus>(attestation::ias::registry_status(claims.status));
    return out;
}

Judged<QuotedEnclave> verify_quote(ByteView bytes,
                                   const SgxQuotingEnclave& qe,
                                   Moment now,
                                   const attestation::TrustRoots& roots) {
    BOOST_OUTCOME_TRY(const auto quote, read_quote(bytes));
    if (!is_quoting_enclave(quote.qe_claims, qe)) {
        return VerifyError::kQeHasRejectedEnclave;
    }
    BOOST_OUTCOME_TRY(const auto platform, verify_chain(quote.certification_data, now, roots));
    const auto extension = dcap::read_pck_extension(platform.certificate);
    if (!extension) {
        return VerifyError::kIntelExtensionCertificateDecodingError;
    }
    BOOST_OUTCOME_TRY(verify_signatures(quote, platform.key));
    const auto& claims = quote.body;
    QuotedEnclave out;
    out.report_data.d = claims.report_data.bytes;
    out.mr_enclave = claims.mr_enclave.bytes;
    out.mr_signer = claims.mr_signer.bytes;
    out.build_mode = claims.is_debug() ? SgxBuildMode::kDebug : SgxBuildMode::kProduction;
    out.fmspc = extension.value().fmspc.bytes;
    out.platform.cpusvn = extension.value().cpu_svn.bytes;
    out.platform.pcesvn = extension.value().pce_svn;
    return out;
}

std::optional<SgxStatus> status_of_platform(const SgxTcbInfoOnChain& info, const TcbVersionStatus& platform) {
    const auto reached = std::ranges::find_if(info.tcb_levels, [&](const TcbVersionStatus& level) {
        return level.pcesvn <= platform.pcesvn &&
               std::ranges::equal(level.cpusvn, platform.cpusvn, std::ranges::less_equal{});
    });
    return reached == info.tcb_levels.end() ? std::nullopt
                                            : std::optional{status_of_level(reached->tcb_status)};
}

Judged<void> verify_collateral_text(ByteView text,
                                    ByteView signature,
                                    ByteView chain,
                                    Moment now,
                                    const attestation::TrustRoots& roots,
                                    VerifyError refusal) {
    BOOST_OUTCOME_TRY(const auto signer, verify_chain(chain, now, roots));
    if (signature.size() != kSignatureBytes) {
        return VerifyError::kKeyLengthIsInvalid;
    }
    if (!signer.key.verify_ecdsa_raw(attestation::HashAlgorithm::kSha256, text, signature)) {
        return refusal;
    }
    return success();
}

Judged<std::optional<SgxQuotingEnclave>> read_quoting_enclave(ByteView text, Moment now) {
    const auto read = dcap::parse_enclave_identity(text_of(text));
    if (!read) {
        return VerifyError::kEnclaveIdentityDecodingError;
    }
    const auto& identity = read.value();
    SgxQuotingEnclave out;
    out.issue_date = moment_of(identity.validity.not_before);
    out.next_update = moment_of(identity.validity.not_after);
    out.miscselect = le_bytes(identity.misc_select);
    out.miscselect_mask = le_bytes(identity.misc_select_mask);
    out.attributes = identity.attributes.bytes;
    out.attributes_mask = identity.attributes_mask.bytes;
    out.mrsigner = identity.mr_signer.bytes;
    out.isvprodid = identity.isv_prod_id;
    for (const auto& level : identity.levels) {
        out.tcb.push_back({level.isv_svn});
    }
    if (identity.role != dcap::EnclaveRole::kQe || !is_in_force(out.issue_date, out.next_update, now)) {
        return std::optional<SgxQuotingEnclave>{};
    }
    return std::optional{std::move(out)};
}

Judged<std::optional<TcbInfoRecord>> read_tcb_info(ByteView text, Moment now) {
    constexpr std::uint32_t kVersion = 3;
    const auto read = dcap::parse_tcb_info(text_of(text));
    if (!read) {
        return VerifyError::kTcbInfoIsInvalid;
    }
    const auto& info = read.value();
    TcbInfoRecord out;
    out.fmspc = info.fmspc.bytes;
    out.info.issue_date = moment_of(info.validity.not_before);
    out.info.next_update = moment_of(info.validity.not_after);
    for (const auto& level : info.levels) {
        out.info.tcb_levels.push_back({level.sgx, level.pce_svn, status_on_chain(level.state.status)});
    }
    if (info.version != kVersion || info.tee != dcap::Tee::kSgx ||
        !is_in_force(out.info.issue_date, out.info.next_update, now)) {
        return std::optional<TcbInfoRecord>{};
    }
    return std::optional{std::move(out)};
}

}  // namespace redoubt::devchain::teerex
