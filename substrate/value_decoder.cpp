#include <primitives/scale.hpp>
#include <substrate/bit_order.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/memory_limit.hpp>

namespace redoubt::substrate {
namespace {

/// Longer names do not fit into a std::string itself.
constexpr std::size_t kShortNameBytes = 15;

class ValueDecoder {
  public:
    ValueDecoder(const TypeRegistry& types, ByteCursor& in) noexcept
        : types_(types), in_(in), memory_(in.remaining()) {}

    Result<Value> decode(TypeId id, unsigned depth) {
        const auto* type = types_.find(id);
        if (type == nullptr) {
            return ValueError::kUnknownType;
        }
        if (depth > kValueDepthMax) {
            return ValueError::kDepthLimit;
        }
        return std::visit([&](const auto& def) { return decode_def(def, depth); }, type->def);
    }

  private:
    Result<Value> decode_def(const CompositeDef& def, unsigned depth) {
        return decode_fields(def.fields, depth, [this](TypeId id, unsigned d) { return decode(id, d); });
    }

    Result<Value> decode_def(const VariantDef& def, unsigned depth) {
        BOOST_OUTCOME_TRY(const auto index, in_.take_byte());
        const auto* variant = def.by_index(index);
        if (variant == nullptr) {
            return ValueError::kUnknownVariant;
        }
        BOOST_OUTCOME_TRY(take_memory(1, sizeof(VariantValue)));
        BOOST_OUTCOME_TRY(take_name(variant->name));
        BOOST_OUTCOME_TRY(auto fields, decode_fields(variant->fields, depth, [this](TypeId id, unsigned d) {
                              return decode(id, d);
                          }));
        return Value::variant(std::string{variant->name}, std::move(fields));
    }

    Result<Value> decode_def(const SequenceDef& def, unsigned depth) {
        BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in_));
        return decode_elements(def.element, count, depth);
    }

    Result<Value> decode_def(const ArrayDef& def, unsigned depth) {
        return decode_elements(def.element, def.length, depth);
    }

    Result<Value> decode_def(const TupleDef& def, unsigned depth) {
        return decode_tuple(def.elements, depth, [this](TypeId id, unsigned d) { return decode(id, d); });
    }

    Result<Value> decode_def(const PrimitiveDef& def, unsigned /*depth*/) {
        switch (def.primitive) {
            case Primitive::kBool: {
                BOOST_OUTCOME_TRY(const auto value, scale::read<bool>(in_));
                return Value::boolean(value);
            }
            case Primitive::kChar: {
                BOOST_OUTCOME_TRY(const auto value, in_.take_le<std::uint32_t>());
                if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
                    return DecodeError::kOutOfRange;
                }
                return Value::character(static_cast<char32_t>(value));
            }
            case Primitive::kStr: {
                BOOST_OUTCOME_TRY(const auto bytes, scale::read_bytes(in_));
                if (!scale::is_utf8(text_of(bytes))) {
                    return DecodeError::kBadUtf8;
                }
                BOOST_OUTCOME_TRY(take_memory(1, sizeof(std::string) + bytes.size()));
                return Value::text(std::string{text_of(bytes)});
            }
            default:
                return decode_integer(def.primitive);
        }
    }

    Result<Value> decode_def(const CompactDef& def, unsigned depth) {
        return decode_compact(def.inner, depth + 1);
    }

    Result<Value> decode_def(const BitSequenceDef& def, unsigned /*depth*/) {
        BOOST_OUTCOME_TRY(const auto layout, bit_layout(types_, def));
        BOOST_OUTCOME_TRY(const auto bit_count, read_bit_count(in_));
        BOOST_OUTCOME_TRY(const auto store, in_.take(store_bytes(layout, bit_count)));
        BOOST_OUTCOME_TRY(take_memory(1, sizeof(BitSequence) + store.size()));
        return Value::bits(unpack_bits(layout, bit_count, store));
    }

    Result<Value> decode_integer(Primitive primitive) {
        const auto bytes_wide = integer_bits(primitive) / 8;
        BOOST_OUTCOME_TRY(const auto bytes, in_.take(bytes_wide));
        const auto value = Integer::of_le_bytes(bytes, is_signed(primitive));
        return make_integer(value);
    }

    Result<Value> make_integer(const Integer& value) {
        if (!value.to_u64()) {
            BOOST_OUTCOME_TRY(take_memory(1, sizeof(Integer)));
        }
        return Value::integer_of(value);
    }

    /// A compact is an unsigned integer, wrapped into as many one-field composites as its type is.
    Result<Value> decode_compact(TypeId id, unsigned depth) {
        const auto* type = types_.find(id);
        if (type == nullptr) {
            return ValueError::kUnknownType;
        }
        if (depth > kValueDepthMax) {
            return ValueError::kDepthLimit;
        }
        const auto decode_inner = [this](TypeId inner, unsigned d) { return decode_compact(inner, d); };
        if (const auto* primitive = std::get_if<PrimitiveDef>(&type->def)) {
            const auto bits = integer_bits(primitive->primitive);
            if (bits == 0 || is_signed(primitive->primitive)) {
                return ValueError::kUnencodableType;
            }
            BOOST_OUTCOME_TRY(const auto value, read_compact_integer(in_, bits));
            return make_integer(value);
        }
        if (const auto* composite = std::get_if<CompositeDef>(&type->def)) {
            if (composite->fields.size() <= 1) {
                return decode_fields(composite->fields, depth, decode_inner);
            }
        }
        if (const auto* tuple = std::get_if<TupleDef>(&type->def)) {
            if (tuple->elements.size() <= 1) {
                return decode_tuple(tuple->elements, depth, decode_inner);
            }
        }
        return ValueError::kUnencodableType;
    }

    template <class DecodeOne>
    Result<Value> decode_fields(const std::vector<Field>& fields, unsigned depth, DecodeOne decode_one) {
        if (!all_named(fields)) {
            Value::List out;
            BOOST_OUTCOME_TRY(reserve(out, fields.size()));
            for (const auto& field : fields) {
                BOOST_OUTCOME_TRY(auto value, decode_one(field.type, depth + 1));
                out.push_back(std::move(value));
            }
            return Value::list(std::move(out));
        }
        Value::Fields out;
        BOOST_OUTCOME_TRY(take_memory(fields.size(), sizeof(NamedValue)));
        BOOST_OUTCOME_TRY(take_memory(1, sizeof(Value::Fields)));
        out.reserve(fields.size());
        for (const auto& field : fields) {
            BOOST_OUTCOME_TRY(take_name(*field.name));
            BOOST_OUTCOME_TRY(auto value, decode_one(field.type, depth + 1));
            out.push_back({.name = std::string{*field.name}, .value = std::move(value)});
        }
        return Value::fields(std::move(out));
    }

    template <class DecodeOne>
    Result<Value> decode_tuple(const std::vector<TypeId>& elements, unsigned depth, DecodeOne decode_one) {
        Value::List out;
        BOOST_OUTCOME_TRY(reserve(out, elements.size()));
        for (const auto element : elements) {
            BOOST_OUTCOME_TRY(auto value, decode_one(element, depth + 1));
            out.push_back(std::move(value));
        }
        return Value::list(std::move(out));
    }

    Result<Value> decode_elements(TypeId element, std::uint32_t count, unsigned depth) {
        const auto* primitive = types_.find_def<PrimitiveDef>(element);
        if (primitive != nullptr && primitive->primitive == Primitive::kU8) {
            BOOST_OUTCOME_TRY(const auto bytes, in_.take(count));
            BOOST_OUTCOME_TRY(take_memory(1, sizeof(Bytes) + bytes.size()));
            return Value::bytes(bytes);
        }
        const auto bytes_min = types_.min_encoded_size(element);
        if (bytes_min == 0 && count > scale::kZeroSizedElementsMax) {
            return DecodeError::kLengthLimit;
        }
        if (bytes_min != 0 && count > in_.remaining() / bytes_min) {
            return DecodeError::kUnexpectedEnd;
        }
        Value::List out;
        BOOST_OUTCOME_TRY(reserve(out, count));
        for (std::uint32_t i = 0; i < count; ++i) {
            BOOST_OUTCOME_TRY(auto value, decode(element, depth + 1));
            out.push_back(std::move(value));
        }
        return Value::list(std::move(out));
    }

    Result<void> reserve(Value::List& list, std::size_t count) {
        BOOST_OUTCOME_TRY(take_memory(count, sizeof(Value)));
        BOOST_OUTCOME_TRY(take_memory(1, sizeof(Value::List)));
        list.reserve(count);
        return success();
    }

    Result<void> take_memory(std::uint64_t count, std::uint64_t bytes_each) {
        if (!memory_.take(count, bytes_each)) {
            return ValueError::kMemoryLimit;
        }
        return success();
    }

    Result<void> take_name(std::string_view name) {
        return take_memory(1, name.size() > kShortNameBytes ? name.size() + 1 : 0);
    }

    const TypeRegistry& types_;
    ByteCursor& in_;
    MemoryLimit memory_;
};

}  // namespace

Result<Value> decode_value(const TypeRegistry& types, TypeId type, ByteCursor& in) {
    return ValueDecoder{types, in}.decode(type, 0);
}

Result<Value> decode_value(const TypeRegistry& types, TypeId type, ByteView input) {
    ByteCursor in{input};
    BOOST_OUTCOME_TRY(auto value, decode_value(types, type, in));
    BOOST_OUTCOME_TRY(in.expect_end());
    return value;
}

}  // namespace redoubt::substrate
