#include <algorithm>
#include <bitset>
#include <limits>
#include <substrate/type_registry.hpp>
#include <type_traits>

namespace redoubt::substrate {
namespace {

/// Deeper chains of types are measured as zero, which is a valid lower bound.
constexpr unsigned kMeasureDepthMax = 256;
constexpr std::uint64_t kSizeMax = std::numeric_limits<std::uint64_t>::max();

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) noexcept {
    std::uint64_t out = 0;
    return __builtin_add_overflow(a, b, &out) ? kSizeMax : out;
}

std::uint64_t saturating_multiply(std::uint64_t a, std::uint64_t b) noexcept {
    std::uint64_t out = 0;
    return __builtin_mul_overflow(a, b, &out) ? kSizeMax : out;
}

/// Two variants of one name or index could not be told apart when encoded or decoded.
bool are_distinct(const std::vector<Variant>& variants) {
    std::bitset<256> indices;
    std::vector<std::string_view> names;
    names.reserve(std::min(variants.size(), indices.size()));
    for (const auto& variant : variants) {
        if (indices.test(variant.index)) {
            return false;
        }
        indices.set(variant.index);
        names.push_back(variant.name);
    }
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) == names.end();
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

unsigned integer_bits(Primitive primitive) noexcept {
    switch (primitive) {
        case Primitive::kBool:
        case Primitive::kChar:
        case Primitive::kStr:
            return 0;
        case Primitive::kU8:
        case Primitive::kI8:
            return 8;
        case Primitive::kU16:
        case Primitive::kI16:
            return 16;
        case Primitive::kU32:
        case Primitive::kI32:
            return 32;
        case Primitive::kU64:
        case Primitive::kI64:
            return 64;
        case Primitive::kU128:
        case Primitive::kI128:
            return 128;
        case Primitive::kU256:
        case Primitive::kI256:
            return 256;
    }
    return 0;
}

bool is_signed(Primitive primitive) noexcept {
    return primitive >= Primitive::kI8;
}

const Variant* VariantDef::by_index(std::uint8_t index) const noexcept {
    // Most enums count from zero without gaps.
    if (index < variants.size() && variants[index].index == index) {
        return &variants[index];
    }
    const auto found = std::ranges::find(variants, index, &Variant::index);
    return found == variants.end() ? nullptr : &*found;
}

const Variant* VariantDef::by_name(std::string_view name) const noexcept {
    const auto found = std::ranges::find(variants, name, &Variant::name);
    return found == variants.end() ? nullptr : &*found;
}

bool all_named(std::span<const Field> fields) noexcept {
    return !fields.empty() &&
           std::ranges::all_of(fields, [](const Field& field) { return field.name.has_value(); });
}

Result<TypeRegistry> TypeRegistry::make(std::vector<Type> types) {
    if (types.size() > kTypesMax) {
        return MetadataError::kTooManyTypes;
    }
    TypeRegistry out;
    out.types_ = std::move(types);
    if (!out.references_exist()) {
        return MetadataError::kUnknownType;
    }
    for (const auto& type : out.types_) {
        const auto* variants = std::get_if<VariantDef>(&type.def);
        if (variants != nullptr && !are_distinct(variants->variants)) {
            return MetadataError::kBadType;
        }
    }
    out.sizes_.resize(out.types_.size());
    for (TypeId id = 0; id < out.types_.size(); ++id) {
        out.measure(id, 0);
    }
    return out;
}

std::optional<TypeId> TypeRegistry::parameter(TypeId id, std::string_view name) const noexcept {
    const auto* type = find(id);
    if (type == nullptr) {
        return std::nullopt;
    }
    const auto found = std::ranges::find(type->parameters, name, &TypeParameter::name);
    return found == type->parameters.end() ? std::nullopt : found->type;
}

bool TypeRegistry::references_exist() const noexcept {
    const auto exists = [this](TypeId id) { return id < types_.size(); };
    const auto fields_exist = [&](const std::vector<Field>& fields) {
        return std::ranges::all_of(fields, exists, &Field::type);
    };
    return std::ranges::all_of(types_, [&](const Type& type) {
        const bool parameters_exist = std::ranges::all_of(
            type.parameters, [&](const TypeParameter& p) { return !p.type || exists(*p.type); });
        return parameters_exist &&
               std::visit(
                   Overloaded{
                       [&](const CompositeDef& def) { return fields_exist(def.fields); },
                       [&](const VariantDef& def) {
                           return std::ranges::all_of(def.variants, fields_exist, &Variant::fields);
                       },
                       [&](const SequenceDef& def) { return exists(def.element); },
                       [&](const ArrayDef& def) { return exists(def.element); },
                       [&](const TupleDef& def) { return std::ranges::all_of(def.elements, exists); },
                       [&](const PrimitiveDef&) { return true; },
                       [&](const CompactDef& def) { return exists(def.inner); },
                       [&](const BitSequenceDef& def) { return exists(def.store) && exists(def.order); },
                   },
                   type.def);
    });
}

TypeRegistry::Size TypeRegistry::measure_fields(std::span<const Field> fields, unsigned depth) {
    Size out{.min = 0, .plain = true, .known = true};
    for (const auto& field : fields) {
        measure(field.type, depth + 1);
        out.min = saturating_add(out.min, sizes_[field.type].min);
        out.plain = out.plain && sizes_[field.type].plain;
    }
    return out;
}

void TypeRegistry::measure(TypeId id, unsigned depth) {
    // A type that is being measured, or lies too deep, keeps the bound zero and is not plain.
    if (sizes_[id].known || depth > kMeasureDepthMax) {
        return;
    }
    sizes_[id].known = true;
    const auto size = std::visit(
        Overloaded{
            [&](const CompositeDef& def) { return measure_fields(def.fields, depth); },
            [&](const VariantDef& def) {
                std::uint64_t least = def.variants.empty() ? 0 : kSizeMax;
                for (const auto& variant : def.variants) {
                    least = std::min(least, measure_fields(variant.fields, depth).min);
                }
                return Size{.min = saturating_add(1, least), .plain = false, .known = true};
            },
            [&](const SequenceDef&) { return Size{.min = 1, .plain = false, .known = true}; },
            [&](const ArrayDef& def) {
                measure(def.element, depth + 1);
                const auto& element = sizes_[def.element];
                return Size{.min = saturating_multiply(element.min, def.length),
                            .plain = element.plain || def.length == 0,
                            .known = true};
            },
            [&](const TupleDef& def) {
                Size out{.min = 0, .plain = true, .known = true};
                for (const auto element : def.elements) {
                    measure(element, depth + 1);
                    out.min = saturating_add(out.min, sizes_[element].min);
                    out.plain = out.plain && sizes_[element].plain;
                }
                return out;
            },
            [&](const PrimitiveDef& def) {
                const auto bits = integer_bits(def.primitive);
                const std::uint64_t bytes = bits != 0 ? bits / 8 : def.primitive == Primitive::kChar ? 4 : 1;
                return Size{.min = bytes, .plain = bits != 0, .known = true};
            },
            [&](const CompactDef& def) {
                measure(def.inner, depth + 1);
                const auto& inner = sizes_[def.inner];
                const bool is_empty = inner.plain && inner.min == 0;
                return Size{.min = inner.min == 0 ? 0U : 1U, .plain = is_empty, .known = true};
            },
            [&](const BitSequenceDef&) { return Size{.min = 1, .plain = false, .known = true}; },
        },
        types_[id].def);
    sizes_[id] = size;
}

}  // namespace redoubt::substrate
