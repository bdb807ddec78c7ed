/// How C++ types say what they look like in metadata: names, fields and variants, written once beside the
/// members and used for SCALE as well.
///
///     struct Request {
///         Hash256 shard;
///         Bytes cyphertext;
///         static constexpr auto kType = structure("enclave_bridge_primitives::Request",
///                                                 field("shard", &Request::shard),
///                                                 field("cyphertext", &Request::cyphertext));
///         static constexpr auto kScaleFields = kType.members();
///     };
///
/// An enum without data is an `enum class` with a specialisation of kEnum. An enum with data is a struct with
/// `kVariantPath` and one std::variant member whose alternatives are structs, Unit or Holding. A namespace
/// below devchain that has enums says `using devchain::encode_scale;` and `using devchain::decode_scale;`,
/// since argument-dependent lookup does not look into enclosing namespaces.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace redoubt::devchain {

template <class Owner, class Member>
struct FieldInfo {
    std::string_view name;  ///< empty for an unnamed field
    Member Owner::*member;
};
template <class Owner, class Member>
[[nodiscard]] constexpr FieldInfo<Owner, Member> field(std::string_view name, Member Owner::*member) {
    return {name, member};
}

template <class... Fields>
struct StructInfo {
    std::string_view path;  ///< segments separated by "::"; the variant's name for an alternative
    std::tuple<Fields...> fields;

    /// The pointers to the members, as SCALE wants them.
    [[nodiscard]] constexpr auto members() const {
        return std::apply([](const auto&... each) { return std::tuple{each.member...}; }, fields);
    }
};
template <class... Fields>
[[nodiscard]] constexpr StructInfo<Fields...> structure(std::string_view path, Fields... fields) {
    return {path, {fields...}};
}
template <>
constexpr auto StructInfo<>::members() const {
    return std::tuple<>{};
}

template <class T>
concept DescribedStruct = requires {
    T::kType.fields;
};

/// A literal that can be a template argument.
template <std::size_t N>
struct Text {
    char characters[N]{};
    constexpr Text(const char (&text)[N]) { std::copy_n(text, N, characters); }
    [[nodiscard]] constexpr std::string_view view() const { return {characters, N - 1}; }
};

/// An alternative without fields.
template <Text kName>
struct Unit {
    static constexpr auto kType = structure(kName.view());
    static constexpr auto kScaleFields = std::tuple<>{};
    bool operator==(const Unit&) const = default;
};
/// An alternative with one unnamed field.
template <Text kName, class T>
struct Holding {
    T value{};
    static constexpr auto kType = structure(kName.view(), field("", &Holding::value));
    static constexpr auto kScaleFields = kType.members();
    bool operator==(const Holding&) const = default;
};

template <class T>
concept DescribedVariant = requires {
    T::kVariantPath;
};

/// Names of the enumerators 0, 1, 2 ...
template <std::size_t N>
struct EnumInfo {
    std::string_view path;
    std::array<std::string_view, N> names;
};
struct NotDescribed {};
template <class E>
inline constexpr NotDescribed kEnum{};
template <class E>
concept DescribedEnum =
    std::is_enum_v<E> && !std::same_as<std::remove_cvref_t<decltype(kEnum<E>)>, NotDescribed>;

template <DescribedEnum E>
void encode_scale(Bytes& out, E value) {
    out.push_back(static_cast<std::uint8_t>(value));
}
template <DescribedEnum E>
[[nodiscard]] Result<E> decode_scale(ByteCursor& in, scale::Type<E>) {
    BOOST_OUTCOME_TRY(const auto index, in.take_byte());
    if (index >= kEnum<E>.names.size()) {
        return DecodeError::kBadTag;
    }
    return static_cast<E>(index);
}

/// A sequence of at most `kMax` elements. Real chains only warn about a weak bound; here both hold.
template <class T, std::uint32_t kMax, bool kIsWeak = false>
struct BoundedVec {
    std::vector<T> items;
    bool operator==(const BoundedVec&) const = default;
};
template <class T, std::uint32_t kMax>
using WeakBoundedVec = BoundedVec<T, kMax, true>;
template <class T, std::uint32_t kMax, bool kIsWeak>
void encode_scale(Bytes& out, const BoundedVec<T, kMax, kIsWeak>& value) {
    scale::encode_scale(out, value.items);
}
template <class T, std::uint32_t kMax, bool kIsWeak>
[[nodiscard]] Result<BoundedVec<T, kMax, kIsWeak>> decode_scale(ByteCursor& in,
                                                                scale::Type<BoundedVec<T, kMax, kIsWeak>>) {
    BOOST_OUTCOME_TRY(auto items, scale::read<std::vector<T>>(in));
    if (items.size() > kMax) {
        return DecodeError::kLengthLimit;
    }
    return BoundedVec<T, kMax, kIsWeak>{std::move(items)};
}

}  // namespace redoubt::devchain
