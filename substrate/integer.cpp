#include <primitives/scale.hpp>
#include <substrate/integer.hpp>

namespace redoubt::substrate {
namespace {

/// Two's complement of a 256-bit number.
std::array<std::uint64_t, 4> negated(std::array<std::uint64_t, 4> limbs) noexcept {
    bool carry = true;
    for (auto& limb : limbs) {
        limb = ~limb + (carry ? 1U : 0U);
        carry = carry && limb == 0;
    }
    return limbs;
}

unsigned bit_length(const std::array<std::uint64_t, 4>& limbs) noexcept {
    for (unsigned i = 4; i > 0; --i) {
        if (limbs[i - 1] != 0) {
            return 64 * i - static_cast<unsigned>(__builtin_clzll(limbs[i - 1]));
        }
    }
    return 0;
}

bool is_power_of_two(const std::array<std::uint64_t, 4>& limbs) noexcept {
    unsigned ones = 0;
    for (const auto limb : limbs) {
        ones += static_cast<unsigned>(__builtin_popcountll(limb));
    }
    return ones == 1;
}

/// Divides in place and returns the remainder.
std::uint64_t divide(std::array<std::uint64_t, 4>& limbs, std::uint64_t divisor) noexcept {
    uint128 remainder = 0;
    for (std::size_t i = 4; i > 0; --i) {
        const uint128 part = (remainder << 64) | limbs[i - 1];
        limbs[i - 1] = static_cast<std::uint64_t>(part / divisor);
        remainder = part % divisor;
    }
    return static_cast<std::uint64_t>(remainder);
}

}  // namespace

Integer Integer::of_u64(std::uint64_t value) noexcept {
    return {.negative = false, .magnitude = {value, 0, 0, 0}};
}

Integer Integer::of_u128(uint128 value) noexcept {
    return {.negative = false,
            .magnitude = {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0}};
}

Integer Integer::of_i64(std::int64_t value) noexcept {
    const auto bits = static_cast<std::uint64_t>(value);
    return {.negative = value < 0, .magnitude = {value < 0 ? ~bits + 1 : bits, 0, 0, 0}};
}

Integer Integer::of_le_bytes(ByteView bytes, bool is_signed) noexcept {
    REDOUBT_ASSERT(bytes.size() <= 32);
    Integer out;
    out.negative = is_signed && !bytes.empty() && (bytes.back() & 0x80) != 0;
    for (std::size_t i = 0; i < 32; ++i) {
        const std::uint64_t byte = i < bytes.size() ? bytes[i] : (out.negative ? 0xff : 0x00);
        out.magnitude[i / 8] |= byte << (8 * (i % 8));
    }
    if (out.negative) {
        out.magnitude = negated(out.magnitude);
    }
    return out;
}

std::optional<std::uint64_t> Integer::to_u64() const noexcept {
    if (negative || bit_length(magnitude) > 64) {
        return std::nullopt;
    }
    return magnitude[0];
}

std::optional<uint128> Integer::to_u128() const noexcept {
    if (negative || bit_length(magnitude) > 128) {
        return std::nullopt;
    }
    return (static_cast<uint128>(magnitude[1]) << 64) | magnitude[0];
}

bool Integer::fits(unsigned bits, bool is_signed) const noexcept {
    const auto length = bit_length(magnitude);
    if (!is_signed) {
        return !negative && length <= bits;
    }
    return length < bits || (negative && length == bits && is_power_of_two(magnitude));
}

void append_integer(Bytes& out, const Integer& value, unsigned bits) {
    const auto limbs = value.negative ? negated(value.magnitude) : value.magnitude;
    for (std::size_t i = 0; i < bits / 8; ++i) {
        out.push_back(static_cast<std::uint8_t>(limbs[i / 8] >> (8 * (i % 8))));
    }
}

void append_compact_integer(Bytes& out, const Integer& value) {
    REDOUBT_ASSERT(!value.negative);
    const auto length = bit_length(value.magnitude);
    if (length <= 30) {
        scale::append_compact(out, value.magnitude[0]);
        return;
    }
    const auto byte_count = length <= 32 ? 4U : (length + 7) / 8;
    out.push_back(static_cast<std::uint8_t>(((byte_count - 4) << 2) | 3));
    append_integer(out, value, byte_count * 8);
}

Result<Integer> read_compact_integer(ByteCursor& in, unsigned bits) {
    const auto rest = in.rest();
    if (bits <= 128 || rest.empty() || (rest.front() & 3) != 3) {
        BOOST_OUTCOME_TRY(const auto small, scale::read_compact(in, bits < 128 ? bits : 128));
        return Integer::of_u128(small);
    }
    BOOST_OUTCOME_TRY(const auto first, in.take_byte());
    const unsigned byte_count = (first >> 2) + 4U;
    if (byte_count > bits / 8) {
        return DecodeError::kOutOfRange;
    }
    BOOST_OUTCOME_TRY(const auto bytes, in.take(byte_count));
    const auto value = Integer::of_le_bytes(bytes, false);
    if (byte_count == 4 ? bit_length(value.magnitude) <= 30 : bytes.back() == 0) {
        return DecodeError::kNonCanonical;
    }
    return value;
}

std::string to_decimal(const Integer& value) {
    constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000U;  // the largest power of ten in 64 bits
    constexpr std::size_t kChunkDigits = 19;
    auto limbs = value.magnitude;
    std::string reversed;
    while (bit_length(limbs) != 0) {
        auto chunk = divide(limbs, kChunk);
        const bool is_last = bit_length(limbs) == 0;
        for (std::size_t i = 0; is_last ? chunk != 0 : i < kChunkDigits; ++i) {
            reversed.push_back(static_cast<char>('0' + chunk % 10));
            chunk /= 10;
        }
    }
    if (reversed.empty()) {
        reversed.push_back('0');
    }
    if (value.negative) {
        reversed.push_back('-');
    }
    return {reversed.rbegin(), reversed.rend()};
}

std::optional<Integer> parse_integer(std::string_view text) {
    Integer out;
    out.negative = text.starts_with('-');
    if (out.negative) {
        text.remove_prefix(1);
    }
    if (text.empty() || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    for (const char digit : text) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        uint128 carry = static_cast<uint128>(digit - '0');
        for (auto& limb : out.magnitude) {
            const uint128 part = static_cast<uint128>(limb) * 10 + carry;
            limb = static_cast<std::uint64_t>(part);
            carry = part >> 64;
        }
        if (carry != 0) {
            return std::nullopt;
        }
    }
    if (out.negative && bit_length(out.magnitude) == 0) {
        return std::nullopt;
    }
    return out;
}

}  // namespace redoubt::substrate
