/// SCALE, Substrate's codec: compact integers, options, sequences, strings, and structs by field list.
///
/// Encoding appends to Bytes and cannot fail. Decoding reads a ByteCursor, refuses what is not canonical,
/// and never allocates from an announced count before the bytes are there.
///
/// A struct takes part by naming its fields once:
///
///     struct Request {
///         Hash256 shard;
///         Bytes cyphertext;
///         static constexpr auto kScaleFields = std::tuple{&Request::shard, &Request::cyphertext};
///     };
///
/// A std::variant is an enum whose index byte is the position of the alternative; enums with gaps write
/// their own encode_scale / decode_scale pair.
///
/// @source light-client.md, section 2
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/uint128.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace redoubt::scale {

/// A number that is written in compact form.
template <class Integer>
struct Compact {
    Integer value{};
    auto operator<=>(const Compact&) const = default;
};

/// Sequences of zero-sized elements have no bytes to check a count against; this bounds them.
inline constexpr std::size_t kZeroSizedElementsMax = 65'536;

/// Appends `value` in compact form, 0 <= value < 2^128.
void append_compact(Bytes& out, uint128 value);
/// Number of bytes append_compact would write.
[[nodiscard]] std::size_t compact_size(uint128 value);
/// Reads a canonical compact integer of at most `bits` (8, 16, 32, 64 or 128).
/// @errors kUnexpectedEnd, kNonCanonical, kOutOfRange
[[nodiscard]] Result<uint128> read_compact(ByteCursor& in, unsigned bits);
/// Reads a compact u32: what counts and lengths are. @errors as read_compact
[[nodiscard]] Result<std::uint32_t> read_compact_u32(ByteCursor& in);
/// Reads a compact length and that many bytes, as a view of the input.
/// @errors as read_compact; kLengthLimit above `bytes_max`
[[nodiscard]] Result<ByteView> read_bytes(ByteCursor& in, std::size_t bytes_max = SIZE_MAX);
/// Reads a String: compact byte count and valid UTF-8. @errors as read_bytes; kBadUtf8
[[nodiscard]] Result<std::string> read_string(ByteCursor& in, std::size_t bytes_max = SIZE_MAX);
/// True for well-formed UTF-8 (no overlong forms, surrogates or values above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// Encoding ------------------------------------------------------------------------------------------

template <class T>
concept FixedInteger = (std::unsigned_integral<T> || std::signed_integral<T> || std::same_as<T, uint128> ||
                        std::same_as<T, int128>)&&!std::same_as<T, bool> &&
                       !std::same_as<T, char>;

template <class T>
concept FieldList = requires {
    T::kScaleFields;
};

template <FixedInteger T>
void encode_scale(Bytes& out, T value) {
    using Unsigned = std::conditional_t<
        sizeof(T) == 16, uint128,
        std::conditional_t<
            sizeof(T) == 8, std::uint64_t,
            std::conditional_t<sizeof(T) == 4, std::uint32_t,
                               std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>>;
    auto rest = static_cast<Unsigned>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        out.push_back(static_cast<std::uint8_t>(rest & 0xff));
        if constexpr (sizeof(T) > 1) {
            rest = static_cast<Unsigned>(rest >> 8);
        }
    }
}

template <std::same_as<bool> T>
void encode_scale(Bytes& out, T value) {
    out.push_back(value ? 1 : 0);
}

template <std::size_t N, class Tag>
void encode_scale(Bytes& out, const FixedBytes<N, Tag>& value) {
    append(out, value.view());
}

template <class Integer>
void encode_scale(Bytes& out, Compact<Integer> value) {
    append_compact(out, static_cast<uint128>(value.value));
}

void encode_scale(Bytes& out, const std::string& value);
void encode_scale(Bytes& out, const Bytes& value);

template <class T>
void encode_scale(Bytes& out, const std::optional<T>& value);
template <class T>
requires(!std::same_as<T, std::uint8_t>) void encode_scale(Bytes& out, const std::vector<T>& values);
template <class T, std::size_t N>
void encode_scale(Bytes& out, const std::array<T, N>& values);
template <class Key, class Value>
void encode_scale(Bytes& out, const std::map<Key, Value>& values);
template <class... T>
void encode_scale(Bytes& out, const std::tuple<T...>& values);
template <class First, class Second>
void encode_scale(Bytes& out, const std::pair<First, Second>& values);
template <class... T>
void encode_scale(Bytes& out, const std::variant<T...>& value);
template <FieldList T>
void encode_scale(Bytes& out, const T& value);

template <class T>
void encode_scale(Bytes& out, const std::optional<T>& value) {
    out.push_back(value ? 1 : 0);
    if (value) {
        encode_scale(out, *value);
    }
}
template <class T>
requires(!std::same_as<T, std::uint8_t>) void encode_scale(Bytes& out, const std::vector<T>& values) {
    append_compact(out, values.size());
    for (const auto& value : values) {
        encode_scale(out, value);
    }
}
template <class T, std::size_t N>
void encode_scale(Bytes& out, const std::array<T, N>& values) {
    for (const auto& value : values) {
        encode_scale(out, value);
    }
}
template <class Key, class Value>
void encode_scale(Bytes& out, const std::map<Key, Value>& values) {
    append_compact(out, values.size());
    for (const auto& [key, value] : values) {
        encode_scale(out, key);
        encode_scale(out, value);
    }
}
template <class... T>
void encode_scale(Bytes& out, const std::tuple<T...>& values) {
    std::apply([&out](const auto&... value) { (encode_scale(out, value), ...); }, values);
}
template <class First, class Second>
void encode_scale(Bytes& out, const std::pair<First, Second>& values) {
    encode_scale(out, values.first);
    encode_scale(out, values.second);
}
template <class... T>
void encode_scale(Bytes& out, const std::variant<T...>& value) {
    static_assert(sizeof...(T) <= 256);
    out.push_back(static_cast<std::uint8_t>(value.index()));
    std::visit([&out](const auto& alternative) { encode_scale(out, alternative); }, value);
}
template <FieldList T>
void encode_scale(Bytes& out, const T& value) {
    std::apply([&](auto... field) { (encode_scale(out, value.*field), ...); }, T::kScaleFields);
}

/// The SCALE bytes of `value`.
template <class T>
[[nodiscard]] Bytes encode(const T& value) {
    Bytes out;
    encode_scale(out, value);
    return out;
}

/// The SCALE bytes of the values, one after the other.
template <class... T>
[[nodiscard]] Bytes encode_all(const T&... values) {
    Bytes out;
    (encode_scale(out, values), ...);
    return out;
}

// Decoding ------------------------------------------------------------------------------------------

/// Names the type wanted from decode_scale overloads.
template <class T>
struct Type {};

/// The fewest bytes a value of the type can take: what a count is checked against before reserving.
template <class T>
[[nodiscard]] constexpr std::size_t min_encoded_size() {
    if constexpr (FixedInteger<T>) {
        return sizeof(T);
    } else if constexpr (requires { T::kSize; }) {
        return T::kSize;
    } else if constexpr (FieldList<T>) {
        return std::apply(
            [](auto... field) {
                return (std::size_t{0} + ... +
                        min_encoded_size<std::remove_cvref_t<decltype(std::declval<T>().*field)>>());
            },
            T::kScaleFields);
    } else {
        return std::is_empty_v<T> ? 0 : 1;
    }
}

template <FixedInteger T>
[[nodiscard]] Result<T> decode_scale(ByteCursor& in, Type<T>) {
    if constexpr (std::is_signed_v<T> || std::same_as<T, int128>) {
        using Unsigned = std::conditional_t<
            sizeof(T) == 16, uint128,
            std::conditional_t<
                sizeof(T) == 8, std::uint64_t,
                std::conditional_t<sizeof(T) == 4, std::uint32_t,
                                   std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>>;
        BOOST_OUTCOME_TRY(const auto value, in.take_le<Unsigned>());
        return static_cast<T>(value);
    } else {
        return in.take_le<T>();
    }
}

template <std::same_as<bool> T>
[[nodiscard]] Result<T> decode_scale(ByteCursor& in, Type<T>) {
    BOOST_OUTCOME_TRY(const auto byte, in.take_byte());
    if (byte > 1) {
        return DecodeError::kBadTag;
    }
    return byte == 1;
}

template <std::size_t N, class Tag>
[[nodiscard]] Result<FixedBytes<N, Tag>> decode_scale(ByteCursor& in, Type<FixedBytes<N, Tag>>) {
    return in.take_fixed<FixedBytes<N, Tag>>();
}

template <class Integer>
[[nodiscard]] Result<Compact<Integer>> decode_scale(ByteCursor& in, Type<Compact<Integer>>) {
    BOOST_OUTCOME_TRY(const auto value, read_compact(in, sizeof(Integer) * 8));
    return Compact<Integer>{static_cast<Integer>(value)};
}

[[nodiscard]] Result<std::string> decode_scale(ByteCursor& in, Type<std::string>);
[[nodiscard]] Result<Bytes> decode_scale(ByteCursor& in, Type<Bytes>);

template <class T>
[[nodiscard]] Result<std::optional<T>> decode_scale(ByteCursor& in, Type<std::optional<T>>);
template <class T>
requires(!std::same_as<T, std::uint8_t>)
    [[nodiscard]] Result<std::vector<T>> decode_scale(ByteCursor& in, Type<std::vector<T>>);
template <class T, std::size_t N>
[[nodiscard]] Result<std::array<T, N>> decode_scale(ByteCursor& in, Type<std::array<T, N>>);
template <class Key, class Value>
[[nodiscard]] Result<std::map<Key, Value>> decode_scale(ByteCursor& in, Type<std::map<Key, Value>>);
template <class... T>
[[nodiscard]] Result<std::tuple<T...>> decode_scale(ByteCursor& in, Type<std::tuple<T...>>);
template <class First, class Second>
[[nodiscard]] Result<std::pair<First, Second>> decode_scale(ByteCursor& in, Type<std::pair<First, Second>>);
template <class... T>
[[nodiscard]] Result<std::variant<T...>> decode_scale(ByteCursor& in, Type<std::variant<T...>>);
template <FieldList T>
[[nodiscard]] Result<T> decode_scale(ByteCursor& in, Type<T>);

template <class T>
Result<std::optional<T>> decode_scale(ByteCursor& in, Type<std::optional<T>>) {
    BOOST_OUTCOME_TRY(const auto tag, in.take_byte());
    if (tag == 0) {
        return std::optional<T>{};
    }
    if (tag != 1) {
        return DecodeError::kBadTag;
    }
    BOOST_OUTCOME_TRY(auto value, decode_scale(in, Type<T>{}));
    return std::optional<T>{std::move(value)};
}

template <class T>
requires(!std::same_as<T, std::uint8_t>) Result<std::vector<T>> decode_scale(ByteCursor& in,
                                                                             Type<std::vector<T>>) {
    BOOST_OUTCOME_TRY(const auto count, read_compact_u32(in));
    constexpr auto kElementMin = min_encoded_size<T>();
    if constexpr (kElementMin == 0) {
        if (count > kZeroSizedElementsMax) {
            return DecodeError::kLengthLimit;
        }
    } else {
        if (count > in.remaining() / kElementMin) {
            return DecodeError::kUnexpectedEnd;
        }
    }
    std::vector<T> out;
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(auto value, decode_scale(in, Type<T>{}));
        out.push_back(std::move(value));
    }
    return out;
}

template <class T, std::size_t N>
Result<std::array<T, N>> decode_scale(ByteCursor& in, Type<std::array<T, N>>) {
    std::array<T, N> out{};
    for (auto& element : out) {
        BOOST_OUTCOME_TRY(element, decode_scale(in, Type<T>{}));
    }
    return out;
}

template <class Key, class Value>
Result<std::map<Key, Value>> decode_scale(ByteCursor& in, Type<std::map<Key, Value>>) {
    BOOST_OUTCOME_TRY(const auto count, read_compact_u32(in));
    std::map<Key, Value> out;
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(auto key, decode_scale(in, Type<Key>{}));
        BOOST_OUTCOME_TRY(auto value, decode_scale(in, Type<Value>{}));
        if (!out.empty() && !(out.rbegin()->first < key)) {
            return DecodeError::kBadOrder;
        }
        out.emplace_hint(out.end(), std::move(key), std::move(value));
    }
    return out;
}

namespace detail {

/// Reads one member; false and a set `failure` when it cannot be decoded.
template <class Member>
bool decode_member(ByteCursor& in, Member& member, std::error_code& failure) {
    auto value = decode_scale(in, Type<Member>{});
    if (!value) {
        failure = value.error();
        return false;
    }
    member = std::move(value).value();
    return true;
}

template <class Tuple>
Result<Tuple> decode_members(ByteCursor& in) {
    Tuple out{};
    std::error_code failure;
    const bool complete =
        std::apply([&](auto&... member) { return (decode_member(in, member, failure) && ...); }, out);
    if (!complete) {
        return failure;
    }
    return out;
}

template <class Variant, std::size_t I = 0>
Result<Variant> decode_alternative(ByteCursor& in, std::size_t index) {
    if constexpr (I < std::variant_size_v<Variant>) {
        if (index == I) {
            using Alternative = std::variant_alternative_t<I, Variant>;
            BOOST_OUTCOME_TRY(auto value, decode_scale(in, Type<Alternative>{}));
            return Variant{std::in_place_index<I>, std::move(value)};
        }
        return decode_alternative<Variant, I + 1>(in, index);
    } else {
        return DecodeError::kBadTag;
    }
}

}  // namespace detail

template <class... T>
Result<std::tuple<T...>> decode_scale(ByteCursor& in, Type<std::tuple<T...>>) {
    return detail::decode_members<std::tuple<T...>>(in);
}

template <class First, class Second>
Result<std::pair<First, Second>> decode_scale(ByteCursor& in, Type<std::pair<First, Second>>) {
    return detail::decode_members<std::pair<First, Second>>(in);
}

template <class... T>
Result<std::variant<T...>> decode_scale(ByteCursor& in, Type<std::variant<T...>>) {
    BOOST_OUTCOME_TRY(const auto index, in.take_byte());
    return detail::decode_alternative<std::variant<T...>>(in, index);
}

template <FieldList T>
Result<T> decode_scale(ByteCursor& in, Type<T>) {
    T out{};
    std::error_code failure;
    const bool complete =
        std::apply([&](auto... field) { return (detail::decode_member(in, out.*field, failure) && ...); },
                   T::kScaleFields);
    if (!complete) {
        return failure;
    }
    return out;
}

/// Reads one value from a stream of values.
template <class T>
[[nodiscard]] Result<T> read(ByteCursor& in) {
    return decode_scale(in, Type<T>{});
}

/// Decodes a complete value; more bytes after it are an error.
/// @errors those of DecodeError
template <class T>
[[nodiscard]] Result<T> decode(ByteView input) {
    ByteCursor in{input};
    BOOST_OUTCOME_TRY(auto value, decode_scale(in, Type<T>{}));
    BOOST_OUTCOME_TRY(in.expect_end());
    return value;
}

}  // namespace redoubt::scale
