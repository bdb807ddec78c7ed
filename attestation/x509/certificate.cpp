#include <attestation/x509/certificate.hpp>

#include <attestation/der/der_reader.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/algorithm.hpp>
#include <attestation/x509/signed_body.hpp>

#include <array>

namespace redoubt::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kBasicConstraintsOid{0x55, 0x1d, 0x13};
constexpr std::array<std::uint8_t, 3> kKeyUsageOid{0x55, 0x1d, 0x0f};
constexpr std::uint64_t kVersion3 = 2;
constexpr std::uint64_t kPathLengthMax = 255;

Result<Extension> read_extension(der::Reader& list) {
    BOOST_OUTCOME_TRY(auto fields, list.enter());
    Extension out;
    BOOST_OUTCOME_TRY(out.oid, fields.take_oid());
    if (fields.peek() == der::kBoolean) {
        BOOST_OUTCOME_TRY(out.is_critical, fields.take_boolean());
    }
    BOOST_OUTCOME_TRY(const auto value, fields.expect(der::kOctetString));
    out.value = value.content;
    BOOST_OUTCOME_TRY(fields.expect_end());
    return out;
}

Result<std::uint16_t> read_key_usage(ByteView value) {
    BOOST_OUTCOME_TRY(const auto bits, der::read_single(value, der::kBitString));
    if (bits.content.size() < 2 || bits.content.size() > 3 || bits.content[0] > 7) {
        return Reason::kMalformed;
    }
    const unsigned low = bits.content.size() == 3 ? bits.content[2] : 0;
    return static_cast<std::uint16_t>((std::uint32_t{bits.content[1]} << 8U) | low);
}

}  // namespace

Result<std::vector<Extension>> read_extensions(ByteView list) {
    der::Reader reader{list};
    std::vector<Extension> out;
    if (reader.empty()) {
        return Reason::kMalformed;
    }
    while (!reader.empty()) {
        if (out.size() == kCertificateExtensionsMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(const auto extension, read_extension(reader));
        out.push_back(extension);
    }
    return out;
}

Result<Certificate> Certificate::decode(Bytes bytes) {
    if (bytes.size() > kCertificateBytesMax) {
        return Reason::kLimitExceeded;
    }
    Certificate out;
    out.bytes_ = std::move(bytes);
    BOOST_OUTCOME_TRY(out.decode_body(Origin::kAuthority));
    return out;
}

Result<Certificate> Certificate::decode_of_peer(Bytes bytes) {
    if (bytes.size() > kRaTlsCertificateBytesMax) {
        return Reason::kLimitExceeded;
    }
    Certificate out;
    out.bytes_ = std::move(bytes);
    BOOST_OUTCOME_TRY(out.decode_body(Origin::kPeer));
    return out;
}

Result<void> Certificate::decode_body(Origin origin) {
    BOOST_OUTCOME_TRY(const auto document, read_signed_body(bytes_, origin));
    body_ = document.signed_bytes;
    scheme_ = document.scheme;
    signature_ = document.signature;

    der::Reader fields{document.fields};
    BOOST_OUTCOME_TRY(auto version, fields.enter(der::context(0)));
    BOOST_OUTCOME_TRY(const auto version_number, version.take_unsigned(kVersion3));
    BOOST_OUTCOME_TRY(version.expect_end());
    BOOST_OUTCOME_TRY(serial_, fields.take_integer());
    BOOST_OUTCOME_TRY(const auto inner_scheme, read_signature_scheme(fields, origin));
    if (version_number != kVersion3 || inner_scheme != scheme_) {
        return Reason::kMalformed;
    }
    BOOST_OUTCOME_TRY(const auto issuer, fields.expect(der::kSequence));
    issuer_ = issuer.whole;
    BOOST_OUTCOME_TRY(auto validity, fields.enter());
    BOOST_OUTCOME_TRY(validity_.not_before, read_time(validity));
    BOOST_OUTCOME_TRY(validity_.not_after, read_time(validity));
    BOOST_OUTCOME_TRY(validity.expect_end());
    BOOST_OUTCOME_TRY(const auto subject, fields.expect(der::kSequence));
    subject_ = subject.whole;
    BOOST_OUTCOME_TRY(const auto key_info, fields.expect(der::kSequence));
    public_key_info_ = key_info.whole;
    // The unique identifiers of version 2, [1] and [2], are read by nobody and issued by nobody.
    BOOST_OUTCOME_TRY(const auto extensions, fields.take_if(der::context(3)));
    BOOST_OUTCOME_TRY(fields.expect_end());
    if (extensions) {
        BOOST_OUTCOME_TRY(const auto list, der::read_single(*extensions, der::kSequence));
        BOOST_OUTCOME_TRY(decode_extensions(list.content));
    }
    return success();
}

Result<void> Certificate::decode_extensions(ByteView list) {
    BOOST_OUTCOME_TRY(extensions_, read_extensions(list));
    BOOST_OUTCOME_TRY(const auto constraints, find_extension(kBasicConstraintsOid));
    if (constraints) {
        BOOST_OUTCOME_TRY(const auto sequence, der::read_single(*constraints, der::kSequence));
        der::Reader fields{sequence.content};
        if (fields.peek() == der::kBoolean) {
            BOOST_OUTCOME_TRY(is_ca_, fields.take_boolean());
        }
        if (!fields.empty()) {
            BOOST_OUTCOME_TRY(path_length_, fields.take_unsigned(kPathLengthMax));
        }
        BOOST_OUTCOME_TRY(fields.expect_end());
    }
    BOOST_OUTCOME_TRY(const auto usage, find_extension(kKeyUsageOid));
    if (usage) {
        BOOST_OUTCOME_TRY(key_usage_, read_key_usage(*usage));
    }
    return success();
}

Result<PublicKey> Certificate::public_key() const {
    return read_public_key(public_key_info_);
}

bool Certificate::is_signed_by(const PublicKey& issuer_key) const {
    return issuer_key.verify(scheme_, body_, signature_);
}

bool Certificate::has_key_usage(std::uint16_t bits) const {
    return key_usage_ && (*key_usage_ & bits) == bits;
}

bool Certificate::has_unknown_critical_extension() const {
    return std::ranges::any_of(extensions_, [](const Extension& extension) {
        return extension.is_critical && !equal(extension.oid, kBasicConstraintsOid) &&
               !equal(extension.oid, kKeyUsageOid);
    });
}

Result<std::optional<ByteView>> Certificate::find_extension(ByteView oid) const {
    std::optional<ByteView> out;
    for (const auto& extension : extensions_) {
        if (!equal(extension.oid, oid)) {
            continue;
        }
        if (out) {
            return Reason::kMalformed;
        }
        out = extension.value;
    }
    return out;
}

}  // namespace redoubt::attestation::x509
