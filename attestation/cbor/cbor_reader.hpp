/// A strict reader of CBOR. The whole of an input is checked before any of it is read: definite lengths,
/// shortest heads, UTF-8 texts, no key twice in a map, bounded depth, count and strings. What passes has one
/// encoding only, but for the order of keys. Values are views of the input.
///
/// Not taken: floating point, `undefined` and other simple values, keys of maps that are neither numbers nor
/// strings, and indefinite lengths, but for those of maps where a format is known to have them.
///
/// @source RFC 8949 (sections 3, 4.2.1, 5.3, 5.6), attestation.md sections 1.2 and 19
#pragma once

#include <attestation/limits.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace redoubt::attestation::cbor {

enum class Kind : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kBoolean, kNull };

/// Which lengths may stand in an input. Newer Nitro documents have a map that ends with a break.
enum class Lengths : std::uint8_t { kDefinite, kDefiniteButOfMaps };

/// One head, and for a string its content.
struct Item {
    Kind kind = Kind::kNull;
    /// The number n of `n` and `-1 - n`, the length of a string, the count of an array or map, the tag, or 1
    /// for `true`.
    std::uint64_t number = 0;
    ByteView content{};
};

/// Checks the first item of `input`, with all that it holds.
/// @return how many bytes it takes
/// @errors kMalformed, kLimitExceeded
[[nodiscard]] Result<std::size_t> measure(ByteView input, Lengths lengths = Lengths::kDefinite);

/// Reads the items of a checked input one after the other, each container before its content. All errors of
/// its functions are kMalformed: the next item is of another kind or out of range.
class Reader {
  public:
    /// @param input exactly one item
    /// @errors kMalformed, kLimitExceeded
    [[nodiscard]] static Result<Reader> open(ByteView input, Lengths lengths = Lengths::kDefinite);

    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
    /// The kind of the next item. @return nullopt at the end
    [[nodiscard]] std::optional<Kind> peek() const;
    [[nodiscard]] Result<Item> next();

    [[nodiscard]] Result<std::uint64_t> take_unsigned(
        std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
    /// A number of either sign.
    [[nodiscard]] Result<std::int64_t> take_integer();
    /// A byte string of `min` to `max` bytes.
    [[nodiscard]] Result<ByteView> take_bytes(std::size_t min, std::size_t max);
    [[nodiscard]] Result<std::string_view> take_text(std::size_t max = kCborStringBytesMax);
    /// Reads a `null` when it is next. @return whether it was
    [[nodiscard]] bool take_null();
    [[nodiscard]] Result<std::uint64_t> take_tag();
    /// Enters an array. @return how many items it has; they are read next
    [[nodiscard]] Result<std::size_t> enter_array();
    /// Enters a map. @return how many entries it has; their keys and values are read next, in turns
    [[nodiscard]] Result<std::size_t> enter_map();
    /// Passes over the next item with all that it holds.
    [[nodiscard]] Result<void> skip();

  private:
    explicit Reader(ByteView checked) noexcept : rest_(checked) {}
    [[nodiscard]] Result<Item> expect(Kind kind);
    /// Goes on behind `size` bytes, and behind the maps that end there.
    void advance(std::size_t size);

    ByteView rest_;
};

}  // namespace redoubt::attestation::cbor
