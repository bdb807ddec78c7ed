#include <primitives/scale.hpp>
#include <substrate/bit_order.hpp>
#include <substrate/dynamic_codec.hpp>

namespace redoubt::substrate {
namespace {

void append_utf8(Bytes& out, std::string_view text) {
    scale::append_compact(out, text.size());
    append(out, bytes_of(text));
}

class ValueEncoder {
  public:
    ValueEncoder(const TypeRegistry& types, Bytes& out) noexcept : types_(types), out_(out) {}

    Result<void> encode(TypeId id, const Value& value, unsigned depth) {
        const auto* type = types_.find(id);
        if (type == nullptr) {
            return ValueError::kUnknownType;
        }
        if (depth > kValueDepthMax) {
            return ValueError::kDepthLimit;
        }
        return std::visit([&](const auto& def) { return encode_def(def, value, depth); }, type->def);
    }

  private:
    Result<void> encode_def(const CompositeDef& def, const Value& value, unsigned depth) {
        return encode_fields(def.fields, value, depth, [this](TypeId id, const Value& field, unsigned d) {
            return encode(id, field, d);
        });
    }

    Result<void> encode_def(const VariantDef& def, const Value& value, unsigned depth) {
        const auto* named = value.as_variant();
        if (named == nullptr) {
            return ValueError::kKindMismatch;
        }
        const auto* variant = def.by_name(named->name);
        if (variant == nullptr) {
            return ValueError::kUnknownVariant;
        }
        out_.push_back(variant->index);
        return encode_fields(
            variant->fields, named->fields, depth,
            [this](TypeId id, const Value& field, unsigned d) { return encode(id, field, d); });
    }

    Result<void> encode_def(const SequenceDef& def, const Value& value, unsigned depth) {
        if (is_u8(def.element)) {
            const auto* bytes = value.as_bytes();
            if (bytes == nullptr) {
                return ValueError::kKindMismatch;
            }
            scale::append_compact(out_, bytes->size());
            append(out_, *bytes);
            return success();
        }
        const auto* list = value.as_list();
        if (list == nullptr) {
            return ValueError::kKindMismatch;
        }
        scale::append_compact(out_, list->size());
        return encode_elements(def.element, *list, depth);
    }

    Result<void> encode_def(const ArrayDef& def, const Value& value, unsigned depth) {
        if (is_u8(def.element)) {
            const auto* bytes = value.as_bytes();
            if (bytes == nullptr) {
                return ValueError::kKindMismatch;
            }
            if (bytes->size() != def.length) {
                return ValueError::kWrongLength;
            }
            append(out_, *bytes);
            return success();
        }
        const auto* list = value.as_list();
        if (list == nullptr) {
            return ValueError::kKindMismatch;
        }
        if (list->size() != def.length) {
            return ValueError::kWrongLength;
        }
        return encode_elements(def.element, *list, depth);
    }

    Result<void> encode_def(const TupleDef& def, const Value& value, unsigned depth) {
        return encode_tuple(def.elements, value, depth, [this](TypeId id, const Value& element, unsigned d) {
            return encode(id, element, d);
        });
    }

    Result<void> encode_def(const PrimitiveDef& def, const Value& value, unsigned /*depth*/) {
        switch (def.primitive) {
            case Primitive::kBool: {
                const auto flag = value.as_boolean();
                if (!flag) {
                    return ValueError::kKindMismatch;
                }
                out_.push_back(*flag ? 1 : 0);
                return success();
            }
            case Primitive::kChar: {
                const auto character = value.as_character();
                if (!character) {
                    return ValueError::kKindMismatch;
                }
                scale::encode_scale(out_, static_cast<std::uint32_t>(*character));
                return success();
            }
            case Primitive::kStr: {
                const auto* text = value.as_text();
                if (text == nullptr) {
                    return ValueError::kKindMismatch;
                }
                append_utf8(out_, *text);
                return success();
            }
            default:
                return encode_integer(def.primitive, value);
        }
    }

    Result<void> encode_def(const CompactDef& def, const Value& value, unsigned depth) {
        return encode_compact(def.inner, value, depth + 1);
    }

    Result<void> encode_def(const BitSequenceDef& def, const Value& value, unsigned /*depth*/) {
        BOOST_OUTCOME_TRY(const auto layout, bit_layout(types_, def));
        const auto* bits = value.as_bits();
        if (bits == nullptr) {
            return ValueError::kKindMismatch;
        }
        return append_bits(layout, *bits, out_);
    }

    Result<void> encode_integer(Primitive primitive, const Value& value) {
        const auto integer = value.as_integer();
        if (!integer) {
            return ValueError::kKindMismatch;
        }
        const auto bits = integer_bits(primitive);
        if (!integer->fits(bits, is_signed(primitive))) {
            return ValueError::kOutOfRange;
        }
        append_integer(out_, *integer, bits);
        return success();
    }

    Result<void> encode_compact(TypeId id, const Value& value, unsigned depth) {
        const auto* type = types_.find(id);
        if (type == nullptr) {
            return ValueError::kUnknownType;
        }
        if (depth > kValueDepthMax) {
            return ValueError::kDepthLimit;
        }
        const auto encode_inner = [this](TypeId inner, const Value& element, unsigned d) {
            return encode_compact(inner, element, d);
        };
        if (const auto* primitive = std::get_if<PrimitiveDef>(&type->def)) {
            const auto bits = integer_bits(primitive->primitive);
            if (bits == 0 || is_signed(primitive->primitive)) {
                return ValueError::kUnencodableType;
            }
            const auto integer = value.as_integer();
            if (!integer) {
                return ValueError::kKindMismatch;
            }
            if (!integer->fits(bits, false)) {
                return ValueError::kOutOfRange;
            }
            append_compact_integer(out_, *integer);
            return success();
        }
        const auto* composite = std::get_if<CompositeDef>(&type->def);
        if (composite != nullptr && composite->fields.size() <= 1) {
            return encode_fields(composite->fields, value, depth, encode_inner);
        }
        const auto* tuple = std::get_if<TupleDef>(&type->def);
        if (tuple != nullptr && tuple->elements.size() <= 1) {
            return encode_tuple(tuple->elements, value, depth, encode_inner);
        }
        return ValueError::kUnencodableType;
    }

    template <class EncodeOne>
    Result<void> encode_fields(const std::vector<Field>& fields,
                               const Value& value,
                               unsigned depth,
                               EncodeOne encode_one) {
        if (const auto* list = value.as_list()) {
            if (list->size() != fields.size()) {
                return ValueError::kWrongLength;
            }
            for (std::size_t i = 0; i < fields.size(); ++i) {
                BOOST_OUTCOME_TRY(encode_one(fields[i].type, (*list)[i], depth + 1));
            }
            return success();
        }
        const auto* named = value.as_fields();
        if (named == nullptr || (!fields.empty() && !all_named(fields))) {
            return ValueError::kKindMismatch;
        }
        for (std::size_t i = 0; i < fields.size(); ++i) {
            // Usually the fields stand in the type's order already.
            const bool is_in_place = i < named->size() && (*named)[i].name == *fields[i].name;
            const auto* element = is_in_place ? &(*named)[i].value : value.find(*fields[i].name);
            if (element == nullptr) {
                return ValueError::kMissingField;
            }
            BOOST_OUTCOME_TRY(encode_one(fields[i].type, *element, depth + 1));
        }
        if (named->size() != fields.size()) {
            return ValueError::kUnknownField;
        }
        return success();
    }

    template <class EncodeOne>
    Result<void> encode_tuple(const std::vector<TypeId>& elements,
                              const Value& value,
                              unsigned depth,
                              EncodeOne encode_one) {
        const auto* list = value.as_list();
        if (list == nullptr) {
            return ValueError::kKindMismatch;
        }
        if (list->size() != elements.size()) {
            return ValueError::kWrongLength;
        }
        for (std::size_t i = 0; i < elements.size(); ++i) {
            BOOST_OUTCOME_TRY(encode_one(elements[i], (*list)[i], depth + 1));
        }
        return success();
    }

    Result<void> encode_elements(TypeId element, const Value::List& list, unsigned depth) {
        for (const auto& value : list) {
            BOOST_OUTCOME_TRY(encode(element, value, depth + 1));
        }
        return success();
    }

    [[nodiscard]] bool is_u8(TypeId id) const noexcept {
        const auto* primitive = types_.find_def<PrimitiveDef>(id);
        return primitive != nullptr && primitive->primitive == Primitive::kU8;
    }

    const TypeRegistry& types_;
    Bytes& out_;
};

}  // namespace

Result<void> encode_value(const TypeRegistry& types, TypeId type, const Value& value, Bytes& out) {
    return ValueEncoder{types, out}.encode(type, value, 0);
}

}  // namespace redoubt::substrate
