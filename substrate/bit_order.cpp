#include <primitives/scale.hpp>
#include <substrate/bit_order.hpp>

namespace redoubt::substrate {
namespace {

struct BitPlace {
    std::size_t byte = 0;
    unsigned shift = 0;
};

/// Words are little-endian, so that with Lsb0 the bits simply follow the bytes.
BitPlace place_of(const BitLayout& layout, std::size_t bit) noexcept {
    const std::size_t word_bits = layout.word_bytes * 8;
    const std::size_t word = bit / word_bits;
    const std::size_t in_word = layout.lsb_first ? bit % word_bits : word_bits - 1 - bit % word_bits;
    return {.byte = word * layout.word_bytes + in_word / 8, .shift = static_cast<unsigned>(in_word % 8)};
}

}  // namespace

Result<BitLayout> bit_layout(const TypeRegistry& types, const BitSequenceDef& def) {
    const auto* store = types.find_def<PrimitiveDef>(def.store);
    const auto* order = types.find(def.order);
    if (store == nullptr || order == nullptr || order->path.empty()) {
        return ValueError::kUnencodableType;
    }
    BitLayout out;
    switch (store->primitive) {
        case Primitive::kU8:
        case Primitive::kU16:
        case Primitive::kU32:
        case Primitive::kU64:
            out.word_bytes = integer_bits(store->primitive) / 8;
            break;
        default:
            return ValueError::kUnencodableType;
    }
    const auto name = order->path.back();
    if (name != "Lsb0" && name != "Msb0") {
        return ValueError::kUnencodableType;
    }
    out.lsb_first = name == "Lsb0";
    return out;
}

Result<std::uint32_t> read_bit_count(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
    if (count > kBitsMax) {
        return DecodeError::kLengthLimit;
    }
    return count;
}

std::uint64_t store_bytes(const BitLayout& layout, std::uint32_t bit_count) noexcept {
    const std::uint64_t word_bits = layout.word_bytes * 8;
    return (bit_count + word_bits - 1) / word_bits * layout.word_bytes;
}

BitSequence unpack_bits(const BitLayout& layout, std::uint32_t bit_count, ByteView store) {
    BitSequence out;
    out.bits.reserve(bit_count);
    for (std::size_t i = 0; i < bit_count; ++i) {
        const auto place = place_of(layout, i);
        out.bits.push_back(((store[place.byte] >> place.shift) & 1) != 0);
    }
    return out;
}

Result<void> append_bits(const BitLayout& layout, const BitSequence& value, Bytes& out) {
    if (value.bits.size() > kBitsMax) {
        return ValueError::kOutOfRange;
    }
    const auto bit_count = static_cast<std::uint32_t>(value.bits.size());
    scale::append_compact(out, bit_count);
    const auto start = out.size();
    out.resize(start + static_cast<std::size_t>(store_bytes(layout, bit_count)));
    for (std::size_t i = 0; i < bit_count; ++i) {
        if (value.bits[i]) {
            const auto place = place_of(layout, i);
            auto& byte = out[start + place.byte];
            byte = static_cast<std::uint8_t>(byte | (1U << place.shift));
        }
    }
    return success();
}

}  // namespace redoubt::substrate
