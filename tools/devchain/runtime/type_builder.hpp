/// Builds the type registry of the metadata from C++ types: each type becomes one entry, when it is first
/// met, together with what it is made of.
///
/// TypeOf<T> knows what T looks like. Its specialisations here cover integers, bytes, sequences, options,
/// tuples and everything that describes itself as type_info.hpp says.
#pragma once

#include <tools/devchain/runtime/type_info.hpp>
#include <tools/devchain/runtime/types.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <substrate/type_registry.hpp>
#include <typeindex>
#include <utility>
#include <vector>

namespace redoubt::devchain {

class TypeBuilder;

template <class T>
struct TypeOf;

/// The segments of a path separated by "::", as views of it.
[[nodiscard]] std::vector<std::string_view> path_of(std::string_view text);
/// A field of the metadata; an empty name is none.
[[nodiscard]] substrate::Field field_of(std::string_view name, substrate::TypeId type);

class TypeBuilder {
  public:
    /// The id of `T`, which enters the registry if it is new. A type that refers to itself gets its id first.
    template <class T>
    substrate::TypeId add() {
        return add_as({typeid(T), 0}, [this] { return TypeOf<T>::describe(*this); });
    }
    /// A C++ type, and a number for types that belong to it without being C++ types themselves.
    using Key = std::pair<std::type_index, int>;
    /// The same for a type that C++ does not know, under a key of the caller.
    template <class Describe>
    substrate::TypeId add_as(const Key& key, const Describe& describe) {
        const auto [known, is_new] = ids_.try_emplace(key, static_cast<substrate::TypeId>(types_.size()));
        const auto id = known->second;
        if (is_new) {
            types_.emplace_back();
            auto type = describe();
            types_[id] = std::move(type);
        }
        return id;
    }
    /// A new entry.
    substrate::TypeId append(substrate::Type type) {
        types_.push_back(std::move(type));
        return static_cast<substrate::TypeId>(types_.size() - 1);
    }

    [[nodiscard]] const std::vector<substrate::Type>& types() const noexcept { return types_; }

  private:
    std::vector<substrate::Type> types_;
    std::map<Key, substrate::TypeId> ids_;
};

namespace detail {

[[nodiscard]] inline substrate::Type type_with(substrate::TypeDef def, std::string_view path = {}) {
    return {path_of(path), {}, std::move(def)};
}

template <class Struct>
[[nodiscard]] std::vector<substrate::Field> fields_of(TypeBuilder& types) {
    std::vector<substrate::Field> out;
    std::apply(
        [&]<class... Members>(const FieldInfo<Struct, Members>&... each) {
            (out.push_back(field_of(each.name, types.add<Members>())), ...);
        },
        Struct::kType.fields);
    return out;
}

template <class... Alternatives>
[[nodiscard]] substrate::VariantDef variants_of(TypeBuilder& types, const std::variant<Alternatives...>*) {
    substrate::VariantDef out;
    (out.variants.push_back({Alternatives::kType.path, fields_of<Alternatives>(types),
                             static_cast<std::uint8_t>(out.variants.size())}),
     ...);
    return out;
}

}  // namespace detail

#define REDOUBT_DEVCHAIN_PRIMITIVE(Type_, Kind)                                            \
    template <>                                                                            \
    struct TypeOf<Type_> {                                                                 \
        [[nodiscard]] static substrate::Type describe(TypeBuilder&) {                      \
            return detail::type_with(substrate::PrimitiveDef{substrate::Primitive::Kind}); \
        }                                                                                  \
    };
REDOUBT_DEVCHAIN_PRIMITIVE(bool, kBool)
REDOUBT_DEVCHAIN_PRIMITIVE(std::string, kStr)
REDOUBT_DEVCHAIN_PRIMITIVE(std::uint8_t, kU8)
REDOUBT_DEVCHAIN_PRIMITIVE(std::uint16_t, kU16)
REDOUBT_DEVCHAIN_PRIMITIVE(std::uint32_t, kU32)
REDOUBT_DEVCHAIN_PRIMITIVE(std::uint64_t, kU64)
REDOUBT_DEVCHAIN_PRIMITIVE(uint128, kU128)
#undef REDOUBT_DEVCHAIN_PRIMITIVE

template <class T>
struct TypeOf<std::vector<T>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        return detail::type_with(substrate::SequenceDef{types.add<T>()});
    }
};
template <class T, std::size_t N>
struct TypeOf<std::array<T, N>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        return detail::type_with(substrate::ArrayDef{N, types.add<T>()});
    }
};
template <class T>
struct TypeOf<scale::Compact<T>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        return detail::type_with(substrate::CompactDef{types.add<T>()});
    }
};
template <>
struct TypeOf<CompactUnit> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        return detail::type_with(substrate::CompactDef{types.add<std::tuple<>>()});
    }
};
template <class... T>
struct TypeOf<std::tuple<T...>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        substrate::TupleDef def;
        (def.elements.push_back(types.add<T>()), ...);
        return detail::type_with(std::move(def));
    }
};
template <class First, class Second>
struct TypeOf<std::pair<First, Second>> : TypeOf<std::tuple<First, Second>> {};

template <class T>
struct TypeOf<std::optional<T>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        const auto inner = types.add<T>();
        substrate::VariantDef def{{{"None", {}, 0}, {"Some", {field_of({}, inner)}, 1}}};
        return {{"Option"}, {{"T", inner}}, std::move(def)};
    }
};
/// `Result<T, E>`, for description only.
template <class T, class E>
struct ResultOf {};
template <class T, class E>
struct TypeOf<ResultOf<T, E>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        const auto value = types.add<T>();
        const auto error = types.add<E>();
        substrate::VariantDef def{{{"Ok", {field_of({}, value)}, 0}, {"Err", {field_of({}, error)}, 1}}};
        return {{"Result"}, {{"T", value}, {"E", error}}, std::move(def)};
    }
};
template <>
struct TypeOf<DispatchResult> : TypeOf<ResultOf<std::tuple<>, DispatchError>> {};

/// A composite of one unnamed field.
template <class Inner>
[[nodiscard]] substrate::Type newtype(TypeBuilder& types, std::string_view path) {
    return detail::type_with(substrate::CompositeDef{{field_of({}, types.add<Inner>())}}, path);
}

#define REDOUBT_DEVCHAIN_NEWTYPE(Type_, Inner, Path)                        \
    template <>                                                             \
    struct TypeOf<Type_> {                                                  \
        [[nodiscard]] static substrate::Type describe(TypeBuilder& types) { \
            return newtype<Inner>(types, Path);                             \
        }                                                                   \
    };
using Bytes32 = std::array<std::uint8_t, 32>;
using Bytes33 = std::array<std::uint8_t, 33>;
using Bytes64 = std::array<std::uint8_t, 64>;
using Bytes65 = std::array<std::uint8_t, 65>;
REDOUBT_DEVCHAIN_NEWTYPE(Hash256, Bytes32, "primitive_types::H256")
REDOUBT_DEVCHAIN_NEWTYPE(AccountId, Bytes32, "sp_core::crypto::AccountId32")
REDOUBT_DEVCHAIN_NEWTYPE(Ed25519Public, Bytes32, "sp_core::ed25519::Public")
REDOUBT_DEVCHAIN_NEWTYPE(Sr25519Public, Bytes32, "sp_core::sr25519::Public")
REDOUBT_DEVCHAIN_NEWTYPE(EcdsaPublic, Bytes33, "sp_core::ecdsa::Public")
REDOUBT_DEVCHAIN_NEWTYPE(AuraPublic, Sr25519Public, "sp_consensus_aura::sr25519::app_sr25519::Public")
REDOUBT_DEVCHAIN_NEWTYPE(GrandpaPublic, Ed25519Public, "sp_consensus_grandpa::app::Public")
REDOUBT_DEVCHAIN_NEWTYPE(crypto::Ed25519Signature, Bytes64, "sp_core::ed25519::Signature")
REDOUBT_DEVCHAIN_NEWTYPE(crypto::Sr25519Signature, Bytes64, "sp_core::sr25519::Signature")
REDOUBT_DEVCHAIN_NEWTYPE(crypto::EcdsaSignature, Bytes65, "sp_core::ecdsa::Signature")
#undef REDOUBT_DEVCHAIN_NEWTYPE

template <>
struct TypeOf<crypto::MultiSignature> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types);
};
template <>
struct TypeOf<substrate::Era> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types);
};
template <>
struct TypeOf<substrate::DigestItem> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types);
};

template <class T, std::uint32_t kMax, bool kIsWeak>
struct TypeOf<BoundedVec<T, kMax, kIsWeak>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        auto type =
            newtype<std::vector<T>>(types, kIsWeak ? "bounded_collections::weak_bounded_vec::WeakBoundedVec"
                                                   : "bounded_collections::bounded_vec::BoundedVec");
        type.parameters = {{"T", types.add<T>()}, {"S", std::nullopt}};
        return type;
    }
};

template <DescribedStruct T>
struct TypeOf<T> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        auto type = detail::type_with(substrate::CompositeDef{detail::fields_of<T>(types)}, T::kType.path);
        if constexpr (requires { typename T::Parameter; }) {
            type.parameters = {{"T", types.add<typename T::Parameter>()}};
        }
        return type;
    }
};
template <DescribedVariant T>
struct TypeOf<T> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        return detail::type_with(detail::variants_of(types, static_cast<decltype(T::value)*>(nullptr)),
                                 T::kVariantPath);
    }
};
/// Clients find the type of accounts through the parameters of their address.
template <>
struct TypeOf<MultiAddress> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        auto type = detail::type_with(
            detail::variants_of(types, static_cast<decltype(MultiAddress::value)*>(nullptr)),
            MultiAddress::kVariantPath);
        type.parameters = {{"AccountId", types.add<AccountId>()},
                           {"AccountIndex", types.add<std::tuple<>>()}};
        return type;
    }
};
template <DescribedEnum E>
struct TypeOf<E> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder&) {
        substrate::VariantDef def;
        for (const auto name : kEnum<E>.names) {
            def.variants.push_back({name, {}, static_cast<std::uint8_t>(def.variants.size())});
        }
        return detail::type_with(std::move(def), kEnum<E>.path);
    }
};

/// A call, event or error: a variant of a pallet's enum with typed fields.
template <class... Fields>
struct VariantSpec {
    std::uint8_t index = 0;
    std::string_view name;
    std::array<std::string_view, sizeof...(Fields)> fields{};  ///< names; empty for an unnamed field

    [[nodiscard]] substrate::Variant describe(TypeBuilder& types) const {
        substrate::Variant out{name, {}, index};
        std::size_t i = 0;
        (out.fields.push_back(field_of(fields[i++], types.add<Fields>())), ...);
        return out;
    }
};
template <class... Fields>
using Event = VariantSpec<Fields...>;
/// Errors carry no values here, but one of Teerex is described with a field.
template <class... Fields>
using Error = VariantSpec<Fields...>;

}  // namespace redoubt::devchain
