/// The type registry of runtime metadata: what every SCALE type of a chain looks like.
///
/// Names are views of the metadata bytes (or of literals, for registries made in code), which the owner of
/// the registry keeps alive; substrate::Metadata does. Documentation strings are not kept.
///
/// @source light-client.md section 8.2
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/result.hpp>
#include <span>
#include <string_view>
#include <substrate/errors.hpp>
#include <variant>
#include <vector>

namespace redoubt::substrate {

/// Position of a type in its registry.
using TypeId = std::uint32_t;

/// Most types a registry may hold.
inline constexpr std::size_t kTypesMax = 65'536;

/// In the order of the metadata's tags.
enum class Primitive : std::uint8_t {
    kBool = 0,
    kChar,
    kStr,
    kU8,
    kU16,
    kU32,
    kU64,
    kU128,
    kU256,
    kI8,
    kI16,
    kI32,
    kI64,
    kI128,
    kI256,
};

/// Width of an integer primitive in bits; 0 for bool, char and str.
[[nodiscard]] unsigned integer_bits(Primitive primitive) noexcept;
[[nodiscard]] bool is_signed(Primitive primitive) noexcept;

struct Field {
    std::optional<std::string_view> name;
    TypeId type = 0;
    std::optional<std::string_view> type_name;
};

struct Variant {
    std::string_view name;
    std::vector<Field> fields;
    std::uint8_t index = 0;
};

struct CompositeDef {
    std::vector<Field> fields;
};
struct VariantDef {
    std::vector<Variant> variants;

    /// The variant of that index byte; nullptr when there is none.
    [[nodiscard]] const Variant* by_index(std::uint8_t index) const noexcept;
    [[nodiscard]] const Variant* by_name(std::string_view name) const noexcept;
};
struct SequenceDef {
    TypeId element = 0;
};
struct ArrayDef {
    std::uint32_t length = 0;
    TypeId element = 0;
};
struct TupleDef {
    std::vector<TypeId> elements;
};
struct PrimitiveDef {
    Primitive primitive = Primitive::kBool;
};
struct CompactDef {
    TypeId inner = 0;
};
struct BitSequenceDef {
    TypeId store = 0;
    TypeId order = 0;
};

/// The order of the alternatives is the order of the metadata's tags.
using TypeDef = std::variant<CompositeDef,
                             VariantDef,
                             SequenceDef,
                             ArrayDef,
                             TupleDef,
                             PrimitiveDef,
                             CompactDef,
                             BitSequenceDef>;

/// A generic parameter of a type, for example `Call` of an extrinsic.
struct TypeParameter {
    std::string_view name;
    std::optional<TypeId> type;
};

struct Type {
    std::vector<std::string_view> path;
    std::vector<TypeParameter> parameters;
    TypeDef def;
};

/// True when every field has a name, and there is at least one.
[[nodiscard]] bool all_named(std::span<const Field> fields) noexcept;

class TypeRegistry {
  public:
    TypeRegistry() = default;

    /// Takes types whose ids are their positions.
    /// @errors kTooManyTypes; kUnknownType when one refers to an id that does not exist; kBadType when two
    /// variants of an enum have one name or index
    [[nodiscard]] static Result<TypeRegistry> make(std::vector<Type> types);

    [[nodiscard]] std::size_t size() const noexcept { return types_.size(); }
    /// nullptr when there is no such type.
    [[nodiscard]] const Type* find(TypeId id) const noexcept {
        return id < types_.size() ? &types_[id] : nullptr;
    }
    /// The definition of kind `Def`; nullptr when the type is of another kind or does not exist.
    template <class Def>
    [[nodiscard]] const Def* find_def(TypeId id) const noexcept {
        const auto* type = find(id);
        return type == nullptr ? nullptr : std::get_if<Def>(&type->def);
    }
    /// A lower bound for the encoded length; 0 only for types that may take no bytes.
    [[nodiscard]] std::uint64_t min_encoded_size(TypeId id) const noexcept { return sizes_[id].min; }
    /// The length of types that take always the same number of bytes, any of which are valid: integers,
    /// and arrays, tuples and composites of them. Such values can be skipped in one step.
    [[nodiscard]] std::optional<std::uint64_t> plain_size(TypeId id) const noexcept {
        return sizes_[id].plain ? std::optional{sizes_[id].min} : std::nullopt;
    }
    /// True when values of the type take no bytes (empty composites, tuples and arrays, recursively).
    [[nodiscard]] bool is_zero_sized(TypeId id) const noexcept {
        return sizes_[id].plain && sizes_[id].min == 0;
    }
    /// The type that generic parameter `name` of `id` stands for.
    [[nodiscard]] std::optional<TypeId> parameter(TypeId id, std::string_view name) const noexcept;

  private:
    struct Size {
        std::uint64_t min = 0;
        bool plain = false;
        bool known = false;
    };
    [[nodiscard]] bool references_exist() const noexcept;
    void measure(TypeId id, unsigned depth);
    [[nodiscard]] Size measure_fields(std::span<const Field> fields, unsigned depth);

    std::vector<Type> types_;
    std::vector<Size> sizes_;
};

}  // namespace redoubt::substrate
