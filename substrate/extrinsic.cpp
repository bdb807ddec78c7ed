#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/extrinsic.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::uint8_t kBareV4 = 0x04;
constexpr std::uint8_t kBareV5 = 0x05;
constexpr std::uint8_t kSignedV4 = 0x84;
constexpr std::uint8_t kGeneralV5 = 0x45;

/// Skips a value of type `type` and returns its bytes.
Result<ByteView> take_value(const TypeRegistry& types, TypeId type, ByteCursor& in) {
    const auto from = in.rest();
    BOOST_OUTCOME_TRY(skip_value(types, type, in));
    return from.first(from.size() - in.remaining());
}

/// The account id inside an address; nullopt for addresses of other forms.
std::optional<AccountId> account_of(const TypeRegistry& types, TypeId type, ByteView address) {
    if (const auto* variants = types.find_def<VariantDef>(type)) {
        const auto* id = variants->by_name("Id");
        if (id == nullptr || address.size() != AccountId::kSize + 1 || address.front() != id->index) {
            return std::nullopt;
        }
        address = address.subspan(1);
    }
    if (address.size() != AccountId::kSize) {
        return std::nullopt;
    }
    return AccountId::copy_of(address.first<AccountId::kSize>());
}

/// Reads the parts of an extension's bytes that the envelope reports.
Result<void> read_known_extra(std::string_view identifier, ByteView extra, DecodedExtrinsic& out) {
    ByteCursor in{extra};
    if (identifier == "CheckMortality" || identifier == "CheckEra") {
        BOOST_OUTCOME_TRY(out.era, Era::decode(in));
    } else if (identifier == "CheckNonce") {
        BOOST_OUTCOME_TRY(const auto nonce, scale::read_compact(in, 64));
        out.nonce = static_cast<std::uint64_t>(nonce);
    } else if (identifier == "ChargeTransactionPayment" || identifier == "ChargeAssetTxPayment") {
        BOOST_OUTCOME_TRY(out.tip, scale::read_compact(in, 128));
    }
    return success();
}

Result<void> read_extensions(const Metadata& metadata, ByteCursor& in, DecodedExtrinsic& out) {
    const auto extensions = metadata.extrinsic().extension_set(out.extension_version);
    if (!extensions) {
        return ExtrinsicError::kUnsupportedVersion;
    }
    for (const auto& extension : *extensions) {
        BOOST_OUTCOME_TRY(const auto extra, take_value(metadata.types(), extension.extra, in));
        BOOST_OUTCOME_TRY(read_known_extra(extension.identifier, extra, out));
    }
    return success();
}

Result<void> read_signed(const Metadata& metadata, ByteCursor& in, DecodedExtrinsic& out) {
    const auto& info = metadata.extrinsic();
    if (!info.address) {
        return ExtrinsicError::kUnsupportedAddress;
    }
    if (!info.signature) {
        return ExtrinsicError::kUnsupportedSignature;
    }
    BOOST_OUTCOME_TRY(out.address, take_value(metadata.types(), *info.address, in));
    out.signer = account_of(metadata.types(), *info.address, out.address);
    BOOST_OUTCOME_TRY(out.signature, take_value(metadata.types(), *info.signature, in));
    return read_extensions(metadata, in, out);
}

}  // namespace

Result<DecodedExtrinsic> decode_extrinsic(const Metadata& metadata, ByteView bytes_with_length_prefix) {
    if (bytes_with_length_prefix.size() > kExtrinsicBytesMax) {
        return ExtrinsicError::kTooLarge;
    }
    ByteCursor outer{bytes_with_length_prefix};
    BOOST_OUTCOME_TRY(const auto body, scale::read_bytes(outer));
    BOOST_OUTCOME_TRY(outer.expect_end());
    ByteCursor in{body};
    BOOST_OUTCOME_TRY(const auto version_byte, in.take_byte());
    DecodedExtrinsic out;
    out.format_version = version_byte & 0x3f;
    switch (version_byte) {
        case kBareV4:
        case kBareV5:
            break;
        case kSignedV4: {
            out.kind = ExtrinsicKind::kSigned;
            BOOST_OUTCOME_TRY(read_signed(metadata, in, out));
            break;
        }
        case kGeneralV5: {
            out.kind = ExtrinsicKind::kGeneral;
            BOOST_OUTCOME_TRY(out.extension_version, in.take_byte());
            BOOST_OUTCOME_TRY(read_extensions(metadata, in, out));
            break;
        }
        default:
            return ExtrinsicError::kUnsupportedVersion;
    }
    out.call = in.rest();
    return out;
}

Hash256 extrinsic_hash(ByteView bytes_with_length_prefix) {
    return crypto::blake2b_256(bytes_with_length_prefix);
}

Bytes bare_extrinsic(ByteView call, std::uint8_t format_version) {
    Bytes out;
    scale::append_compact(out, call.size() + 1);
    out.push_back(format_version);
    append(out, call);
    return out;
}

}  // namespace redoubt::substrate
