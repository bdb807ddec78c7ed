#include <attestation/x509/algorithm.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::x509 {
namespace {

struct SchemeRow {
    SignatureScheme scheme;
    std::string_view oid;
    bool has_null;  ///< PKCS #1 v1.5 carries NULL parameters, ECDSA none
};

using namespace std::string_view_literals;

constexpr auto kSchemes = std::to_array<SchemeRow>({
    {SignatureScheme::kEcdsaSha256, "\x2a\x86\x48\xce\x3d\x04\x03\x02"sv, false},
    {SignatureScheme::kEcdsaSha384, "\x2a\x86\x48\xce\x3d\x04\x03\x03"sv, false},
    {SignatureScheme::kEcdsaSha512, "\x2a\x86\x48\xce\x3d\x04\x03\x04"sv, false},
    {SignatureScheme::kRsaPkcs1Sha256, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"sv, true},
    {SignatureScheme::kRsaPkcs1Sha384, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"sv, true},
    {SignatureScheme::kRsaPkcs1Sha512, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"sv, true},
});
constexpr auto kRsaPssOid = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv;
constexpr auto kMgf1Oid = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"sv;
constexpr auto kRsaOid = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;
constexpr auto kEcOid = "\x2a\x86\x48\xce\x3d\x02\x01"sv;

struct DigestRow {
    SignatureScheme pss_scheme;
    std::string_view oid;
    std::uint64_t salt_bytes;
};
constexpr auto kDigests = std::to_array<DigestRow>({
    {SignatureScheme::kRsaPssSha256, "\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv, 32},
    {SignatureScheme::kRsaPssSha384, "\x60\x86\x48\x01\x65\x03\x04\x02\x02"sv, 48},
    {SignatureScheme::kRsaPssSha512, "\x60\x86\x48\x01\x65\x03\x04\x02\x03"sv, 64},
});

struct CurveRow {
    Curve curve;
    std::string_view oid;
};
constexpr auto kCurves = std::to_array<CurveRow>({
    {Curve::kP256, "\x2a\x86\x48\xce\x3d\x03\x01\x07"sv},
    {Curve::kP384, "\x2b\x81\x04\x00\x22"sv},
    {Curve::kP521, "\x2b\x81\x04\x00\x23"sv},
});

Result<void> take_null(der::Reader& in) {
    BOOST_OUTCOME_TRY(const auto null, in.expect(der::kNull));
    if (!null.content.empty()) {
        return Reason::kMalformed;
    }
    return success();
}

/// A digest's AlgorithmIdentifier; its parameters are NULL or left out (RFC 4055, section 2.1).
Result<const DigestRow*> read_digest(der::Reader& in) {
    BOOST_OUTCOME_TRY(auto fields, in.enter());
    BOOST_OUTCOME_TRY(const auto oid, fields.take_oid());
    if (!fields.empty()) {
        BOOST_OUTCOME_TRY(take_null(fields));
    }
    BOOST_OUTCOME_TRY(fields.expect_end());
    const auto* row = std::ranges::find(kDigests, text_of(oid), &DigestRow::oid);
    if (row == kDigests.end()) {
        return Reason::kMalformed;
    }
    return row;
}

Result<SignatureScheme> read_pss_parameters(der::Reader& in) {
    BOOST_OUTCOME_TRY(auto fields, in.enter());
    // The defaults of the missing fields are SHA-1: all three have to be there.
    BOOST_OUTCOME_TRY(auto hash_field, fields.enter(der::context(0)));
    BOOST_OUTCOME_TRY(const auto* hash, read_digest(hash_field));
    BOOST_OUTCOME_TRY(hash_field.expect_end());
    BOOST_OUTCOME_TRY(auto mask_field, fields.enter(der::context(1)));
    BOOST_OUTCOME_TRY(auto mask, mask_field.enter());
    BOOST_OUTCOME_TRY(mask_field.expect_end());
    BOOST_OUTCOME_TRY(const auto mask_oid, mask.take_oid());
    BOOST_OUTCOME_TRY(const auto* mask_hash, read_digest(mask));
    BOOST_OUTCOME_TRY(mask.expect_end());
    BOOST_OUTCOME_TRY(auto salt_field, fields.enter(der::context(2)));
    BOOST_OUTCOME_TRY(const auto salt_bytes, salt_field.take_unsigned(64));
    BOOST_OUTCOME_TRY(salt_field.expect_end());
    if (fields.peek() == der::context(3)) {
        BOOST_OUTCOME_TRY(auto trailer_field, fields.enter(der::context(3)));
        BOOST_OUTCOME_TRY(const auto trailer, trailer_field.take_unsigned(1));
        BOOST_OUTCOME_TRY(trailer_field.expect_end());
        if (trailer != 1) {
            return Reason::kMalformed;
        }
    }
    BOOST_OUTCOME_TRY(fields.expect_end());
    if (text_of(mask_oid) != kMgf1Oid || mask_hash != hash || salt_bytes != hash->salt_bytes) {
        return Reason::kMalformed;
    }
    return hash->pss_scheme;
}

Result<PublicKey> read_ec_key(der::Reader& algorithm, ByteView bits) {
    BOOST_OUTCOME_TRY(const auto oid, algorithm.take_oid());
    BOOST_OUTCOME_TRY(algorithm.expect_end());
    const auto* row = std::ranges::find(kCurves, text_of(oid), &CurveRow::oid);
    if (row == kCurves.end() || bits.empty() || bits.front() != 0x04) {
        return Reason::kMalformed;
    }
    auto key = PublicKey::from_point(row->curve, bits.subspan(1));
    if (!key) {
        return Reason::kMalformed;
    }
    return key;
}

Result<PublicKey> read_rsa_key(der::Reader& algorithm, ByteView bits) {
    BOOST_OUTCOME_TRY(take_null(algorithm));
    BOOST_OUTCOME_TRY(algorithm.expect_end());
    BOOST_OUTCOME_TRY(const auto whole, der::read_single(bits, der::kSequence));
    der::Reader numbers{whole.content};
    BOOST_OUTCOME_TRY(const auto modulus, numbers.take_integer());
    BOOST_OUTCOME_TRY(const auto exponent, numbers.take_integer());
    BOOST_OUTCOME_TRY(numbers.expect_end());
    if ((modulus.front() & 0x80U) != 0 || (exponent.front() & 0x80U) != 0) {
        return Reason::kMalformed;
    }
    return PublicKey::from_rsa(modulus, exponent);
}

}  // namespace

Result<PublicKey> read_public_key(ByteView whole) {
    BOOST_OUTCOME_TRY(const auto info, der::read_single(whole, der::kSequence));
    der::Reader fields{info.content};
    BOOST_OUTCOME_TRY(auto algorithm, fields.enter());
    BOOST_OUTCOME_TRY(const auto bits, fields.take_bit_bytes());
    BOOST_OUTCOME_TRY(fields.expect_end());
    BOOST_OUTCOME_TRY(const auto oid, algorithm.take_oid());
    if (text_of(oid) == kEcOid) {
        return read_ec_key(algorithm, bits);
    }
    if (text_of(oid) == kRsaOid) {
        return read_rsa_key(algorithm, bits);
    }
    return Reason::kMalformed;
}

Result<SignatureScheme> read_signature_scheme(der::Reader& in, Origin origin) {
    BOOST_OUTCOME_TRY(auto fields, in.enter());
    BOOST_OUTCOME_TRY(const auto oid, fields.take_oid());
    if (text_of(oid) == kRsaPssOid) {
        BOOST_OUTCOME_TRY(const auto scheme, read_pss_parameters(fields));
        BOOST_OUTCOME_TRY(fields.expect_end());
        return scheme;
    }
    const auto* row = std::ranges::find(kSchemes, text_of(oid), &SchemeRow::oid);
    if (row == kSchemes.end()) {
        return Reason::kMalformed;
    }
    const bool may_have_null = origin == Origin::kPeer && !fields.empty();
    if (row->has_null || may_have_null) {
        BOOST_OUTCOME_TRY(take_null(fields));
    }
    BOOST_OUTCOME_TRY(fields.expect_end());
    return row->scheme;
}

Result<VerificationTime> read_time(der::Reader& in) {
    BOOST_OUTCOME_TRY(const auto element, in.next());
    const auto text = text_of(element.content);
    const bool is_utc = element.tag == der::kUtcTime;
    const std::size_t year_digits = is_utc ? 2 : 4;
    if ((!is_utc && element.tag != der::kGeneralizedTime) || text.size() != year_digits + 11 ||
        text.back() != 'Z') {
        return Reason::kMalformed;
    }
    const auto year = decimal_at(text, 0, year_digits);
    const auto month = decimal_at(text, year_digits, 2);
    const auto day = decimal_at(text, year_digits + 2, 2);
    const auto hour = decimal_at(text, year_digits + 4, 2);
    const auto minute = decimal_at(text, year_digits + 6, 2);
    const auto second = decimal_at(text, year_digits + 8, 2);
    if (!year || !month || !day || !hour || !minute || !second) {
        return Reason::kMalformed;
    }
    // RFC 5280: two digits below 50 are of this century.
    const unsigned full_year = !is_utc ? *year : *year + (*year < 50 ? 2000 : 1900);
    const auto time = to_time({full_year, *month, *day, *hour, *minute, *second});
    if (!time) {
        return Reason::kMalformed;
    }
    return *time;
}

}  // namespace redoubt::attestation::x509
