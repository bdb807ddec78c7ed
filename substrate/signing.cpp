#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <substrate/runtime_version.hpp>
#include <substrate/signing.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::uint8_t kSignedV4 = 0x84;

using Writer = void (*)(const SigningContext& context, const RuntimeVersion& runtime, ExtensionBytes& out);

struct KnownExtension {
    std::string_view identifier;
    Writer write;
};

void write_mortality(const SigningContext& context, const RuntimeVersion& /*runtime*/, ExtensionBytes& out) {
    context.era.encode(out.extra);
    append(out.additional, (context.era.is_immortal() ? context.genesis_hash : context.birth_hash).view());
}

constexpr KnownExtension kKnownExtensions[] = {
    {"CheckSpecVersion",
     [](const SigningContext&, const RuntimeVersion& runtime, ExtensionBytes& out) {
         scale::encode_scale(out.additional, runtime.spec_version);
     }},
    {"CheckTxVersion",
     [](const SigningContext&, const RuntimeVersion& runtime, ExtensionBytes& out) {
         scale::encode_scale(out.additional, runtime.transaction_version);
     }},
    {"CheckGenesis",
     [](const SigningContext& context, const RuntimeVersion&, ExtensionBytes& out) {
         append(out.additional, context.genesis_hash.view());
     }},
    {"CheckMortality", write_mortality},
    {"CheckEra", write_mortality},
    {"CheckNonce",
     [](const SigningContext& context, const RuntimeVersion&, ExtensionBytes& out) {
         scale::append_compact(out.extra, context.nonce);
     }},
    {"ChargeTransactionPayment",
     [](const SigningContext& context, const RuntimeVersion&, ExtensionBytes& out) {
         scale::append_compact(out.extra, context.tip);
     }},
    {"ChargeAssetTxPayment",
     [](const SigningContext& context, const RuntimeVersion&, ExtensionBytes& out) {
         scale::append_compact(out.extra, context.tip);
         out.extra.push_back(context.asset_id ? 1 : 0);
         if (context.asset_id) {
             append(out.extra, *context.asset_id);
         }
     }},
    {"CheckMetadataHash",
     [](const SigningContext& context, const RuntimeVersion&, ExtensionBytes& out) {
         out.extra.push_back(context.metadata_hash ? 1 : 0);
         scale::encode_scale(out.additional, context.metadata_hash);
     }},
};

const KnownExtension* find_known(std::string_view identifier) noexcept {
    for (const auto& known : kKnownExtensions) {
        if (known.identifier == identifier) {
            return &known;
        }
    }
    return nullptr;
}

/// The extensions that a signed v4 extrinsic carries.
std::vector<Extension> signed_extensions(const Metadata& metadata) {
    return metadata.extrinsic().extension_set(0).value_or(std::vector<Extension>{});
}

Result<void> append_address(const Metadata& metadata, const AccountId& account, Bytes& out) {
    const auto type = metadata.extrinsic().address;
    if (!type) {
        return ExtrinsicError::kUnsupportedAddress;
    }
    const auto& types = metadata.types();
    if (const auto* variants = types.find_def<VariantDef>(*type)) {
        const auto* id = variants->by_name("Id");
        if (id == nullptr || id->fields.size() != 1 ||
            types.plain_size(id->fields.front().type) != AccountId::kSize) {
            return ExtrinsicError::kUnsupportedAddress;
        }
        out.push_back(id->index);
    } else if (types.plain_size(*type) != AccountId::kSize) {
        return ExtrinsicError::kUnsupportedAddress;
    }
    append(out, account.view());
    return success();
}

std::string_view variant_name(crypto::Scheme scheme) noexcept {
    switch (scheme) {
        case crypto::Scheme::kEd25519:
            return "Ed25519";
        case crypto::Scheme::kSr25519:
            return "Sr25519";
        case crypto::Scheme::kEcdsa:
            return "Ecdsa";
    }
    return {};
}

Result<void> append_signature(const Metadata& metadata, const crypto::MultiSignature& signature, Bytes& out) {
    const auto type = metadata.extrinsic().signature;
    const auto& types = metadata.types();
    const auto* variants = type ? types.find_def<VariantDef>(*type) : nullptr;
    const auto* variant = variants == nullptr ? nullptr : variants->by_name(variant_name(signature.scheme()));
    const auto bytes = signature.bytes();
    if (variant == nullptr || variant->fields.size() != 1 ||
        types.plain_size(variant->fields.front().type) != bytes.size()) {
        return ExtrinsicError::kUnsupportedSignature;
    }
    out.push_back(variant->index);
    append(out, bytes);
    return success();
}

}  // namespace

std::optional<std::string_view> unsupported_extension(const Metadata& metadata) {
    const auto& types = metadata.types();
    for (const auto& extension : signed_extensions(metadata)) {
        const bool is_empty =
            types.is_zero_sized(extension.extra) && types.is_zero_sized(extension.additional);
        if (!is_empty && find_known(extension.identifier) == nullptr) {
            return extension.identifier;
        }
    }
    return std::nullopt;
}

Result<ExtensionBytes> extension_bytes(const Metadata& metadata, const SigningContext& context) {
    if (unsupported_extension(metadata)) {
        return ExtrinsicError::kUnknownExtension;
    }
    BOOST_OUTCOME_TRY(const auto runtime, runtime_version(metadata));
    ExtensionBytes out;
    for (const auto& extension : signed_extensions(metadata)) {
        if (const auto* known = find_known(extension.identifier)) {
            known->write(context, runtime, out);
        }
    }
    return out;
}

Result<Bytes> full_signing_payload(const Metadata& metadata, ByteView call, const SigningContext& context) {
    BOOST_OUTCOME_TRY(const auto extensions, extension_bytes(metadata, context));
    return concat(call, extensions.extra, extensions.additional);
}

Result<Bytes> signing_payload(const Metadata& metadata, ByteView call, const SigningContext& context) {
    BOOST_OUTCOME_TRY(auto payload, full_signing_payload(metadata, call, context));
    if (payload.size() > kPayloadBytesMax) {
        return to_bytes(crypto::blake2b_256(payload).view());
    }
    return payload;
}

Result<Bytes> signed_extrinsic(const Metadata& metadata,
                               ByteView call,
                               const SigningContext& context,
                               const AccountId& signer,
                               const crypto::MultiSignature& signature) {
    BOOST_OUTCOME_TRY(const auto extensions, extension_bytes(metadata, context));
    Bytes body{kSignedV4};
    BOOST_OUTCOME_TRY(append_address(metadata, signer, body));
    BOOST_OUTCOME_TRY(append_signature(metadata, signature, body));
    append(body, extensions.extra);
    append(body, call);
    return scale::encode(body);
}

Result<Bytes> sign_extrinsic(const Metadata& metadata,
                             ByteView call,
                             const SigningContext& context,
                             const crypto::KeyPair& key) {
    BOOST_OUTCOME_TRY(const auto payload, signing_payload(metadata, call, context));
    return signed_extrinsic(metadata, call, context, key.account_id(), key.sign(payload));
}

}  // namespace redoubt::substrate
