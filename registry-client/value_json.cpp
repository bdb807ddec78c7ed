#include <nlohmann/json.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/dynamic_codec.hpp>

namespace redoubt::registry_client {
namespace {

using nlohmann::json;
using substrate::Value;
using substrate::ValueError;

std::string utf8_of(char32_t character) {
    const auto code = static_cast<std::uint32_t>(character);
    std::string out;
    const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xc0 | (code >> 6));
        push(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        push(0xe0 | (code >> 12));
        push(0x80 | ((code >> 6) & 0x3f));
        push(0x80 | (code & 0x3f));
    } else {
        push(0xf0 | (code >> 18));
        push(0x80 | ((code >> 12) & 0x3f));
        push(0x80 | ((code >> 6) & 0x3f));
        push(0x80 | (code & 0x3f));
    }
    return out;
}

/// The one character of a text; nullopt for other texts.
std::optional<char32_t> character_of(const std::string& text) {
    if (text.empty() || !scale::is_utf8(text)) {
        return std::nullopt;
    }
    const auto first = static_cast<std::uint8_t>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.size() != length) {
        return std::nullopt;
    }
    constexpr std::uint32_t kFirstMasks[] = {0x7f, 0x1f, 0x0f, 0x07};
    std::uint32_t code = first & kFirstMasks[length - 1];
    for (std::size_t i = 1; i < length; ++i) {
        code = (code << 6) | (static_cast<std::uint8_t>(text[i]) & 0x3fU);
    }
    return static_cast<char32_t>(code);
}

/// Reads JSON with the type beside it.
class JsonReader {
  public:
    explicit JsonReader(const substrate::TypeRegistry& types) noexcept : types_(types) {}

    Result<Value> read(substrate::TypeId id, const json& input, unsigned depth) const {
        const auto* type = types_.find(id);
        if (type == nullptr) {
            return ValueError::kUnknownType;
        }
        if (depth > substrate::kValueDepthMax) {
            return ValueError::kDepthLimit;
        }
        const auto* variants = std::get_if<substrate::VariantDef>(&type->def);
        const bool is_option = variants != nullptr && !type->path.empty() && type->path.back() == "Option";
        if (is_option && !names_variant(input, "None") && !names_variant(input, "Some")) {
            return read_option(*variants, input, depth);
        }
        return std::visit([&](const auto& def) { return read_def(def, input, depth); }, type->def);
    }

  private:
    static bool names_variant(const json& input, std::string_view name) {
        return input.is_object() && input.contains("variant") && input["variant"].is_string() &&
               input["variant"].get_ref<const std::string&>() == name;
    }

    Result<Value> read_option(const substrate::VariantDef& def, const json& input, unsigned depth) const {
        if (input.is_null()) {
            return Value::variant("None");
        }
        const auto* some = def.by_name("Some");
        if (some == nullptr || some->fields.size() != 1) {
            return ValueError::kKindMismatch;
        }
        BOOST_OUTCOME_TRY(auto inner, read(some->fields.front().type, input, depth + 1));
        Value::List fields;
        fields.push_back(std::move(inner));
        return Value::variant("Some", Value::list(std::move(fields)));
    }

    Result<Value> read_def(const substrate::CompositeDef& def, const json& input, unsigned depth) const {
        return read_fields(def.fields, input, depth);
    }

    Result<Value> read_def(const substrate::VariantDef& def, const json& input, unsigned depth) const {
        std::string name;
        const json* fields = nullptr;
        if (input.is_string()) {
            name = input.get<std::string>();
        } else if (input.is_object() && input.contains("variant") && input["variant"].is_string()) {
            name = input["variant"].get<std::string>();
            fields = input.contains("fields") ? &input["fields"] : nullptr;
        } else if (input.is_object() && input.size() == 1) {
            name = input.begin().key();
            fields = &input.begin().value();
        } else {
            return ValueError::kKindMismatch;
        }
        const auto* variant = def.by_name(name);
        if (variant == nullptr) {
            return ValueError::kUnknownVariant;
        }
        if (variant->fields.empty()) {
            return Value::variant(std::move(name));
        }
        if (fields == nullptr) {
            return ValueError::kMissingField;
        }
        BOOST_OUTCOME_TRY(auto value, read_fields(variant->fields, *fields, depth));
        return Value::variant(std::move(name), std::move(value));
    }

    Result<Value> read_fields(const std::vector<substrate::Field>& fields,
                              const json& input,
                              unsigned depth) const {
        if (substrate::all_named(fields) && input.is_object()) {
            Value::Fields out;
            for (const auto& field : fields) {
                const auto found = input.find(std::string{*field.name});
                if (found == input.end()) {
                    return ValueError::kMissingField;
                }
                BOOST_OUTCOME_TRY(auto value, read(field.type, *found, depth + 1));
                out.push_back({.name = std::string{*field.name}, .value = std::move(value)});
            }
            if (input.size() != fields.size()) {
                return ValueError::kUnknownField;
            }
            return Value::fields(std::move(out));
        }
        if (input.is_array() && input.size() == fields.size()) {
            Value::List out;
            for (std::size_t i = 0; i < fields.size(); ++i) {
                BOOST_OUTCOME_TRY(auto value, read(fields[i].type, input[i], depth + 1));
                out.push_back(std::move(value));
            }
            return Value::list(std::move(out));
        }
        if (fields.empty() && (input.is_object() || input.is_null()) && input.empty()) {
            return Value{};
        }
        if (fields.size() == 1) {
            BOOST_OUTCOME_TRY(auto value, read(fields.front().type, input, depth + 1));
            Value::List out;
            out.push_back(std::move(value));
            return Value::list(std::move(out));
        }
        return input.is_array() ? ValueError::kWrongLength : ValueError::kKindMismatch;
    }

    Result<Value> read_def(const substrate::SequenceDef& def, const json& input, unsigned depth) const {
        return read_elements(def.element, input, depth);
    }

    Result<Value> read_def(const substrate::ArrayDef& def, const json& input, unsigned depth) const {
        return read_elements(def.element, input, depth);
    }

    Result<Value> read_elements(substrate::TypeId element, const json& input, unsigned depth) const {
        const auto* primitive = types_.find_def<substrate::PrimitiveDef>(element);
        if (primitive != nullptr && primitive->primitive == substrate::Primitive::kU8) {
            if (!input.is_string()) {
                return ValueError::kKindMismatch;
            }
            const auto& text = input.get_ref<const std::string&>();
            if (!text.starts_with("0x")) {
                return Value::bytes(bytes_of(text));
            }
            BOOST_OUTCOME_TRY(auto bytes, parse_hex(text));
            return Value::bytes(std::move(bytes));
        }
        if (!input.is_array()) {
            return ValueError::kKindMismatch;
        }
        Value::List out;
        for (const auto& item : input) {
            BOOST_OUTCOME_TRY(auto value, read(element, item, depth + 1));
            out.push_back(std::move(value));
        }
        return Value::list(std::move(out));
    }

    Result<Value> read_def(const substrate::TupleDef& def, const json& input, unsigned depth) const {
        if (!input.is_array()) {
            return ValueError::kKindMismatch;
        }
        if (input.size() != def.elements.size()) {
            return ValueError::kWrongLength;
        }
        Value::List out;
        for (std::size_t i = 0; i < def.elements.size(); ++i) {
            BOOST_OUTCOME_TRY(auto value, read(def.elements[i], input[i], depth + 1));
            out.push_back(std::move(value));
        }
        return Value::list(std::move(out));
    }

    Result<Value> read_def(const substrate::PrimitiveDef& def, const json& input, unsigned /*depth*/) const {
        switch (def.primitive) {
            case substrate::Primitive::kBool:
                if (!input.is_boolean()) {
                    return ValueError::kKindMismatch;
                }
                return Value::boolean(input.get<bool>());
            case substrate::Primitive::kChar: {
                const auto character =
                    input.is_string() ? character_of(input.get<std::string>()) : std::nullopt;
                if (!character) {
                    return ValueError::kKindMismatch;
                }
                return Value::character(*character);
            }
            case substrate::Primitive::kStr:
                if (!input.is_string()) {
                    return ValueError::kKindMismatch;
                }
                return Value::text(input.get<std::string>());
            default:
                return read_integer(input);
        }
    }

    static Result<Value> read_integer(const json& input) {
        if (input.is_number_unsigned()) {
            return Value::integer(input.get<std::uint64_t>());
        }
        if (input.is_number_integer()) {
            return Value::integer_of(substrate::Integer::of_i64(input.get<std::int64_t>()));
        }
        if (!input.is_string()) {
            return ValueError::kKindMismatch;
        }
        const auto value = substrate::parse_integer(input.get_ref<const std::string&>());
        if (!value) {
            return ValueError::kKindMismatch;
        }
        return Value::integer_of(*value);
    }

    Result<Value> read_def(const substrate::CompactDef& def, const json& input, unsigned depth) const {
        return read(def.inner, input, depth + 1);
    }

    Result<Value> read_def(const substrate::BitSequenceDef& /*def*/,
                           const json& input,
                           unsigned /*depth*/) const {
        if (!input.is_object() || !input.contains("bits") || !input["bits"].is_string()) {
            return ValueError::kKindMismatch;
        }
        substrate::BitSequence out;
        for (const char bit : input["bits"].get_ref<const std::string&>()) {
            if (bit != '0' && bit != '1') {
                return ValueError::kKindMismatch;
            }
            out.bits.push_back(bit == '1');
        }
        return Value::bits(std::move(out));
    }

    const substrate::TypeRegistry& types_;
};

}  // namespace

json to_json(const Value& value) {
    if (const auto flag = value.as_boolean()) {
        return *flag;
    }
    if (const auto integer = value.as_integer()) {
        return substrate::to_decimal(*integer);
    }
    if (const auto character = value.as_character()) {
        return utf8_of(*character);
    }
    if (const auto* text = value.as_text()) {
        return *text;
    }
    if (const auto* bytes = value.as_bytes()) {
        return to_hex_0x(*bytes);
    }
    if (const auto* bits = value.as_bits()) {
        std::string text;
        for (const bool bit : bits->bits) {
            text.push_back(bit ? '1' : '0');
        }
        json out = json::object();
        out["bits"] = std::move(text);
        return out;
    }
    if (const auto* fields = value.as_fields()) {
        json out = json::object();
        for (const auto& field : *fields) {
            out[field.name] = to_json(field.value);
        }
        return out;
    }
    if (const auto* variant = value.as_variant()) {
        json out = json::object();
        out["variant"] = variant->name;
        out["fields"] = to_json(variant->fields);
        return out;
    }
    json out = json::array();
    if (const auto* list = value.as_list()) {
        for (const auto& element : *list) {
            out.push_back(to_json(element));
        }
    }
    return out;
}

Result<Value> value_from_json(const substrate::TypeRegistry& types,
                              substrate::TypeId type,
                              const json& input) {
    return JsonReader{types}.read(type, input, 0);
}

}  // namespace redoubt::registry_client
