#include <attestation/nitro/document.hpp>

#include <attestation/limits.hpp>

#include <algorithm>

namespace redoubt::attestation::nitro {
namespace {

constexpr std::string_view kDigest = "SHA384";
constexpr std::size_t kPayloadBytesMax = 16 * 1024;
constexpr std::size_t kSignatureBytes = 96;
constexpr std::size_t kOptionalBytesMax = 1024;

enum Member : std::size_t {
    kModuleId,
    kDigestName,
    kTimestamp,
    kPcrs,
    kCertificate,
    kBundle,
    kPublicKey,
    kUserData,
    kNonce,
};
/// In the order of Member. What comes before kPublicKey has to be there.
constexpr auto kMemberNames =
    std::to_array<std::string_view>({"module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle",
                                     "public_key", "user_data", "nonce"});

/// A byte string, or null for none.
Result<void> read_optional(cbor::Reader& in, std::optional<Bytes>& out) {
    if (in.take_null()) {
        return success();
    }
    BOOST_OUTCOME_TRY(const auto bytes, in.take_bytes(0, kOptionalBytesMax));
    out = to_bytes(bytes);
    return success();
}

Result<void> read_pcrs(cbor::Reader& in, NitroClaims& claims) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_map());
    if (count == 0) {
        return Reason::kMalformed;
    }
    for (std::size_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto index, in.take_unsigned(kNitroPcrs - 1));
        BOOST_OUTCOME_TRY(const auto value, in.take_bytes(NitroPcr::kSize, NitroPcr::kSize));
        claims.pcrs.at(index) = NitroPcr::copy_of(value.first<NitroPcr::kSize>());
    }
    return success();
}

Result<void> read_bundle(cbor::Reader& in, std::vector<ByteView>& bundle) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_array());
    if (count == 0 || count > kNitroBundleCertificatesMax) {
        return Reason::kMalformed;
    }
    for (std::size_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto certificate, in.take_bytes(1, kNitroCertificateBytesMax));
        bundle.push_back(certificate);
    }
    return success();
}

Result<void> read_member(std::size_t member, cbor::Reader& in, Document& out) {
    auto& claims = out.claims;
    switch (member) {
        case kModuleId: {
            BOOST_OUTCOME_TRY(claims.module_id, in.take_text());
            return claims.module_id.empty() ? Result<void>{Reason::kMalformed} : success();
        }
        case kDigestName: {
            BOOST_OUTCOME_TRY(const auto digest, in.take_text());
            return digest != kDigest ? Result<void>{Reason::kMalformed} : success();
        }
        case kTimestamp: {
            BOOST_OUTCOME_TRY(claims.timestamp_ms, in.take_unsigned());
            return claims.timestamp_ms == 0 ? Result<void>{Reason::kMalformed} : success();
        }
        case kPcrs:
            return read_pcrs(in, claims);
        case kCertificate: {
            BOOST_OUTCOME_TRY(out.certificate, in.take_bytes(1, kNitroCertificateBytesMax));
            return success();
        }
        case kBundle:
            return read_bundle(in, out.bundle);
        case kPublicKey:
            return read_optional(in, claims.public_key);
        case kUserData:
            return read_optional(in, claims.user_data);
        case kNonce:
            return read_optional(in, claims.nonce);
        default:
            return Reason::kMalformed;
    }
}

Result<void> read_members(cbor::Reader& in, Document& out) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_map());
    std::size_t required = 0;
    for (std::size_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto name, in.take_text());
        const auto member =
            static_cast<std::size_t>(std::ranges::find(kMemberNames, name) - kMemberNames.begin());
        BOOST_OUTCOME_TRY(read_member(member, in, out));
        required += member < kPublicKey ? 1U : 0U;  // no name comes twice
    }
    return required == kPublicKey ? success() : Result<void>{Reason::kMalformed};
}

}  // namespace

Result<Document> parse_document(ByteView bytes) {
    if (bytes.size() > kNitroDocumentBytesMax) {
        return Reason::kLimitExceeded;
    }
    if (!cbor::measure(bytes)) {
        return Reason::kNitroCborMalformed;
    }
    Document out;
    const auto sign1 = cose::parse_sign1(bytes, cose::Tagging::kOptional);
    if (!sign1 || sign1.value().payload.size() > kPayloadBytesMax ||
        sign1.value().signature.size() != kSignatureBytes) {
        return Reason::kNitroCoseMalformed;
    }
    out.sign1 = sign1.value();
    if (out.sign1.algorithm != cose::kEs384) {
        return Reason::kNitroAlgUnsupported;
    }
    auto payload = cbor::Reader::open(out.sign1.payload, cbor::Lengths::kDefiniteButOfMaps);
    if (!payload) {
        return Reason::kNitroCborMalformed;
    }
    if (!read_members(payload.value(), out)) {
        return Reason::kNitroDocInvalid;
    }
    return out;
}

}  // namespace redoubt::attestation::nitro
