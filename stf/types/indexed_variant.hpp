/// SCALE enums with gaps: alternatives that carry their own index byte.
///
/// A std::variant is enough where indices are 0, 1, 2, … (primitives/scale.hpp). Here each alternative names
/// its index as `static constexpr std::uint8_t kIndex`. Plain byte enums are handled here too.
#pragma once

#include <cstdint>
#include <primitives/scale.hpp>
#include <type_traits>
#include <variant>

namespace redoubt::stf {

/// One of the alternatives `T`, written as its kIndex and its fields.
template <class... T>
struct IndexedVariant {
    std::variant<T...> value;

    IndexedVariant() = default;
    template <class Alternative>
    requires(std::same_as<std::remove_cvref_t<Alternative>, T> || ...)
        IndexedVariant(Alternative&& alternative)  // NOLINT(google-explicit-constructor)
        : value(std::forward<Alternative>(alternative)) {}

    [[nodiscard]] std::uint8_t index() const {
        return std::visit([](const auto& alternative) { return alternative.kIndex; }, value);
    }
    bool operator==(const IndexedVariant&) const = default;
};

template <class... T>
void encode_scale(Bytes& out, const IndexedVariant<T...>& variant) {
    out.push_back(variant.index());
    std::visit([&out](const auto& alternative) { scale::encode_scale(out, alternative); }, variant.value);
}

namespace detail {

template <class Variant, class Alternative, class... Rest>
Result<Variant> decode_indexed(ByteCursor& in, std::uint8_t index) {
    if (index == Alternative::kIndex) {
        BOOST_OUTCOME_TRY(auto value, scale::read<Alternative>(in));
        return Variant{std::move(value)};
    }
    if constexpr (sizeof...(Rest) > 0) {
        return decode_indexed<Variant, Rest...>(in, index);
    } else {
        return DecodeError::kBadTag;
    }
}

}  // namespace detail

/// @errors kBadTag for an index that no alternative has; those of the alternative
template <class... T>
[[nodiscard]] Result<IndexedVariant<T...>> decode_scale(ByteCursor& in, scale::Type<IndexedVariant<T...>>) {
    BOOST_OUTCOME_TRY(const auto index, in.take_byte());
    return detail::decode_indexed<IndexedVariant<T...>, T...>(in, index);
}

/// An enum without fields that declares its known values through `bool is_known(Enum)`.
template <class Enum>
concept ByteEnum = std::is_enum_v<Enum> && std::same_as<std::underlying_type_t<Enum>, std::uint8_t> &&
    requires(Enum value) {
    { is_known(value) } -> std::same_as<bool>;
};

template <ByteEnum Enum>
void encode_scale(Bytes& out, Enum value) {
    out.push_back(static_cast<std::uint8_t>(value));
}

/// @errors kBadTag for a value that is_known refuses
template <ByteEnum Enum>
[[nodiscard]] Result<Enum> decode_scale(ByteCursor& in, scale::Type<Enum>) {
    BOOST_OUTCOME_TRY(const auto byte, in.take_byte());
    const auto value = static_cast<Enum>(byte);
    if (!is_known(value)) {
        return DecodeError::kBadTag;
    }
    return value;
}

}  // namespace redoubt::stf
