#include <substrate/value.hpp>

namespace redoubt::substrate {
namespace {

template <class T, class Content>
const T* boxed(const Content& content) noexcept {
    const auto* box = std::get_if<Box<T>>(&content);
    return box == nullptr ? nullptr : &**box;
}

}  // namespace

Value::Value() : content_(Box<List>{List{}}) {
}
Value::Value(Content content) : content_(std::move(content)) {
}
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

static_assert(sizeof(Value) == 16, "the memory limit of dynamic_codec.hpp counts on small values");

Value Value::boolean(bool value) {
    return Value{Content{value}};
}
Value Value::integer(std::uint64_t value) {
    return Value{Content{value}};
}
Value Value::integer_u128(uint128 value) {
    return integer_of(Integer::of_u128(value));
}
Value Value::integer_of(const Integer& value) {
    if (const auto small = value.to_u64()) {
        return integer(*small);
    }
    return Value{Content{Box<Integer>{value}}};
}
Value Value::character(char32_t value) {
    return Value{Content{value}};
}
Value Value::text(std::string value) {
    return Value{Content{Box<std::string>{std::move(value)}}};
}
Value Value::bytes(Bytes value) {
    return Value{Content{Box<Bytes>{std::move(value)}}};
}
Value Value::bits(BitSequence value) {
    return Value{Content{Box<BitSequence>{std::move(value)}}};
}
Value Value::list(List value) {
    return Value{Content{Box<List>{std::move(value)}}};
}
Value Value::fields(Fields value) {
    return Value{Content{Box<Fields>{std::move(value)}}};
}
Value Value::variant(std::string name, Value fields) {
    return Value{Content{Box<VariantValue>{VariantValue{std::move(name), std::move(fields)}}}};
}
Value Value::variant(std::string name) {
    return variant(std::move(name), Value{});
}

std::optional<bool> Value::as_boolean() const noexcept {
    const auto* value = std::get_if<bool>(&content_);
    return value == nullptr ? std::nullopt : std::optional{*value};
}
std::optional<Integer> Value::as_integer() const noexcept {
    if (const auto* small = std::get_if<std::uint64_t>(&content_)) {
        return Integer::of_u64(*small);
    }
    const auto* wide = boxed<Integer>(content_);
    return wide == nullptr ? std::nullopt : std::optional{*wide};
}
std::optional<std::uint64_t> Value::as_u64() const noexcept {
    const auto* small = std::get_if<std::uint64_t>(&content_);
    return small == nullptr ? std::nullopt : std::optional{*small};
}
std::optional<uint128> Value::as_u128() const noexcept {
    const auto value = as_integer();
    return value ? value->to_u128() : std::nullopt;
}
std::optional<char32_t> Value::as_character() const noexcept {
    const auto* value = std::get_if<char32_t>(&content_);
    return value == nullptr ? std::nullopt : std::optional{*value};
}
const std::string* Value::as_text() const noexcept {
    return boxed<std::string>(content_);
}
const Bytes* Value::as_bytes() const noexcept {
    return boxed<Bytes>(content_);
}
const BitSequence* Value::as_bits() const noexcept {
    return boxed<BitSequence>(content_);
}
const Value::List* Value::as_list() const noexcept {
    return boxed<List>(content_);
}
const Value::Fields* Value::as_fields() const noexcept {
    return boxed<Fields>(content_);
}
const VariantValue* Value::as_variant() const noexcept {
    return boxed<VariantValue>(content_);
}

const Value* Value::find(std::string_view name) const noexcept {
    if (const auto* variant = as_variant()) {
        return variant->fields.find(name);
    }
    if (const auto* fields = as_fields()) {
        for (const auto& field : *fields) {
            if (field.name == name) {
                return &field.value;
            }
        }
    }
    return nullptr;
}

const Value* Value::at(std::size_t index) const noexcept {
    if (const auto* variant = as_variant()) {
        return variant->fields.at(index);
    }
    if (const auto* fields = as_fields()) {
        return index < fields->size() ? &(*fields)[index].value : nullptr;
    }
    const auto* list = as_list();
    return list != nullptr && index < list->size() ? &(*list)[index] : nullptr;
}

std::size_t Value::size() const noexcept {
    if (const auto* variant = as_variant()) {
        return variant->fields.size();
    }
    if (const auto* fields = as_fields()) {
        return fields->size();
    }
    const auto* list = as_list();
    return list == nullptr ? 0 : list->size();
}

std::string_view Value::variant_name() const noexcept {
    const auto* variant = as_variant();
    return variant == nullptr ? std::string_view{} : std::string_view{variant->name};
}

Value Value::take_variant_fields() && {
    auto* variant = std::get_if<Box<VariantValue>>(&content_);
    return variant == nullptr ? Value{} : std::move((**variant).fields);
}

std::optional<ByteView> Value::inner_bytes() const noexcept {
    const auto* value = this;
    while (const auto* list = value->as_list()) {
        if (list->size() != 1) {
            return std::nullopt;
        }
        value = list->data();
    }
    const auto* bytes = value->as_bytes();
    return bytes == nullptr ? std::nullopt : std::optional<ByteView>{*bytes};
}

bool Value::operator==(const Value& other) const {
    return content_ == other.content_;
}

}  // namespace redoubt::substrate
