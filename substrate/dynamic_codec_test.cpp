#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/memory_limit.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/value_size.hpp>

namespace redoubt::substrate {
namespace {

Type type_of(TypeDef def, std::vector<std::string_view> path = {}) {
    return {.path = std::move(path), .parameters = {}, .def = std::move(def)};
}

TypeRegistry registry_of(std::vector<Type> types) {
    auto made = TypeRegistry::make(std::move(types));
    EXPECT_OK(made);
    return std::move(made).value();
}

Result<Value> decode(const TypeRegistry& types, TypeId id, const Bytes& bytes) {
    return decode_value(types, id, ByteView{bytes});
}

void expect_round_trip(const TypeRegistry& types, TypeId id, const Bytes& bytes) {
    const auto value = decode(types, id, bytes);
    ASSERT_OK(value);
    Bytes encoded;
    ASSERT_OK(encode_value(types, id, value.value(), encoded));
    EXPECT_EQ(encoded, bytes);
    ByteCursor in{bytes};
    EXPECT_OK(skip_value(types, id, in));
    EXPECT_TRUE(in.empty());
}

TEST(DynamicCodec, keeps_integers_of_every_width_and_sign) {
    for (auto tag = static_cast<int>(Primitive::kU8); tag <= static_cast<int>(Primitive::kI256); ++tag) {
        const auto primitive = static_cast<Primitive>(tag);
        const auto types = registry_of({type_of(PrimitiveDef{primitive})});
        const std::size_t size = integer_bits(primitive) / 8;
        for (const int fill : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            expect_round_trip(types, 0, Bytes(size, static_cast<std::uint8_t>(fill)));
        }
        EXPECT_ERROR(decode(types, 0, Bytes(size - 1, 0)), DecodeError::kUnexpectedEnd);
        EXPECT_ERROR(decode(types, 0, Bytes(size + 1, 0)), DecodeError::kTrailingBytes);
    }
}

TEST(DynamicCodec, rejects_integers_that_do_not_fit) {
    const auto types =
        registry_of({type_of(PrimitiveDef{Primitive::kU8}), type_of(PrimitiveDef{Primitive::kI8})});
    Bytes out;
    EXPECT_ERROR(encode_value(types, 0, Value::integer(256), out), ValueError::kOutOfRange);
    EXPECT_ERROR(encode_value(types, 0, Value::integer_of(Integer::of_i64(-1)), out),
                 ValueError::kOutOfRange);
    EXPECT_ERROR(encode_value(types, 1, Value::integer(128), out), ValueError::kOutOfRange);
    EXPECT_OK(encode_value(types, 1, Value::integer_of(Integer::of_i64(-128)), out));
    EXPECT_EQ(out, Bytes{0x80});
}

TEST(DynamicCodec, reads_bits_in_every_store_and_order) {
    const std::pair<Primitive, std::size_t> stores[] = {
        {Primitive::kU8, 1}, {Primitive::kU16, 2}, {Primitive::kU32, 4}, {Primitive::kU64, 8}};
    for (const auto& [store, word_bytes] : stores) {
        for (const bool lsb_first : {true, false}) {
            const auto types =
                registry_of({type_of(PrimitiveDef{store}),
                             type_of(CompositeDef{}, {"bitvec", "order", lsb_first ? "Lsb0" : "Msb0"}),
                             type_of(BitSequenceDef{0, 1})});
            // Bit 0 and bit 9 of ten bits.
            Bytes bytes{10 << 2};
            const std::size_t words = (10 + word_bytes * 8 - 1) / (word_bytes * 8);
            bytes.resize(1 + words * word_bytes, 0);
            for (const std::size_t bit : {std::size_t{0}, std::size_t{9}}) {
                const auto word = bit / (word_bytes * 8);
                const auto in_word = bit % (word_bytes * 8);
                const auto shift = lsb_first ? in_word : word_bytes * 8 - 1 - in_word;
                auto& byte = bytes[1 + word * word_bytes + shift / 8];
                byte = static_cast<std::uint8_t>(byte | (1U << (shift % 8)));
            }
            const auto value = decode(types, 2, bytes);
            ASSERT_OK(value);
            std::vector<bool> expected(10, false);
            expected[0] = expected[9] = true;
            EXPECT_EQ(value.value().as_bits()->bits, expected);
            expect_round_trip(types, 2, bytes);
        }
    }
}

TEST(DynamicCodec, ignores_unused_bits_and_writes_them_as_zero) {
    const auto types = registry_of({type_of(PrimitiveDef{Primitive::kU8}), type_of(CompositeDef{}, {"Lsb0"}),
                                    type_of(BitSequenceDef{0, 1})});
    const auto value = decode(types, 2, {3 << 2, 0xff});
    ASSERT_OK(value);
    Bytes out;
    ASSERT_OK(encode_value(types, 2, value.value(), out));
    EXPECT_EQ(out, (Bytes{3 << 2, 0x07}));
}

TEST(DynamicCodec, rejects_bit_orders_it_does_not_know) {
    const auto types = registry_of({type_of(PrimitiveDef{Primitive::kU8}), type_of(CompositeDef{}, {"Other"}),
                                    type_of(BitSequenceDef{0, 1})});
    EXPECT_ERROR(decode(types, 2, {0}), ValueError::kUnencodableType);
}

TEST(DynamicCodec, reads_compacts_through_composites_of_one_field) {
    const auto types =
        registry_of({type_of(PrimitiveDef{Primitive::kU32}),
                     type_of(CompositeDef{{{.name = {}, .type = 0, .type_name = {}}}}, {"Perbill"}),
                     type_of(CompactDef{1}), type_of(TupleDef{}), type_of(CompactDef{3}),
                     type_of(TupleDef{{0, 0}}), type_of(CompactDef{5})});
    expect_round_trip(types, 2, {0x15, 0x01});
    EXPECT_EQ(decode(types, 2, {0x15, 0x01}).value().at(0)->as_u64(), 69U);
    expect_round_trip(types, 4, {});
    EXPECT_ERROR(decode(types, 6, {0}), ValueError::kUnencodableType);
    EXPECT_ERROR(decode(types, 2, {0x01, 0x00}), DecodeError::kNonCanonical);
}

TEST(DynamicCodec, caps_zero_sized_elements) {
    const auto types = registry_of({type_of(TupleDef{}), type_of(SequenceDef{0}),
                                    type_of(ArrayDef{.length = 0xffff'ffff, .element = 0}),
                                    type_of(ArrayDef{.length = 60'000, .element = 0}),
                                    type_of(ArrayDef{.length = 60'000, .element = 3})});
    EXPECT_OK(decode(types, 1, scale::encode(scale::Compact<std::uint32_t>{1'000})));
    EXPECT_ERROR(decode(types, 1, scale::encode(scale::Compact<std::uint32_t>{65'537})),
                 DecodeError::kLengthLimit);
    EXPECT_ERROR(decode(types, 2, {}), DecodeError::kLengthLimit);
    EXPECT_ERROR(decode(types, 4, {}), ValueError::kMemoryLimit);
    ByteCursor nothing{ByteView{}};
    EXPECT_OK(skip_value(types, 4, nothing));
}

TEST(DynamicCodec, never_allocates_from_a_count_alone) {
    const auto types = registry_of({type_of(PrimitiveDef{Primitive::kU32}), type_of(SequenceDef{0})});
    EXPECT_ERROR(decode(types, 1, {0x03, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}), DecodeError::kUnexpectedEnd);
}

TEST(DynamicCodec, bounds_the_memory_by_the_input) {
    // Bits of information that become whole values: refused when long, taken when short.
    const auto types = registry_of({type_of(PrimitiveDef{Primitive::kBool}), type_of(SequenceDef{0})});
    const auto bools = [](std::uint32_t count) {
        auto out = scale::encode(scale::Compact<std::uint32_t>{count});
        out.resize(out.size() + count, 1);
        return out;
    };
    const auto few = bools(4'000);
    const auto value = decode(types, 1, few);
    ASSERT_OK(value);
    EXPECT_LE(tests::owned_bytes(value.value()),
              MemoryLimit::kBytesPerInputByte * few.size() + MemoryLimit::kBytesAlways);
    EXPECT_ERROR(decode(types, 1, bools(100'000)), ValueError::kMemoryLimit);
}

TEST(DynamicCodec, ends_at_a_depth_of_256) {
    // A list of lists of lists ...: each level is a sequence of one element.
    const auto types = registry_of({type_of(SequenceDef{0})});
    Bytes deep(256, 0x04);
    deep.push_back(0x00);
    EXPECT_OK(decode(types, 0, deep));
    deep.insert(deep.begin(), 0x04);
    EXPECT_ERROR(decode(types, 0, deep), ValueError::kDepthLimit);
    ByteCursor in{deep};
    EXPECT_ERROR(skip_value(types, 0, in), ValueError::kDepthLimit);
    // A type that is its own only field has no values.
    const auto endless = registry_of({type_of(CompositeDef{{{.name = {}, .type = 0, .type_name = {}}}})});
    EXPECT_ERROR(decode(endless, 0, {}), ValueError::kDepthLimit);
}

TEST(DynamicCodec, takes_named_fields_in_any_order_and_refuses_others) {
    const auto types = registry_of({type_of(PrimitiveDef{Primitive::kU8}),
                                    type_of(CompositeDef{{{.name = "a", .type = 0, .type_name = {}},
                                                          {.name = "b", .type = 0, .type_name = {}}}})});
    const auto fields = [](std::vector<std::pair<std::string, std::uint64_t>> given) {
        Value::Fields out;
        for (const auto& [name, number] : given) {
            out.push_back({.name = name, .value = Value::integer(number)});
        }
        return Value::fields(std::move(out));
    };
    Bytes out;
    ASSERT_OK(encode_value(types, 1, fields({{"b", 2}, {"a", 1}}), out));
    EXPECT_EQ(out, (Bytes{1, 2}));
    EXPECT_ERROR(encode_value(types, 1, fields({{"a", 1}}), out), ValueError::kMissingField);
    EXPECT_ERROR(encode_value(types, 1, fields({{"a", 1}, {"b", 2}, {"c", 3}}), out),
                 ValueError::kUnknownField);
    EXPECT_ERROR(encode_value(types, 1, Value::boolean(true), out), ValueError::kKindMismatch);
    EXPECT_ERROR(encode_value(types, 1, Value::list({Value::integer(1)}), out), ValueError::kWrongLength);
}

TEST(DynamicCodec, rejects_unknown_variants_and_bad_scalars) {
    const auto types =
        registry_of({type_of(PrimitiveDef{Primitive::kU8}),
                     type_of(VariantDef{{{.name = "Five", .fields = {}, .index = 5}}}),
                     type_of(PrimitiveDef{Primitive::kBool}), type_of(PrimitiveDef{Primitive::kChar}),
                     type_of(PrimitiveDef{Primitive::kStr}), type_of(VariantDef{})});
    expect_round_trip(types, 1, {5});
    EXPECT_ERROR(decode(types, 1, {0}), ValueError::kUnknownVariant);
    EXPECT_ERROR(decode(types, 5, {0}), ValueError::kUnknownVariant);
    EXPECT_ERROR(decode(types, 2, {2}), DecodeError::kBadTag);
    EXPECT_ERROR(decode(types, 3, {0x00, 0xd8, 0, 0}), DecodeError::kOutOfRange);
    expect_round_trip(types, 3, {0xff, 0xff, 0x10, 0});
    EXPECT_ERROR(decode(types, 4, {0x04, 0xff}), DecodeError::kBadUtf8);
    EXPECT_ERROR(decode(types, 9, {}), ValueError::kUnknownType);
}

TEST(TypeRegistry, rejects_ids_that_do_not_exist_and_ambiguous_enums) {
    EXPECT_ERROR(TypeRegistry::make({type_of(SequenceDef{1})}), MetadataError::kUnknownType);
    EXPECT_ERROR(TypeRegistry::make({type_of(VariantDef{{{"A", {}, 1}, {"B", {}, 1}}})}),
                 MetadataError::kBadType);
    EXPECT_ERROR(TypeRegistry::make({type_of(VariantDef{{{"A", {}, 1}, {"A", {}, 2}}})}),
                 MetadataError::kBadType);
}

TEST(TypeRegistry, measures_long_chains_without_deep_recursion) {
    std::vector<Type> chain;
    constexpr TypeId kLength = 60'000;
    for (TypeId id = 0; id < kLength; ++id) {
        chain.push_back(type_of(CompositeDef{{{.name = {}, .type = id + 1, .type_name = {}}}}));
    }
    chain.push_back(type_of(PrimitiveDef{Primitive::kU8}));
    const auto types = registry_of(std::move(chain));
    EXPECT_EQ(types.plain_size(kLength), 1U);
    EXPECT_EQ(types.plain_size(kLength - 1), 1U);
    EXPECT_ERROR(decode(types, 0, {1}), ValueError::kDepthLimit);
}

}  // namespace
}  // namespace redoubt::substrate
