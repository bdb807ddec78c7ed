/// A dynamic value: what SCALE bytes say when they are read with a type of the metadata.
///
/// The model is neutral: a compact is like its inner type; a u8 sequence or array is `Bytes`; a composite
/// whose fields are all named is `Fields`, any other composite, tuple, sequence or array is a `List`.
/// A value owns everything it holds and stays valid without the metadata. Values take 16 bytes plus what
/// they point to, so that hostile bytes cannot make them large (see dynamic_codec.hpp).
///
/// @source light-client.md section 8.6, "value model"
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/uint128.hpp>
#include <string>
#include <string_view>
#include <substrate/integer.hpp>
#include <utility>
#include <variant>
#include <vector>

namespace redoubt::substrate {

/// An owned object behind one pointer, copied by value. Only Value uses it.
template <class T>
class Box {
  public:
    explicit Box(T value) : value_(std::make_unique<T>(std::move(value))) {}
    Box(const Box& other) : value_(std::make_unique<T>(*other.value_)) {}
    Box(Box&&) noexcept = default;
    Box& operator=(const Box& other) {
        value_ = std::make_unique<T>(*other.value_);
        return *this;
    }
    Box& operator=(Box&&) noexcept = default;
    ~Box() = default;

    [[nodiscard]] const T& operator*() const noexcept { return *value_; }
    [[nodiscard]] T& operator*() noexcept { return *value_; }
    bool operator==(const Box& other) const { return *value_ == *other.value_; }

  private:
    std::unique_ptr<T> value_;
};

class Value;

/// Bits in the order of their index.
struct BitSequence {
    std::vector<bool> bits;
    bool operator==(const BitSequence&) const = default;
};

/// A field of a composite.
struct NamedValue;
/// A variant by name with its fields, which are `Fields` when all are named and a `List` otherwise.
struct VariantValue;

class Value {
  public:
    using List = std::vector<Value>;
    using Fields = std::vector<NamedValue>;

    /// An empty list: what the unit type decodes to.
    Value();
    Value(const Value&);
    Value(Value&&) noexcept;
    Value& operator=(const Value&);
    Value& operator=(Value&&) noexcept;
    ~Value();

    [[nodiscard]] static Value boolean(bool value);
    [[nodiscard]] static Value integer(std::uint64_t value);
    [[nodiscard]] static Value integer_u128(uint128 value);
    [[nodiscard]] static Value integer_of(const Integer& value);
    /// A Unicode scalar value.
    [[nodiscard]] static Value character(char32_t value);
    [[nodiscard]] static Value text(std::string value);
    /// A sequence or array of u8.
    [[nodiscard]] static Value bytes(Bytes value);
    [[nodiscard]] static Value bytes(ByteView value) { return bytes(to_bytes(value)); }
    [[nodiscard]] static Value bits(BitSequence value);
    [[nodiscard]] static Value list(List value);
    [[nodiscard]] static Value fields(Fields value);
    [[nodiscard]] static Value variant(std::string name, Value fields);
    /// A variant without fields.
    [[nodiscard]] static Value variant(std::string name);

    // Each returns nothing when the value is of another kind.
    [[nodiscard]] std::optional<bool> as_boolean() const noexcept;
    [[nodiscard]] std::optional<Integer> as_integer() const noexcept;
    /// The integer, when it also fits.
    [[nodiscard]] std::optional<std::uint64_t> as_u64() const noexcept;
    [[nodiscard]] std::optional<uint128> as_u128() const noexcept;
    [[nodiscard]] std::optional<char32_t> as_character() const noexcept;
    [[nodiscard]] const std::string* as_text() const noexcept;
    [[nodiscard]] const Bytes* as_bytes() const noexcept;
    [[nodiscard]] const BitSequence* as_bits() const noexcept;
    [[nodiscard]] const List* as_list() const noexcept;
    [[nodiscard]] const Fields* as_fields() const noexcept;
    [[nodiscard]] const VariantValue* as_variant() const noexcept;

    /// The field of that name, of Fields or of a variant's fields; nullptr when there is none.
    [[nodiscard]] const Value* find(std::string_view name) const noexcept;
    /// The i-th element of a List, of Fields or of a variant's fields; nullptr when there is none.
    [[nodiscard]] const Value* at(std::size_t index) const noexcept;
    /// Number of elements that at() reaches.
    [[nodiscard]] std::size_t size() const noexcept;
    /// The name of a variant; empty for other kinds.
    [[nodiscard]] std::string_view variant_name() const noexcept;
    /// Moves the fields out of a variant; an empty list for other kinds.
    [[nodiscard]] Value take_variant_fields() &&;
    /// The bytes of `Bytes`, also through newtypes (a list of one, as AccountId32 and H256 are); else
    /// nullopt.
    [[nodiscard]] std::optional<ByteView> inner_bytes() const noexcept;

    bool operator==(const Value& other) const;

  private:
    using Content = std::variant<bool,
                                 std::uint64_t,
                                 char32_t,
                                 Box<Integer>,
                                 Box<std::string>,
                                 Box<Bytes>,
                                 Box<BitSequence>,
                                 Box<List>,
                                 Box<Fields>,
                                 Box<VariantValue>>;
    explicit Value(Content content);

    Content content_;
};

struct NamedValue {
    std::string name;
    Value value;
    bool operator==(const NamedValue&) const = default;
};

struct VariantValue {
    std::string name;
    Value fields;
    bool operator==(const VariantValue&) const = default;
};

}  // namespace redoubt::substrate
