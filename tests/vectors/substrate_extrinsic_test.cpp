// Extrinsics over vectors/chain/extrinsics and vectors/integritee/parentchain-calls.json.
#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/call.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/runtime_version.hpp>
#include <substrate/signing.hpp>
#include <tests/vectors/substrate_support.hpp>

namespace redoubt::substrate {
namespace {

using registry_client::to_json;
using registry_client::value_from_json;
using tests::VectorCount;

crypto::Scheme scheme_at(const json& value) {
    for (const auto scheme : {crypto::Scheme::kEd25519, crypto::Scheme::kSr25519, crypto::Scheme::kEcdsa}) {
        if (crypto::scheme_name(scheme) == value.get<std::string>()) {
            return scheme;
        }
    }
    ADD_FAILURE() << "unknown scheme " << value;
    return crypto::Scheme::kSr25519;
}

/// The call's bytes from its name "Pallet.call" and its arguments in JSON.
Result<Bytes> call_from_json(const Metadata& metadata, const std::string& name, const json& args) {
    const auto dot = name.find('.');
    const auto* pallet = metadata.find_pallet(name.substr(0, dot));
    if (pallet == nullptr || !pallet->calls) {
        return LookupError::kNoSuchPallet;
    }
    const json variant = {{"variant", name.substr(dot + 1)}, {"fields", args}};
    BOOST_OUTCOME_TRY(auto value, value_from_json(metadata.types(), *pallet->calls, variant));
    const auto fields = std::move(value).take_variant_fields();
    return encode_call(metadata, pallet->name, name.substr(dot + 1), fields);
}

SigningContext context_at(const json& one) {
    SigningContext context;
    context.nonce = one.at("nonce").get<std::uint64_t>();
    context.tip = number_at(one.at("tip"));
    context.genesis_hash = hash_at(one.at("genesisHash"));
    context.birth_hash = hash_at(one.at("mortalityBlockHash"));
    if (one.at("era").is_object()) {
        context.era = Era::mortal(one["era"].at("period").get<std::uint64_t>(),
                                  one["era"].at("current").get<std::uint64_t>());
    }
    if (one.at("metadataHashMode") == 1) {
        context.metadata_hash = hash_at(one.at("metadataHash"));
    }
    for (const auto& extension : one.at("extensions")) {
        if (extension.at("identifier") == "ChargeAssetTxPayment") {
            const auto extra = bytes_at(extension.at("extra"));
            const auto tip_bytes = scale::compact_size(context.tip);
            if (extra.at(tip_bytes) == 1) {
                context.asset_id = to_bytes(ByteView{extra}.subspan(tip_bytes + 1));
            }
        }
    }
    return context;
}

void check_signed(const Metadata& metadata, const json& one, VectorCount& count) {
    const auto name = one.at("id").get<std::string>() + " " + one.at("call").get<std::string>();
    const auto call = bytes_at(one.at("callData"));
    const auto encoded = call_from_json(metadata, one.at("call"), one.at("args"));
    count.record("call encoding", name, encoded && encoded.value() == call);
    const auto decoded_call = decode_call(metadata, call);
    ASSERT_OK(decoded_call);
    const auto args = to_json(decoded_call.value().args);
    const bool same_args = args == one["args"] || (args.empty() && one["args"].empty());
    count.record("call decoding", name + args.dump(),
                 decoded_call.value().pallet + "." + decoded_call.value().call == one["call"] && same_args);

    const auto context = context_at(one);
    if (one["era"].is_object()) {
        count.record(
            "era birth", name,
            context.era.birth(one["era"].at("current").get<std::uint64_t>()) == one["era"].at("birth"));
    }
    ExtensionBytes expected;
    for (const auto& extension : one["extensions"]) {
        append(expected.extra, bytes_at(extension.at("extra")));
        append(expected.additional, bytes_at(extension.at("additionalSigned")));
    }
    const auto extensions = extension_bytes(metadata, context);
    ASSERT_OK(extensions) << name;
    count.record(
        "extensions", name,
        extensions.value().extra == expected.extra && extensions.value().additional == expected.additional);
    const auto payload = full_signing_payload(metadata, call, context);
    const auto message = signing_payload(metadata, call, context);
    ASSERT_OK(payload);
    ASSERT_OK(message);
    count.record("signing payload", name, payload.value() == bytes_at(one.at("signingPayload")));
    count.record("bytes signed", name,
                 message.value() == bytes_at(one.at("bytesSigned")) &&
                     (payload.value().size() > kPayloadBytesMax) == one.at("payloadHashed"));

    const auto signature = scale::decode<crypto::MultiSignature>(bytes_at(one.at("multiSignature")));
    ASSERT_OK(signature);
    const auto signer = parse_hex_fixed<AccountId>(one["signer"].at("accountId").get<std::string>()).value();
    count.record("signature verifies", name, crypto::verify(signature.value(), signer, message.value()));
    const auto bytes = bytes_at(one.at("extrinsic"));
    const auto assembled = signed_extrinsic(metadata, call, context, signer, signature.value());
    count.record("extrinsic", name, assembled && assembled.value() == bytes);
    count.record("extrinsic hash", name, to_hex_0x(extrinsic_hash(bytes).view()) == one.at("extrinsicHash"));

    const auto read = decode_extrinsic(metadata, bytes);
    ASSERT_OK(read);
    const auto& found = read.value();
    count.record("extrinsic decoding", name,
                 found.kind == ExtrinsicKind::kSigned && found.format_version == 4 &&
                     found.signer == signer && found.nonce == context.nonce && found.tip == context.tip &&
                     found.era == context.era && equal(found.call, call) &&
                     equal(found.signature, bytes_at(one["multiSignature"])));

    const auto scheme = scheme_at(one["signer"].at("scheme"));
    const auto key = crypto::KeyPair::from_secret_uri(one["signer"].at("suri").get<std::string>(), scheme);
    ASSERT_OK(key);
    const auto own = sign_extrinsic(metadata, call, context, key.value());
    ASSERT_OK(own);
    const auto own_read = decode_extrinsic(metadata, own.value());
    ASSERT_OK(own_read);
    const auto own_signature = scale::decode<crypto::MultiSignature>(own_read.value().signature);
    ASSERT_OK(own_signature);
    const bool repeatable = scheme != crypto::Scheme::kSr25519;
    count.record("signing", name,
                 crypto::verify(own_signature.value(), signer, message.value()) &&
                     (!repeatable || own.value() == bytes));
}

void check_unsigned(const Metadata& metadata, const json& one, VectorCount& count) {
    const auto call = bytes_at(one.at("callData"));
    const auto bytes = bytes_at(one.at("extrinsicV4Bare"));
    const auto read = decode_extrinsic(metadata, bytes);
    ASSERT_OK(read);
    count.record("bare v4", one.at("metadata"),
                 read.value().kind == ExtrinsicKind::kBare && read.value().format_version == 4 &&
                     equal(read.value().call, call) && bare_extrinsic(call) == bytes);
    const auto decoded = decode_call(metadata, call);
    count.record("inherent call", one.at("metadata"),
                 decoded && decoded.value().pallet == "Timestamp" && decoded.value().call == "set");
}

void check_general(const Metadata& metadata, const json& one, VectorCount& count) {
    const auto call = bytes_at(one.at("callData"));
    const auto general_bytes = bytes_at(one.at("general").at("extrinsic"));
    const auto general = decode_extrinsic(metadata, general_bytes);
    ASSERT_OK(general);
    count.record("general v5", one.at("metadata"),
                 general.value().kind == ExtrinsicKind::kGeneral && general.value().format_version == 5 &&
                     general.value().extension_version == one["general"].at("extensionVersion") &&
                     !general.value().signer && equal(general.value().call, call));
    const auto bare_bytes = bytes_at(one.at("bare").at("extrinsic"));
    const auto bare = decode_extrinsic(metadata, bare_bytes);
    ASSERT_OK(bare);
    count.record("bare v5", one.at("metadata"),
                 bare.value().kind == ExtrinsicKind::kBare && bare.value().format_version == 5 &&
                     equal(bare.value().call, call) && bare_extrinsic(call, 5) == bare_bytes);
    // Signed v5 and general v4 do not exist, and other versions are not known.
    for (const int version : {0x85, 0x44, 0x03, 0x06, 0xc4, 0xc5}) {
        auto other = bare_bytes;
        other[1] = static_cast<std::uint8_t>(version);
        count.record("refused version byte", std::to_string(version),
                     decode_extrinsic(metadata, other).error() ==
                         make_error_code(ExtrinsicError::kUnsupportedVersion));
    }
}

TEST(ExtrinsicVectors, are_encoded_signed_and_decoded) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/extrinsics");
    MetadataLibrary library{folder.parent_path() / "metadata"};
    VectorCount count{"extrinsics"};
    const auto with = [&](auto check) {
        return [&library, &count, check](const std::filesystem::path& file) {
            for (const auto& one : tests::read_json(file)) {
                check(library.get(one.at("metadata")), one, count);
            }
        };
    };
    for_each_indexed_file(
        folder,
        {
            {"signed_v4.json", with(check_signed)},
            {"unsigned.json", with(check_unsigned)},
            {"general_v5.json", with(check_general)},
            {"metadata_hash.json", with([](const Metadata& metadata, const json& one, VectorCount& counts) {
                 const auto& extra = one.at("extra");
                 const ChainProperties properties{
                     .ss58_prefix = extra.at("base58Prefix").get<std::uint16_t>(),
                     .decimals = extra.at("decimals").get<std::uint8_t>(),
                     .symbol = extra.at("tokenSymbol").get<std::string>()};
                 const auto digest = metadata_hash(metadata, properties);
                 counts.record("metadata hash", one.at("metadata"),
                               digest && digest.value() == hash_at(one.at("digest")));
                 const auto version = runtime_version(metadata);
                 counts.record("metadata hash, runtime", one.at("metadata"),
                               version && version.value().spec_name == extra.at("specName") &&
                                   version.value().spec_version == extra.at("specVersion"));
             })},
        });
}

TEST(ExtrinsicVectors, need_v15_for_the_metadata_hash) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/metadata");
    MetadataLibrary library{folder};
    EXPECT_ERROR(metadata_hash(library.get("polkadot_v14"), {}), MetadataError::kNeedsNewerVersion);
    EXPECT_TRUE(supports_metadata_hash(library.get("polkadot_v14")));
    EXPECT_FALSE(supports_metadata_hash(library.get("node_template_v14")));
}

/// The Integritee runtime of the vectors, with the versions that they were made for.
Metadata integritee_at(const std::filesystem::path& vectors, std::uint32_t spec, std::uint32_t transaction) {
    const auto text = tests::read_file(vectors / "chain" / "metadata" / "integritee_polkadot_v15.scale");
    const auto original = Metadata::decode(bytes_of(text)).value();
    const auto constant = text_of(*original.constant("System", "Version"));
    auto changed = text;
    const auto at = changed.find(constant);
    const auto put = [&](std::size_t offset, std::uint32_t value) {
        const auto bytes = scale::encode(value);
        changed.replace(offset, bytes.size(), text_of(bytes));
    };
    const auto version = runtime_version(original).value();
    const auto names = 2 + version.spec_name.size() + version.impl_name.size();
    put(at + names + 4, spec);
    put(at + constant.size() - 5, transaction);
    return Metadata::decode(bytes_of(changed)).value();
}

TEST(ExtrinsicVectors, of_the_integritee_pallets) {
    REDOUBT_NEEDS_SHARED(folder, "vectors");
    MetadataLibrary library{folder / "chain" / "metadata"};
    const auto& metadata = library.get("integritee_polkadot_v15");
    const auto vectors = tests::read_json(folder / "integritee" / "parentchain-calls.json");
    VectorCount count{"parentchain-calls"};
    for (const auto& [pallet, index] : vectors.at("pallet_indices").items()) {
        count.record("pallet index", pallet, metadata.find_pallet(pallet)->index == index);
    }
    for (const auto& one : vectors.at("calls")) {
        // Some names carry a remark after the call, as in "Teerex.register_sgx_enclave (Ias)".
        const auto title = one.at("call").get<std::string>();
        const auto name = title.substr(0, title.find(' '));
        const auto call = call_from_json(metadata, name, one.at("args"));
        EXPECT_OK(call) << title;
        count.record("call", title, call && call.value() == bytes_at(one.at("scale")));
    }
    const std::map<std::string, std::pair<std::string, std::string>> stored = {
        {"MultiEnclave", {"Teerex", "SovereignEnclaves"}},
        {"ShardSignerStatus", {"EnclaveBridge", "ShardStatus"}},
        {"UpgradableShardConfig", {"EnclaveBridge", "ShardConfigRegistry"}},
        {"SidechainBlockConfirmation", {"Sidechain", "LatestSidechainBlockConfirmation"}},
    };
    for (const auto& one : vectors.at("types")) {
        const auto title = one.at("type").get<std::string>();
        const auto bytes = bytes_at(one.at("scale"));
        std::optional<TypeId> type;
        for (const auto& [name, item] : stored) {
            if (title.starts_with(name)) {
                type = metadata.find_pallet(item.first)->find_storage(item.second)->value;
            }
        }
        if (title.starts_with("EnclaveInstanceAddress")) {
            type = metadata.find_pallet("Teerex")->find_storage("ProxiedEnclaves")->key;
        }
        ASSERT_TRUE(type.has_value()) << "unknown type " << title;
        const auto decoded = decode_value(metadata.types(), *type, ByteView{bytes});
        ASSERT_OK(decoded) << title;
        Bytes encoded;
        EXPECT_OK(encode_value(metadata.types(), *type, decoded.value(), encoded));
        count.record("type", title, encoded == bytes);
    }
    for (const auto& one : vectors.at("era")) {
        const auto era =
            Era::mortal(one.at("period").get<std::uint64_t>(), one.at("current").get<std::uint64_t>());
        Bytes encoded;
        era.encode(encoded);
        ByteCursor in{encoded};
        const auto decoded = Era::decode(in);
        count.record("era", one.dump(),
                     encoded == bytes_at(one.at("scale")) && decoded && decoded.value() == era);
    }
    const auto& extrinsics = vectors.at("signed_extrinsics");
    const auto runtime = integritee_at(folder, extrinsics.at("spec_version").get<std::uint32_t>(),
                                       extrinsics.at("transaction_version").get<std::uint32_t>());
    const auto seed = bytes_of(extrinsics.at("signer_seed_ascii").get_ref<const std::string&>());
    const auto key = crypto::KeyPair::from_seed(crypto::Scheme::kEd25519,
                                                crypto::SecretBytes<32>::copy_of(seed.first<32>()));
    ASSERT_OK(key);
    for (const auto& [name, one] : extrinsics.items()) {
        if (!one.is_object()) {
            continue;
        }
        SigningContext context;
        context.genesis_hash = hash_at(extrinsics.at("genesis_hash"));
        const auto bytes = bytes_at(one.at("extrinsic"));
        const auto read = decode_extrinsic(runtime, bytes);
        ASSERT_OK(read) << name;
        context.nonce = *read.value().nonce;
        context.tip = *read.value().tip;
        context.era = *read.value().era;
        Bytes era;
        context.era.encode(era);
        EXPECT_EQ(era, bytes_at(one.at("era")));
        context.birth_hash = one.contains("checkpoint_hash") ? hash_at(one["checkpoint_hash"]) : Hash256{};
        const auto call = bytes_at(one.at("call"));
        const auto payload = full_signing_payload(runtime, call, context);
        const auto message = signing_payload(runtime, call, context);
        ASSERT_OK(payload);
        ASSERT_OK(message);
        count.record("payload", name,
                     payload.value() == bytes_at(one.at("payload")) &&
                         payload.value().size() == one.at("payload_len") &&
                         message.value() == bytes_at(one.at("signed_message")));
        const auto signed_bytes = sign_extrinsic(runtime, call, context, key.value());
        count.record("signed extrinsic", name, signed_bytes && signed_bytes.value() == bytes);
        count.record("extrinsic hash", name,
                     to_hex_0x(extrinsic_hash(bytes).view()) == one.at("extrinsic_hash_blake2_256"));
    }
}

}  // namespace
}  // namespace redoubt::substrate
