#include <primitives/scale.hpp>
#include <substrate/bit_order.hpp>
#include <substrate/dynamic_codec.hpp>

namespace redoubt::substrate {
namespace {

/// Steps that skipping may take: hostile types could otherwise nest arrays of nothing without end.
constexpr std::uint64_t kStepsPerInputByte = 256;
constexpr std::uint64_t kStepsAlways = 65'536;

class ValueSkipper {
  public:
    ValueSkipper(const TypeRegistry& types, ByteCursor& in) noexcept
        : types_(types), in_(in), steps_left_(kStepsPerInputByte * in.remaining() + kStepsAlways) {}

    Result<void> skip(TypeId id, unsigned depth) {
        const auto* type = types_.find(id);
        if (type == nullptr) {
            return ValueError::kUnknownType;
        }
        if (depth > kValueDepthMax) {
            return ValueError::kDepthLimit;
        }
        if (steps_left_ == 0) {
            return ValueError::kMemoryLimit;
        }
        --steps_left_;
        if (const auto size = types_.plain_size(id)) {
            BOOST_OUTCOME_TRY(in_.take(*size));
            return success();
        }
        return std::visit([&](const auto& def) { return skip_def(def, depth); }, type->def);
    }

  private:
    Result<void> skip_def(const CompositeDef& def, unsigned depth) { return skip_fields(def.fields, depth); }

    Result<void> skip_def(const VariantDef& def, unsigned depth) {
        BOOST_OUTCOME_TRY(const auto index, in_.take_byte());
        const auto* variant = def.by_index(index);
        if (variant == nullptr) {
            return ValueError::kUnknownVariant;
        }
        return skip_fields(variant->fields, depth);
    }

    Result<void> skip_def(const SequenceDef& def, unsigned depth) {
        BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in_));
        return skip_elements(def.element, count, depth);
    }

    Result<void> skip_def(const ArrayDef& def, unsigned depth) {
        return skip_elements(def.element, def.length, depth);
    }

    Result<void> skip_def(const TupleDef& def, unsigned depth) {
        for (const auto element : def.elements) {
            BOOST_OUTCOME_TRY(skip(element, depth + 1));
        }
        return success();
    }

    Result<void> skip_def(const PrimitiveDef& def, unsigned /*depth*/) {
        switch (def.primitive) {
            case Primitive::kBool: {
                BOOST_OUTCOME_TRY(scale::read<bool>(in_));
                return success();
            }
            case Primitive::kChar: {
                BOOST_OUTCOME_TRY(const auto value, in_.take_le<std::uint32_t>());
                if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
                    return DecodeError::kOutOfRange;
                }
                return success();
            }
            case Primitive::kStr: {
                BOOST_OUTCOME_TRY(const auto bytes, scale::read_bytes(in_));
                if (!scale::is_utf8(text_of(bytes))) {
                    return DecodeError::kBadUtf8;
                }
                return success();
            }
            default: {
                BOOST_OUTCOME_TRY(in_.take(integer_bits(def.primitive) / 8));
                return success();
            }
        }
    }

    Result<void> skip_def(const CompactDef& def, unsigned depth) {
        return skip_compact(def.inner, depth + 1);
    }

    Result<void> skip_def(const BitSequenceDef& def, unsigned /*depth*/) {
        BOOST_OUTCOME_TRY(const auto layout, bit_layout(types_, def));
        BOOST_OUTCOME_TRY(const auto bit_count, read_bit_count(in_));
        BOOST_OUTCOME_TRY(in_.take(store_bytes(layout, bit_count)));
        return success();
    }

    Result<void> skip_compact(TypeId id, unsigned depth) {
        while (depth <= kValueDepthMax) {
            const auto* type = types_.find(id);
            if (type == nullptr) {
                return ValueError::kUnknownType;
            }
            if (const auto* primitive = std::get_if<PrimitiveDef>(&type->def)) {
                const auto bits = integer_bits(primitive->primitive);
                if (bits == 0 || is_signed(primitive->primitive)) {
                    return ValueError::kUnencodableType;
                }
                BOOST_OUTCOME_TRY(read_compact_integer(in_, bits));
                return success();
            }
            const auto* composite = std::get_if<CompositeDef>(&type->def);
            const auto* tuple = std::get_if<TupleDef>(&type->def);
            if (composite != nullptr && composite->fields.size() == 1) {
                id = composite->fields.front().type;
            } else if (tuple != nullptr && tuple->elements.size() == 1) {
                id = tuple->elements.front();
            } else if ((composite != nullptr && composite->fields.empty()) ||
                       (tuple != nullptr && tuple->elements.empty())) {
                return success();
            } else {
                return ValueError::kUnencodableType;
            }
            ++depth;
        }
        return ValueError::kDepthLimit;
    }

    Result<void> skip_fields(const std::vector<Field>& fields, unsigned depth) {
        for (const auto& field : fields) {
            BOOST_OUTCOME_TRY(skip(field.type, depth + 1));
        }
        return success();
    }

    Result<void> skip_elements(TypeId element, std::uint32_t count, unsigned depth) {
        const auto bytes_min = types_.min_encoded_size(element);
        if (bytes_min == 0 && count > scale::kZeroSizedElementsMax) {
            return DecodeError::kLengthLimit;
        }
        if (bytes_min != 0 && count > in_.remaining() / bytes_min) {
            return DecodeError::kUnexpectedEnd;
        }
        if (types_.plain_size(element)) {
            BOOST_OUTCOME_TRY(in_.take(count * bytes_min));
            return success();
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            BOOST_OUTCOME_TRY(skip(element, depth + 1));
        }
        return success();
    }

    const TypeRegistry& types_;
    ByteCursor& in_;
    std::uint64_t steps_left_;
};

}  // namespace

Result<void> skip_value(const TypeRegistry& types, TypeId type, ByteCursor& in) {
    return ValueSkipper{types, in}.skip(type, 0);
}

}  // namespace redoubt::substrate
