// Metadata blobs over vectors/chain/metadata and vectors/chainspec.
#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <substrate/runtime_version.hpp>
#include <tests/vectors/substrate_support.hpp>

namespace redoubt::substrate {
namespace {

using tests::VectorCount;

json option_json(const std::optional<TypeId>& id) {
    return id ? json(*id) : json(nullptr);
}

json fields_json(const std::vector<Field>& fields) {
    json out = json::array();
    for (const auto& field : fields) {
        out.push_back({field.name ? json(*field.name) : json(""), field.type});
    }
    return out;
}

/// [[name, index, [[field, type], ...]], ...] of a pallet's calls or events.
json variants_json(const TypeRegistry& types, const std::optional<TypeId>& id, bool with_fields) {
    json out = json::array();
    if (!id) {
        return out;
    }
    for (const auto& variant : types.find_def<VariantDef>(*id)->variants) {
        json one = {variant.name, variant.index};
        if (with_fields) {
            one.push_back(fields_json(variant.fields));
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::string_view hasher_name(StorageHasher hasher) {
    constexpr std::string_view kNames[] = {"Blake2128", "Blake2256",    "Blake2128Concat", "Twox128",
                                           "Twox256",   "Twox64Concat", "Identity"};
    return kNames[static_cast<std::size_t>(hasher)];
}

json storage_json(const Pallet& pallet) {
    json out = json::array();
    for (const auto& entry : pallet.storage) {
        json one = {{"name", entry.name},
                    {"modifier", entry.has_default ? "Default" : "Optional"},
                    {"kind", entry.key ? "map" : "plain"},
                    {"value", entry.value},
                    {"default", to_hex_0x(entry.default_value)}};
        if (entry.key) {
            one["key"] = *entry.key;
            one["hashers"] = json::array();
            for (const auto hasher : entry.hashers) {
                one["hashers"].push_back(hasher_name(hasher));
            }
        }
        out.push_back(std::move(one));
    }
    return out;
}

json pallet_json(const TypeRegistry& types, const Pallet& pallet) {
    json out = {
        {"name", pallet.name},
        {"index", pallet.index},
        {"callsType", option_json(pallet.calls)},
        {"eventsType", option_json(pallet.events)},
        {"errorsType", option_json(pallet.errors)},
        {"calls", variants_json(types, pallet.calls, true)},
        {"events", variants_json(types, pallet.events, true)},
        {"errors", variants_json(types, pallet.errors, false)},
        {"storagePrefix", pallet.storage_prefix.empty() ? json(nullptr) : json(pallet.storage_prefix)},
        {"storage", storage_json(pallet)},
        {"constants", json::array()}};
    for (const auto& constant : pallet.constants) {
        out["constants"].push_back({constant.name, constant.type, to_hex_0x(constant.value)});
    }
    return out;
}

json typed_fields_json(const std::vector<Field>& fields) {
    json out = json::array();
    for (const auto& field : fields) {
        out.push_back({field.name ? json(*field.name) : json(nullptr), field.type,
                       field.type_name ? json(*field.type_name) : json(nullptr)});
    }
    return out;
}

std::string_view primitive_name(Primitive primitive) {
    constexpr std::string_view kNames[] = {"bool", "char", "str", "u8",  "u16", "u32",  "u64", "u128",
                                           "u256", "i8",   "i16", "i32", "i64", "i128", "i256"};
    return kNames[static_cast<std::size_t>(primitive)];
}

json def_json(const TypeDef& def) {
    const auto tagged = [](std::string_view tag, json value) {
        return json{{"tag", tag}, {"value", std::move(value)}};
    };
    if (const auto* composite = std::get_if<CompositeDef>(&def)) {
        return tagged("composite", typed_fields_json(composite->fields));
    }
    if (const auto* variants = std::get_if<VariantDef>(&def)) {
        json list = json::array();
        for (const auto& variant : variants->variants) {
            list.push_back({variant.name, variant.index, typed_fields_json(variant.fields)});
        }
        return tagged("variant", std::move(list));
    }
    if (const auto* sequence = std::get_if<SequenceDef>(&def)) {
        return tagged("sequence", sequence->element);
    }
    if (const auto* array = std::get_if<ArrayDef>(&def)) {
        return tagged("array", {{"len", array->length}, {"type", array->element}});
    }
    if (const auto* tuple = std::get_if<TupleDef>(&def)) {
        return tagged("tuple", tuple->elements);
    }
    if (const auto* primitive = std::get_if<PrimitiveDef>(&def)) {
        return tagged("primitive", primitive_name(primitive->primitive));
    }
    if (const auto* compact = std::get_if<CompactDef>(&def)) {
        return tagged("compact", compact->inner);
    }
    const auto& bits = std::get<BitSequenceDef>(def);
    return tagged("bitSequence", {{"store", bits.store}, {"order", bits.order}});
}

json type_json(const TypeRegistry& types, TypeId id) {
    const auto& type = *types.find(id);
    json parameters = json::array();
    for (const auto& parameter : type.parameters) {
        json one = {{"name", parameter.name}};
        if (parameter.type) {
            one["type"] = *parameter.type;
        }
        parameters.push_back(std::move(one));
    }
    return {{"id", id}, {"path", type.path}, {"params", parameters}, {"def", def_json(type.def)}};
}

json extrinsic_json(const Metadata& metadata, const json& expected) {
    const auto& info = metadata.extrinsic();
    json out = {{"versions", info.versions}, {"extensions", json::array()}};
    for (const auto& extension : info.extensions) {
        out["extensions"].push_back({{"identifier", extension.identifier},
                                     {"type", extension.extra},
                                     {"additionalSigned", extension.additional}});
    }
    const std::pair<const char*, const std::optional<TypeId>&> types[] = {
        {"addressType", info.address}, {"signatureType", info.signature}, {"callType", info.call}};
    for (const auto& [name, id] : types) {
        if (expected.contains(name)) {
            out[name] = option_json(id);
        }
    }
    if (expected.contains("extensionsByVersion")) {
        out["extensionsByVersion"] = json::array();
        for (const auto& [version, indices] : info.extensions_by_version) {
            out["extensionsByVersion"].push_back({version, indices});
        }
    }
    // The type of the extra as a whole is told by V15 only and is not kept.
    if (expected.contains("extraType")) {
        out["extraType"] = expected["extraType"];
    }
    return out;
}

json apis_json(const Metadata& metadata) {
    json out = json::array();
    for (const auto& api : metadata.apis()) {
        json methods = json::array();
        for (const auto& method : api.methods) {
            json inputs = json::array();
            for (const auto& input : method.inputs) {
                inputs.push_back({input.name, input.type});
            }
            methods.push_back({method.name, inputs, method.output});
        }
        json one = {{"name", api.name}, {"methods", methods}};
        if (api.version) {
            one["version"] = *api.version;
        }
        out.push_back(std::move(one));
    }
    return out;
}

void check_expected(const Metadata& metadata,
                    const json& expected,
                    const std::string& name,
                    VectorCount& count) {
    count.record("version", name, metadata.version() == expected.at("version"));
    count.record("type count", name, metadata.types().size() == expected.at("typeCount"));
    ASSERT_EQ(metadata.pallets().size(), expected.at("pallets").size());
    for (std::size_t i = 0; i < metadata.pallets().size(); ++i) {
        const auto& pallet = metadata.pallets()[i];
        const auto found = pallet_json(metadata.types(), pallet);
        const auto& wanted = expected["pallets"][i];
        const bool equal_sides = found == wanted;
        count.record("pallet", name + " " + std::string{pallet.name}, equal_sides);
        if (!equal_sides) {
            std::cout << json::diff(wanted, found).dump().substr(0, 600) << "\n";
        }
        count.record("pallet look-up", name + " " + std::string{pallet.name},
                     metadata.find_pallet(pallet.name) == &pallet &&
                         metadata.pallet_by_index(pallet.index) == &pallet);
    }
    const auto extrinsic = extrinsic_json(metadata, expected["extrinsic"]);
    count.record("extrinsic", name + " " + json::diff(expected["extrinsic"], extrinsic).dump(),
                 extrinsic == expected["extrinsic"]);
    for (const auto& type : expected.at("typesSample")) {
        const auto id = type.at("id").get<TypeId>();
        const auto found = type_json(metadata.types(), id);
        count.record("type", name + " " + std::to_string(id) + json::diff(type, found).dump(), found == type);
    }
    if (expected.contains("apis")) {
        count.record("runtime APIs", name, apis_json(metadata) == expected["apis"]);
    }
    if (expected.contains("outerEnums")) {
        const auto& enums = *metadata.outer_enums();
        const json found = {{"call", enums.call}, {"event", enums.event}, {"error", enums.error}};
        count.record("outer enums", name, found == expected["outerEnums"]);
    }
    const auto version = runtime_version(metadata);
    ASSERT_OK(version);
    const json found = {{"specName", version.value().spec_name},
                        {"implName", version.value().impl_name},
                        {"authoringVersion", version.value().authoring_version},
                        {"specVersion", version.value().spec_version},
                        {"implVersion", version.value().impl_version},
                        {"transactionVersion", version.value().transaction_version},
                        {"stateOrSystemVersion", version.value().system_version}};
    count.record("runtime version", name, found == expected.at("runtimeVersion"));
}

TEST(MetadataVectors, decode_every_blob_as_expected) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/metadata");
    VectorCount count{"metadata"};
    for (const auto& file : tests::indexed_files(folder)) {
        const auto name = file.filename().string();
        if (file.extension() == ".scale") {
            const auto text = tests::read_file(file);
            count.record("blob", name, Metadata::decode(bytes_of(text)).has_value());
            continue;
        }
        ASSERT_TRUE(name.ends_with(".expected.json")) << "unknown file " << name;
        const auto expected = tests::read_json(file);
        const auto blob = folder / expected.at("file").get<std::string>();
        // The hash is over the bytes from the magic on.
        const auto text = tests::read_file(blob);
        const auto body = bytes_of(text).subspan(text.find("meta"));
        count.record("blob hash", name,
                     to_hex_0x(crypto::blake2b_256(body).view()) == expected.at("blake2_256"));
        check_expected(decode_metadata_file(blob), expected, name, count);
    }
}

// Every prefix of a blob is refused, and so is a byte more.
TEST(MetadataVectors, reject_truncated_and_extended_blobs) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/metadata");
    VectorCount count{"metadata, damaged"};
    for (const auto& file : tests::indexed_files(folder)) {
        if (file.extension() != ".scale") {
            continue;
        }
        const auto text = tests::read_file(file);
        const auto whole = bytes_of(text);
        const auto step = whole.size() / 40;
        for (std::size_t size = 0; size < whole.size(); size += step) {
            count.record("truncated", file.filename().string(),
                         Metadata::decode(whole.first(size)).has_error());
        }
        auto longer = to_bytes(whole);
        longer.push_back(0);
        count.record("extended", file.filename().string(), Metadata::decode(longer).has_error());
    }
}

Bytes hex_file(const std::filesystem::path& file) {
    auto text = tests::read_file(file);
    while (!text.empty() && (text.back() == '\n' || text.back() == '"')) {
        text.pop_back();
    }
    return parse_hex(text.starts_with('"') ? text.substr(1) : text).value();
}

TEST(MetadataVectors, decode_the_integritee_runtime) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    VectorCount count{"integritee-paseo-50"};
    const auto expected = tests::read_json(folder / "integritee-paseo-50.pallets.json");
    for (const auto* name :
         {"integritee-paseo-50.metadata-v14.hex", "integritee-paseo-50.metadata-v15-opaque.hex"}) {
        const auto decoded = Metadata::decode(hex_file(folder / name));
        ASSERT_OK(decoded);
        const auto& metadata = decoded.value();
        const auto version = runtime_version(metadata);
        ASSERT_OK(version);
        count.record("runtime version", name,
                     version.value().spec_version == expected["spec"]["specVersion"] &&
                         version.value().spec_name == expected["spec"]["specName"] &&
                         version.value().transaction_version == expected["spec"]["transactionVersion"]);
        for (const auto& [pallet_name, pallet_expected] : expected.at("pallets").items()) {
            const auto* pallet = metadata.find_pallet(pallet_name);
            ASSERT_NE(pallet, nullptr) << pallet_name;
            count.record("pallet index", pallet_name, pallet->index == pallet_expected.at("index"));
            for (const auto& one : pallet_expected.value("errors", json::array())) {
                const auto* errors = metadata.types().find_def<VariantDef>(*pallet->errors);
                const auto* error = errors->by_index(one.at(0).get<std::uint8_t>());
                count.record("errors", pallet_name + "." + one.at(1).get<std::string>(),
                             error != nullptr && error->name == one.at(1));
            }
            const std::pair<const char*, std::optional<TypeId>> enums[] = {{"calls", pallet->calls},
                                                                           {"events", pallet->events}};
            for (const auto& [kind, id] : enums) {
                for (const auto& one : pallet_expected.value(kind, json::array())) {
                    const auto* variants = id ? metadata.types().find_def<VariantDef>(*id) : nullptr;
                    const auto variant_name = one.at("name").get<std::string>();
                    const auto* variant = variants == nullptr ? nullptr : variants->by_name(variant_name);
                    bool same = variant != nullptr && variant->index == one.at("index") &&
                                variants->by_index(variant->index) == variant;
                    if (same && one.contains("fields")) {
                        same = variant->fields.size() == one["fields"].size();
                        for (std::size_t i = 0; same && i < variant->fields.size(); ++i) {
                            same = variant->fields[i].name.value_or("") == one["fields"][i][0];
                        }
                    }
                    count.record(kind, pallet_name + "." + variant_name, same);
                }
            }
            for (const auto& constant : pallet_expected.value("constants", json::array())) {
                const auto value = metadata.constant(pallet_name, constant[0].get<std::string>());
                count.record("constant", pallet_name + "." + constant[0].get<std::string>(),
                             value && to_hex_0x(*value) == constant[2]);
            }
            for (const auto& entry : pallet_expected.value("storage", json::array())) {
                const auto item = entry.at("name").get<std::string>();
                const auto* found = pallet->find_storage(item);
                count.record("storage item", pallet_name + "." + item,
                             found != nullptr && found->has_default == (entry.at("modifier") == "Default") &&
                                 found->hashers.size() == entry.value("hashers", json::array()).size() &&
                                 to_hex_0x(found->default_value) == entry.at("fallback"));
            }
        }
        for (std::size_t i = 0; i < expected["extrinsic"]["signedExtensions"].size(); ++i) {
            const auto& extension = expected["extrinsic"]["signedExtensions"][i];
            count.record("extension", extension.at("name").get<std::string>(),
                         metadata.extrinsic().extensions.at(i).identifier == extension.at("name"));
        }
    }
}

}  // namespace
}  // namespace redoubt::substrate
