#include <algorithm>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <substrate/bit_order.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/runtime_version.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::uint8_t kExtrinsicVersion = 4;
constexpr std::uint8_t kDigestVersion = 1;

// Tags of a type reference. Primitives have the numbers of the metadata.
constexpr std::uint8_t kCompactU8Ref = 15;
constexpr std::uint8_t kVoidRef = 21;
constexpr std::uint8_t kByIdRef = 22;

// Tags of a type definition.
constexpr std::uint8_t kCompositeTag = 0;
constexpr std::uint8_t kEnumerationTag = 1;
constexpr std::uint8_t kSequenceTag = 2;
constexpr std::uint8_t kArrayTag = 3;
constexpr std::uint8_t kTupleTag = 4;
constexpr std::uint8_t kBitSequenceTag = 5;

void append_text(Bytes& out, std::string_view text) {
    scale::append_compact(out, text.size());
    append(out, bytes_of(text));
}

void append_text(Bytes& out, const std::optional<std::string_view>& text) {
    out.push_back(text ? 1 : 0);
    if (text) {
        append_text(out, *text);
    }
}

class MetadataDigest {
  public:
    explicit MetadataDigest(const Metadata& metadata) : metadata_(metadata), types_(metadata.types()) {
        kept_.resize(types_.size(), false);
        renumbered_.resize(types_.size(), 0);
    }

    Result<Hash256> digest(const ChainProperties& properties) {
        BOOST_OUTCOME_TRY(const auto runtime, runtime_version(metadata_));
        const auto& info = metadata_.extrinsic();
        const auto extensions = info.extension_set(0);
        if (!info.address || !info.call || !info.signature || !extensions) {
            return MetadataError::kBadType;
        }
        std::vector<TypeId> roots{*info.address, *info.call, *info.signature};
        for (const auto& extension : *extensions) {
            roots.push_back(extension.extra);
            roots.push_back(extension.additional);
        }
        collect(std::move(roots));
        BOOST_OUTCOME_TRY(const auto leaves, all_leaves());
        BOOST_OUTCOME_TRY(const auto extrinsic, extrinsic_bytes(info, *extensions));

        Bytes out{kDigestVersion};
        append(out, tree_root(leaves).view());
        append(out, crypto::blake3_256(extrinsic).view());
        scale::encode_scale(out, runtime.spec_version);
        append_text(out, std::string_view{runtime.spec_name});
        scale::encode_scale(out, properties.ss58_prefix);
        scale::encode_scale(out, properties.decimals);
        append_text(out, std::string_view{properties.symbol});
        return crypto::blake3_256(out);
    }

  private:
    /// Primitives and compacts are told by the reference itself, and so is what has nothing in it.
    [[nodiscard]] bool is_kept(const TypeDef& def) const noexcept {
        if (const auto* composite = std::get_if<CompositeDef>(&def)) {
            return !composite->fields.empty();
        }
        if (const auto* variants = std::get_if<VariantDef>(&def)) {
            return !variants->variants.empty();
        }
        if (const auto* tuple = std::get_if<TupleDef>(&def)) {
            return !tuple->elements.empty();
        }
        return !std::holds_alternative<PrimitiveDef>(def) && !std::holds_alternative<CompactDef>(def);
    }

    /// Marks everything reachable from `open` and numbers it in the order of the registry.
    void collect(std::vector<TypeId> open) {
        while (!open.empty()) {
            const auto id = open.back();
            open.pop_back();
            const auto& def = types_.find(id)->def;
            if (kept_[id] || !is_kept(def)) {
                continue;
            }
            kept_[id] = true;
            const auto open_fields = [&open](const std::vector<Field>& fields) {
                for (const auto& field : fields) {
                    open.push_back(field.type);
                }
            };
            if (const auto* composite = std::get_if<CompositeDef>(&def)) {
                open_fields(composite->fields);
            } else if (const auto* variants = std::get_if<VariantDef>(&def)) {
                for (const auto& variant : variants->variants) {
                    open_fields(variant.fields);
                }
            } else if (const auto* sequence = std::get_if<SequenceDef>(&def)) {
                open.push_back(sequence->element);
            } else if (const auto* array = std::get_if<ArrayDef>(&def)) {
                open.push_back(array->element);
            } else if (const auto* tuple = std::get_if<TupleDef>(&def)) {
                open.insert(open.end(), tuple->elements.begin(), tuple->elements.end());
            }
        }
        std::uint32_t next = 0;
        for (TypeId id = 0; id < kept_.size(); ++id) {
            if (kept_[id]) {
                renumbered_[id] = next++;
            }
        }
    }

    Result<std::vector<Hash256>> all_leaves() {
        std::vector<Hash256> out;
        for (TypeId id = 0; id < kept_.size(); ++id) {
            if (!kept_[id]) {
                continue;
            }
            const auto& type = *types_.find(id);
            if (const auto* variants = std::get_if<VariantDef>(&type.def)) {
                std::vector<const Variant*> sorted;
                for (const auto& variant : variants->variants) {
                    sorted.push_back(&variant);
                }
                std::ranges::stable_sort(sorted, {}, &Variant::index);
                for (const auto* variant : sorted) {
                    Bytes def{kEnumerationTag};
                    append_text(def, variant->name);
                    BOOST_OUTCOME_TRY(append_fields(def, variant->fields));
                    scale::append_compact(def, variant->index);
                    out.push_back(leaf(type, def, id));
                }
            } else {
                BOOST_OUTCOME_TRY(const auto def, definition(type.def));
                out.push_back(leaf(type, def, id));
            }
        }
        return out;
    }

    [[nodiscard]] Hash256 leaf(const Type& type, ByteView def, TypeId id) const {
        Bytes out;
        scale::append_compact(out, type.path.size());
        for (const auto segment : type.path) {
            append_text(out, segment);
        }
        append(out, def);
        scale::append_compact(out, renumbered_[id]);
        return crypto::blake3_256(out);
    }

    Result<Bytes> definition(const TypeDef& def) {
        Bytes out;
        if (const auto* composite = std::get_if<CompositeDef>(&def)) {
            out.push_back(kCompositeTag);
            BOOST_OUTCOME_TRY(append_fields(out, composite->fields));
        } else if (const auto* sequence = std::get_if<SequenceDef>(&def)) {
            out.push_back(kSequenceTag);
            BOOST_OUTCOME_TRY(append_reference(out, sequence->element));
        } else if (const auto* array = std::get_if<ArrayDef>(&def)) {
            out.push_back(kArrayTag);
            scale::encode_scale(out, array->length);
            BOOST_OUTCOME_TRY(append_reference(out, array->element));
        } else if (const auto* tuple = std::get_if<TupleDef>(&def)) {
            out.push_back(kTupleTag);
            scale::append_compact(out, tuple->elements.size());
            for (const auto element : tuple->elements) {
                BOOST_OUTCOME_TRY(append_reference(out, element));
            }
        } else if (const auto* bits = std::get_if<BitSequenceDef>(&def)) {
            const auto layout = bit_layout(types_, *bits);
            if (!layout) {
                return MetadataError::kBadType;
            }
            out.push_back(kBitSequenceTag);
            out.push_back(static_cast<std::uint8_t>(layout.value().word_bytes));
            scale::encode_scale(out, layout.value().lsb_first);
        }
        return out;
    }

    Result<void> append_fields(Bytes& out, const std::vector<Field>& fields) {
        scale::append_compact(out, fields.size());
        for (const auto& field : fields) {
            append_text(out, field.name);
            BOOST_OUTCOME_TRY(append_reference(out, field.type));
            append_text(out, field.type_name);
        }
        return success();
    }

    Result<void> append_reference(Bytes& out, TypeId id) {
        const auto& def = types_.find(id)->def;
        if (const auto* primitive = std::get_if<PrimitiveDef>(&def)) {
            out.push_back(static_cast<std::uint8_t>(primitive->primitive));
        } else if (const auto* compact = std::get_if<CompactDef>(&def)) {
            return append_compact_reference(out, compact->inner);
        } else if (kept_[id]) {
            out.push_back(kByIdRef);
            scale::append_compact(out, renumbered_[id]);
        } else {
            out.push_back(kVoidRef);
        }
        return success();
    }

    /// A compact refers to the unsigned integer inside, through composites of one field.
    Result<void> append_compact_reference(Bytes& out, TypeId id) {
        for (std::size_t depth = 0; depth <= types_.size(); ++depth) {
            const auto& def = types_.find(id)->def;
            if (const auto* primitive = std::get_if<PrimitiveDef>(&def)) {
                if (integer_bits(primitive->primitive) == 0 || is_signed(primitive->primitive)) {
                    return MetadataError::kBadType;
                }
                const auto width = static_cast<std::uint8_t>(primitive->primitive) -
                                   static_cast<std::uint8_t>(Primitive::kU8);
                out.push_back(static_cast<std::uint8_t>(kCompactU8Ref + width));
                return success();
            }
            const auto* composite = std::get_if<CompositeDef>(&def);
            const auto* tuple = std::get_if<TupleDef>(&def);
            if (composite != nullptr && composite->fields.size() == 1) {
                id = composite->fields.front().type;
            } else if (tuple != nullptr && tuple->elements.size() == 1) {
                id = tuple->elements.front();
            } else if (!is_kept(def)) {
                out.push_back(kVoidRef);
                return success();
            } else {
                return MetadataError::kBadType;
            }
        }
        return MetadataError::kBadType;
    }

    /// A binary tree in an array: the leaves stand last, node i is over 2i + 1 and 2i + 2.
    [[nodiscard]] static Hash256 tree_root(const std::vector<Hash256>& leaves) {
        if (leaves.empty()) {
            return {};
        }
        std::vector<Hash256> nodes(2 * leaves.size() - 1);
        std::ranges::copy(leaves, nodes.begin() + static_cast<std::ptrdiff_t>(leaves.size() - 1));
        for (std::size_t i = leaves.size() - 1; i > 0; --i) {
            const auto parent = i - 1;
            nodes[parent] = crypto::blake3_256(concat(nodes[2 * parent + 1], nodes[2 * parent + 2]));
        }
        return nodes.front();
    }

    Result<Bytes> extrinsic_bytes(const ExtrinsicInfo& info, const std::vector<Extension>& extensions) {
        Bytes out{kExtrinsicVersion};
        BOOST_OUTCOME_TRY(append_reference(out, *info.address));
        BOOST_OUTCOME_TRY(append_reference(out, *info.call));
        BOOST_OUTCOME_TRY(append_reference(out, *info.signature));
        scale::append_compact(out, extensions.size());
        for (const auto& extension : extensions) {
            append_text(out, extension.identifier);
            BOOST_OUTCOME_TRY(append_reference(out, extension.extra));
            BOOST_OUTCOME_TRY(append_reference(out, extension.additional));
        }
        return out;
    }

    const Metadata& metadata_;
    const TypeRegistry& types_;
    std::vector<bool> kept_;
    std::vector<std::uint32_t> renumbered_;
};

}  // namespace

bool supports_metadata_hash(const Metadata& metadata) {
    return std::ranges::any_of(metadata.extrinsic().extensions, [](const Extension& extension) {
        return extension.identifier == "CheckMetadataHash";
    });
}

Result<Hash256> metadata_hash(const Metadata& metadata, const ChainProperties& properties) {
    if (metadata.version() < 15) {
        return MetadataError::kNeedsNewerVersion;
    }
    return MetadataDigest{metadata}.digest(properties);
}

}  // namespace redoubt::substrate
