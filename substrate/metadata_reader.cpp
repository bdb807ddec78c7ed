#include <substrate/metadata_reader.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic{'m', 'e', 't', 'a'};

}  // namespace

Result<void> MetadataReader::read(Metadata& out) {
    BOOST_OUTCOME_TRY(const auto magic, in_.take(kMagic.size()));
    if (!equal(magic, kMagic)) {
        return MetadataError::kBadMagic;
    }
    BOOST_OUTCOME_TRY(const auto version, in_.take_byte());
    if (version < 14 || version > 16) {
        return MetadataError::kUnsupportedVersion;
    }
    version_ = version;
    out.version_ = version;
    BOOST_OUTCOME_TRY(out.types_, read_types());
    types_ = &out.types_;
    BOOST_OUTCOME_TRY(out.pallets_, read_sequence<Pallet>(7, [this] { return read_pallet(); }));
    if (version == 14) {
        BOOST_OUTCOME_TRY(read_extrinsic_v14(out.extrinsic_));
        BOOST_OUTCOME_TRY(read_type_id());
        return in_.expect_end();
    }
    if (version == 15) {
        BOOST_OUTCOME_TRY(read_extrinsic_v15(out.extrinsic_));
        BOOST_OUTCOME_TRY(read_type_id());
    } else {
        BOOST_OUTCOME_TRY(read_extrinsic_v16(out.extrinsic_));
    }
    BOOST_OUTCOME_TRY(out.apis_, read_sequence<RuntimeApi>(3, [this] { return read_api(); }));
    OuterEnums enums;
    BOOST_OUTCOME_TRY(enums.call, read_type_id());
    BOOST_OUTCOME_TRY(enums.event, read_type_id());
    BOOST_OUTCOME_TRY(enums.error, read_type_id());
    out.outer_enums_ = enums;
    BOOST_OUTCOME_TRY(skip_custom_values());
    return in_.expect_end();
}

Result<std::string_view> MetadataReader::read_text() {
    BOOST_OUTCOME_TRY(const auto bytes, scale::read_bytes(in_));
    if (!scale::is_utf8(text_of(bytes))) {
        return DecodeError::kBadUtf8;
    }
    return text_of(bytes);
}

Result<TypeId> MetadataReader::read_type_id() {
    BOOST_OUTCOME_TRY(const auto id, scale::read_compact_u32(in_));
    // While the registry itself is read, TypeRegistry::make checks its references afterwards.
    if (types_ != nullptr && types_->find(id) == nullptr) {
        return MetadataError::kUnknownType;
    }
    return id;
}

Result<void> MetadataReader::skip_docs() {
    return skip_sequence(1, [this]() -> Result<void> {
        BOOST_OUTCOME_TRY(scale::read_bytes(in_));
        return success();
    });
}

// The type registry ---------------------------------------------------------------------------------

Result<TypeRegistry> MetadataReader::read_types() {
    TypeId expected = 0;
    // The registry keeps a size of 16 bytes beside each type.
    BOOST_OUTCOME_TRY(auto types, read_sequence<Type>(6, [&](Type& type) -> Result<void> {
                          BOOST_OUTCOME_TRY(const auto id, scale::read_compact_u32(in_));
                          if (id != expected) {
                              return MetadataError::kTypeIdsNotConsecutive;
                          }
                          if (id >= kTypesMax) {
                              return MetadataError::kTooManyTypes;
                          }
                          ++expected;
                          return read_type(type);
                      }));
    if (!memory_.take(types.size(), 16)) {
        return MetadataError::kTooMuchMemory;
    }
    return TypeRegistry::make(std::move(types));
}

Result<void> MetadataReader::read_type(Type& out) {
    BOOST_OUTCOME_TRY(out.path, read_sequence<std::string_view>(1, [this] { return read_text(); }));
    BOOST_OUTCOME_TRY(out.parameters, read_sequence<TypeParameter>(2, [this]() -> Result<TypeParameter> {
                          TypeParameter parameter;
                          BOOST_OUTCOME_TRY(parameter.name, read_text());
                          BOOST_OUTCOME_TRY(parameter.type, read_option([this] { return read_type_id(); }));
                          return parameter;
                      }));
    BOOST_OUTCOME_TRY(read_type_def(out.def));
    return skip_docs();
}

Result<void> MetadataReader::read_type_def(TypeDef& out) {
    BOOST_OUTCOME_TRY(const auto tag, in_.take_byte());
    switch (tag) {
        case 0: {
            BOOST_OUTCOME_TRY(auto fields, read_fields());
            out = CompositeDef{std::move(fields)};
            return success();
        }
        case 1: {
            BOOST_OUTCOME_TRY(auto variants, read_sequence<Variant>(4, [this] { return read_variant(); }));
            out = VariantDef{std::move(variants)};
            return success();
        }
        case 2: {
            BOOST_OUTCOME_TRY(const auto element, read_type_id());
            out = SequenceDef{element};
            return success();
        }
        case 3: {
            BOOST_OUTCOME_TRY(const auto length, in_.take_le<std::uint32_t>());
            BOOST_OUTCOME_TRY(const auto element, read_type_id());
            out = ArrayDef{length, element};
            return success();
        }
        case 4: {
            BOOST_OUTCOME_TRY(auto elements, read_sequence<TypeId>(1, [this] { return read_type_id(); }));
            out = TupleDef{std::move(elements)};
            return success();
        }
        case 5: {
            BOOST_OUTCOME_TRY(const auto primitive, read_primitive());
            out = PrimitiveDef{primitive};
            return success();
        }
        case 6: {
            BOOST_OUTCOME_TRY(const auto inner, read_type_id());
            out = CompactDef{inner};
            return success();
        }
        case 7: {
            BOOST_OUTCOME_TRY(const auto store, read_type_id());
            BOOST_OUTCOME_TRY(const auto order, read_type_id());
            out = BitSequenceDef{store, order};
            return success();
        }
        default:
            return DecodeError::kBadTag;
    }
}

Result<std::vector<Field>> MetadataReader::read_fields() {
    return read_sequence<Field>(4, [this]() -> Result<Field> {
        Field field;
        BOOST_OUTCOME_TRY(field.name, read_option([this] { return read_text(); }));
        BOOST_OUTCOME_TRY(field.type, read_type_id());
        BOOST_OUTCOME_TRY(field.type_name, read_option([this] { return read_text(); }));
        BOOST_OUTCOME_TRY(skip_docs());
        return field;
    });
}

Result<Variant> MetadataReader::read_variant() {
    Variant out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(out.fields, read_fields());
    BOOST_OUTCOME_TRY(out.index, in_.take_byte());
    BOOST_OUTCOME_TRY(skip_docs());
    return out;
}

Result<Primitive> MetadataReader::read_primitive() {
    BOOST_OUTCOME_TRY(const auto tag, in_.take_byte());
    if (tag > static_cast<std::uint8_t>(Primitive::kI256)) {
        return DecodeError::kBadTag;
    }
    return static_cast<Primitive>(tag);
}

// Pallets -------------------------------------------------------------------------------------------

Result<Pallet> MetadataReader::read_pallet() {
    Pallet out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(const auto has_storage, scale::read<bool>(in_));
    if (has_storage) {
        BOOST_OUTCOME_TRY(read_storage(out));
    }
    BOOST_OUTCOME_TRY(out.calls, read_pallet_enum());
    BOOST_OUTCOME_TRY(out.events, read_pallet_enum());
    BOOST_OUTCOME_TRY(out.constants, read_sequence<Constant>(4, [this] { return read_constant(); }));
    BOOST_OUTCOME_TRY(out.errors, read_pallet_enum());
    if (version_ == 16) {
        BOOST_OUTCOME_TRY(skip_associated_types());
        BOOST_OUTCOME_TRY(skip_view_functions());
    }
    BOOST_OUTCOME_TRY(out.index, in_.take_byte());
    if (version_ >= 15) {
        BOOST_OUTCOME_TRY(skip_docs());
    }
    if (version_ == 16) {
        BOOST_OUTCOME_TRY(skip_item_deprecation());
    }
    return out;
}

Result<void> MetadataReader::read_storage(Pallet& pallet) {
    BOOST_OUTCOME_TRY(pallet.storage_prefix, read_text());
    BOOST_OUTCOME_TRY(pallet.storage,
                      read_sequence<StorageEntry>(6, [this] { return read_storage_entry(); }));
    return success();
}

Result<StorageEntry> MetadataReader::read_storage_entry() {
    StorageEntry out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(out.has_default, scale::read<bool>(in_));
    BOOST_OUTCOME_TRY(const auto is_map, scale::read<bool>(in_));
    if (is_map) {
        BOOST_OUTCOME_TRY(out.hashers, read_sequence<StorageHasher>(1, [this] { return read_hasher(); }));
        BOOST_OUTCOME_TRY(out.key, read_type_id());
        if (out.hashers.empty()) {
            return MetadataError::kBadType;
        }
    }
    BOOST_OUTCOME_TRY(out.value, read_type_id());
    BOOST_OUTCOME_TRY(out.default_value, scale::read_bytes(in_));
    BOOST_OUTCOME_TRY(skip_docs());
    if (version_ == 16) {
        BOOST_OUTCOME_TRY(skip_item_deprecation());
    }
    return out;
}

Result<StorageHasher> MetadataReader::read_hasher() {
    BOOST_OUTCOME_TRY(const auto tag, in_.take_byte());
    if (tag > static_cast<std::uint8_t>(StorageHasher::kIdentity)) {
        return DecodeError::kBadTag;
    }
    return static_cast<StorageHasher>(tag);
}

Result<Constant> MetadataReader::read_constant() {
    Constant out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(out.type, read_type_id());
    BOOST_OUTCOME_TRY(out.value, scale::read_bytes(in_));
    BOOST_OUTCOME_TRY(skip_docs());
    if (version_ == 16) {
        BOOST_OUTCOME_TRY(skip_item_deprecation());
    }
    return out;
}

Result<std::optional<TypeId>> MetadataReader::read_pallet_enum() {
    return read_option([this]() -> Result<TypeId> {
        BOOST_OUTCOME_TRY(const auto id, read_type_id());
        if (types_->find_def<VariantDef>(id) == nullptr) {
            return MetadataError::kBadType;
        }
        if (version_ == 16) {
            BOOST_OUTCOME_TRY(skip_variant_deprecations());
        }
        return id;
    });
}

Result<void> MetadataReader::skip_associated_types() {
    return skip_sequence(3, [this]() -> Result<void> {
        BOOST_OUTCOME_TRY(read_text());
        BOOST_OUTCOME_TRY(read_type_id());
        return skip_docs();
    });
}

Result<void> MetadataReader::skip_view_functions() {
    constexpr std::size_t kIdBytes = 32;
    return skip_sequence(kIdBytes, [this]() -> Result<void> {
        BOOST_OUTCOME_TRY(in_.take(kIdBytes));
        BOOST_OUTCOME_TRY(read_text());
        BOOST_OUTCOME_TRY(skip_sequence(2, [this]() -> Result<void> {
            BOOST_OUTCOME_TRY(read_input());
            return success();
        }));
        BOOST_OUTCOME_TRY(read_type_id());
        BOOST_OUTCOME_TRY(skip_docs());
        return skip_item_deprecation();
    });
}

// Extrinsic and runtime APIs ------------------------------------------------------------------------

Result<void> MetadataReader::read_extrinsic_v14(ExtrinsicInfo& out) {
    BOOST_OUTCOME_TRY(const auto type, read_type_id());
    BOOST_OUTCOME_TRY(const auto version, in_.take_byte());
    out.versions = {version};
    out.address = types_->parameter(type, "Address");
    out.call = types_->parameter(type, "Call");
    out.signature = types_->parameter(type, "Signature");
    BOOST_OUTCOME_TRY(out.extensions, read_sequence<Extension>(3, [this] { return read_extension(); }));
    return success();
}

Result<void> MetadataReader::read_extrinsic_v15(ExtrinsicInfo& out) {
    BOOST_OUTCOME_TRY(const auto version, in_.take_byte());
    out.versions = {version};
    BOOST_OUTCOME_TRY(out.address, read_type_id());
    BOOST_OUTCOME_TRY(out.call, read_type_id());
    BOOST_OUTCOME_TRY(out.signature, read_type_id());
    BOOST_OUTCOME_TRY(read_type_id());
    BOOST_OUTCOME_TRY(out.extensions, read_sequence<Extension>(3, [this] { return read_extension(); }));
    return success();
}

Result<void> MetadataReader::read_extrinsic_v16(ExtrinsicInfo& out) {
    using VersionedSet = std::pair<std::uint8_t, std::vector<std::uint32_t>>;
    BOOST_OUTCOME_TRY(out.versions, read_sequence<std::uint8_t>(1, [this] { return in_.take_byte(); }));
    BOOST_OUTCOME_TRY(out.address, read_type_id());
    BOOST_OUTCOME_TRY(out.call, read_type_id());
    BOOST_OUTCOME_TRY(out.signature, read_type_id());
    BOOST_OUTCOME_TRY(
        out.extensions_by_version, read_sequence<VersionedSet>(2, [this]() -> Result<VersionedSet> {
            VersionedSet set;
            BOOST_OUTCOME_TRY(set.first, in_.take_byte());
            BOOST_OUTCOME_TRY(
                set.second, read_sequence<std::uint32_t>(1, [this] { return scale::read_compact_u32(in_); }));
            return set;
        }));
    BOOST_OUTCOME_TRY(out.extensions, read_sequence<Extension>(3, [this] { return read_extension(); }));
    for (const auto& [version, indices] : out.extensions_by_version) {
        for (const auto index : indices) {
            if (index >= out.extensions.size()) {
                return DecodeError::kOutOfRange;
            }
        }
    }
    return success();
}

Result<Extension> MetadataReader::read_extension() {
    Extension out;
    BOOST_OUTCOME_TRY(out.identifier, read_text());
    BOOST_OUTCOME_TRY(out.extra, read_type_id());
    BOOST_OUTCOME_TRY(out.additional, read_type_id());
    return out;
}

Result<RuntimeApi> MetadataReader::read_api() {
    RuntimeApi out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(out.methods, read_sequence<RuntimeApiMethod>(4, [this] { return read_api_method(); }));
    BOOST_OUTCOME_TRY(skip_docs());
    if (version_ == 16) {
        BOOST_OUTCOME_TRY(out.version, scale::read_compact_u32(in_));
        BOOST_OUTCOME_TRY(skip_item_deprecation());
    }
    return out;
}

Result<RuntimeApiMethod> MetadataReader::read_api_method() {
    RuntimeApiMethod out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(out.inputs, read_sequence<RuntimeApiMethod::Input>(2, [this] { return read_input(); }));
    BOOST_OUTCOME_TRY(out.output, read_type_id());
    BOOST_OUTCOME_TRY(skip_docs());
    if (version_ == 16) {
        BOOST_OUTCOME_TRY(skip_item_deprecation());
    }
    return out;
}

Result<RuntimeApiMethod::Input> MetadataReader::read_input() {
    RuntimeApiMethod::Input out;
    BOOST_OUTCOME_TRY(out.name, read_text());
    BOOST_OUTCOME_TRY(out.type, read_type_id());
    return out;
}

Result<void> MetadataReader::skip_custom_values() {
    return skip_sequence(3, [this]() -> Result<void> {
        BOOST_OUTCOME_TRY(read_text());
        BOOST_OUTCOME_TRY(read_type_id());
        BOOST_OUTCOME_TRY(scale::read_bytes(in_));
        return success();
    });
}

// Deprecations --------------------------------------------------------------------------------------

Result<void> MetadataReader::skip_item_deprecation() {
    BOOST_OUTCOME_TRY(const auto tag, in_.take_byte());
    if (tag > 2) {
        return DecodeError::kBadTag;
    }
    if (tag == 2) {
        BOOST_OUTCOME_TRY(read_text());
        BOOST_OUTCOME_TRY(read_option([this] { return read_text(); }));
    }
    return success();
}

Result<void> MetadataReader::skip_variant_deprecations() {
    return skip_sequence(2, [this]() -> Result<void> {
        BOOST_OUTCOME_TRY(in_.take_byte());
        return skip_item_deprecation();
    });
}

}  // namespace redoubt::substrate
