#include <attestation/ra_tls/certificate_evidence.hpp>

#include <attestation/cbor/cbor_reader.hpp>
#include <attestation/der/der_reader.hpp>
#include <attestation/limits.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/crypto/constant_time.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::ra_tls {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMediaTypeBytesMax = 128;
constexpr std::uint64_t kEvidenceIndicator = 4;
constexpr std::string_view kMediaTypePrefix = "application/vnd.redoubt.";
constexpr std::size_t kTeeTypeOffset = 4;
constexpr std::uint32_t kTdxTee = 0x81;

/// The extensions that hold evidence.
enum class Known : std::uint8_t {
    kDice,
    kGramineQuote,
    kIntelQuote,
    kCmw,
    kSimulation,
};

struct Row {
    Known known;
    std::string_view oid;  ///< content octets
};

constexpr auto kRows = std::to_array<Row>({
    {Known::kDice, "\x67\x81\x05\x05\x04\x09"sv},
    // 1.2.840.113741.1337.6, and as Gramine writes it, with a tag and a length inside of the value
    {Known::kGramineQuote, "\x2a\x86\x48\x86\xf8\x4d\x8a\x39\x06"sv},
    {Known::kGramineQuote, "\x06\x09\x2a\x86\x48\x86\xf8\x4d\x8a\x39\x06"sv},
    // 1.2.840.113741.1.13.1: elsewhere the extension of a PCK certificate
    {Known::kIntelQuote, "\x2a\x86\x48\x86\xf8\x4d\x01\x0d\x01"sv},
    {Known::kCmw, "\x2b\x06\x01\x05\x05\x07\x01\x23"sv},
    // 2.25.298374650918273645546372819100293847561
    {Known::kSimulation,
     "\x69\x83\xc0\xf8\xef\x84\xef\xe8\xcb\x95\x84\xe6\x97\xe9\xb0\xf2\x9f\x9b\xb4\x09"sv},
});

/// The values of the known extensions.
using Found = std::array<std::optional<ByteView>, 5>;

std::optional<ByteView>& slot(Found& found, Known known) {
    return found.at(static_cast<std::size_t>(known));
}

Result<Found> find_known(const x509::Certificate& certificate) {
    Found out;
    for (const auto& extension : certificate.extensions()) {
        if (!certificate.find_extension(extension.oid)) {
            return Reason::kRatlsEvidenceMalformed;  // the same extension twice, whichever it is
        }
        const auto* row = std::ranges::find(kRows, text_of(extension.oid), &Row::oid);
        if (row == kRows.end()) {
            continue;
        }
        auto& value = slot(out, row->known);
        if (value || extension.is_critical) {
            return Reason::kRatlsEvidenceMalformed;
        }
        value = extension.value;
    }
    return out;
}

/// Quotes state their TEE; a verifier refuses one that was sent as the other type.
EvidenceType type_of_quote(ByteView quote) {
    ByteCursor in{quote.subspan(std::min(kTeeTypeOffset, quote.size()))};
    const auto tee = in.take_le<std::uint32_t>();
    return tee && tee.value() == kTdxTee ? EvidenceType::kTdxDcap : EvidenceType::kSgxDcap;
}

CertificateEvidence bare_quote(ByteView quote) {
    return {.form = Form::kLegacyQuote, .type = type_of_quote(quote), .evidence = quote, .dice = {}};
}

/// Reads [media type, evidence, indicator] in CBOR.
Result<CertificateEvidence> read_record(ByteView record) {
    BOOST_OUTCOME_TRY(auto in, cbor::Reader::open(record));
    BOOST_OUTCOME_TRY(const auto items, in.enter_array());
    if (items != 3) {
        return Reason::kRatlsEvidenceMalformed;
    }
    CertificateEvidence out;
    out.form = Form::kCmw;
    BOOST_OUTCOME_TRY(const auto media_type, in.take_text(kMediaTypeBytesMax));
    BOOST_OUTCOME_TRY(out.evidence, in.take_bytes(0, kCborStringBytesMax));
    BOOST_OUTCOME_TRY(const auto indicator, in.take_unsigned());
    const auto type = type_of_wrapper(media_type);
    if (!type || indicator != kEvidenceIndicator) {
        return Reason::kRatlsEvidenceMalformed;
    }
    out.type = *type;
    return out;
}

/// CMW ::= CHOICE { json UTF8String, cbor OCTET STRING }, of which the second is read.
Result<CertificateEvidence> read_wrapper(ByteView value) {
    const auto record = der::read_single(value, der::kOctetString);
    if (!record) {
        return Reason::kRatlsEvidenceMalformed;
    }
    auto out = read_record(record.value().content);
    if (!out) {
        return Reason::kRatlsEvidenceMalformed;
    }
    return out;
}

Result<CertificateEvidence> read_dice(ByteView value) {
    BOOST_OUTCOME_TRY(const auto dice, read_dice_evidence(value));
    return CertificateEvidence{
        .form = Form::kDice, .type = type_of_quote(dice.quote), .evidence = dice.quote, .dice = dice};
}

/// True when the report data is this hash of 32 bytes, then zeros.
bool is_hash_and_zeros(ByteView report_data, const Hash256& hash) {
    FixedBytes<64> expected;
    std::ranges::copy(hash.bytes, expected.bytes.begin());
    return crypto::constant_time_equal(report_data, expected.view());
}

}  // namespace

Result<CertificateEvidence> read_certificate_evidence(const x509::Certificate& certificate) {
    BOOST_OUTCOME_TRY(auto found, find_known(certificate));
    if (const auto& dice = slot(found, Known::kDice)) {
        return read_dice(*dice);
    }
    if (const auto& wrapper = slot(found, Known::kCmw)) {
        return read_wrapper(*wrapper);
    }
    const auto& gramine = slot(found, Known::kGramineQuote);
    const auto& intel = slot(found, Known::kIntelQuote);
    if (gramine && !intel) {
        return bare_quote(*gramine);
    }
    if (intel && !gramine) {
        return bare_quote(*intel);
    }
    const auto& simulation = slot(found, Known::kSimulation);
    if (simulation && !gramine) {
        return CertificateEvidence{.form = Form::kSimulation,
                                   .type = EvidenceType::kSimulation,
                                   .evidence = *simulation,
                                   .dice = {}};
    }
    return Reason::kRatlsEvidenceMalformed;  // none, or two of equal rank
}

Result<void> check_claims_bound(const DiceEvidence& evidence, ByteView report_data) {
    if (!is_hash_and_zeros(report_data, sha2_256({evidence.claims_bytes}))) {
        return Reason::kRatlsClaimsNotBound;
    }
    return success();
}

Result<void> check_key_bound(const CertificateEvidence& evidence,
                             ByteView report_data,
                             ByteView public_key_info) {
    bool is_bound = false;
    if (evidence.dice) {
        const auto& claims = evidence.dice->claims;
        const auto hash = digest(claims.key_hash_algorithm, {public_key_info});
        is_bound = crypto::constant_time_equal(claims.key_hash, hash.view());
    } else {
        is_bound = is_hash_and_zeros(report_data, sha2_256({public_key_info}));
    }
    if (!is_bound) {
        return Reason::kRatlsKeyNotBound;
    }
    return success();
}

std::string wrapper_media_type(EvidenceType type) {
    return std::string{kMediaTypePrefix} + std::string{evidence_name(type)};
}

std::optional<EvidenceType> type_of_wrapper(std::string_view media_type) {
    if (!media_type.starts_with(kMediaTypePrefix)) {
        return std::nullopt;
    }
    return evidence_type_named(media_type.substr(kMediaTypePrefix.size()));
}

}  // namespace redoubt::attestation::ra_tls
