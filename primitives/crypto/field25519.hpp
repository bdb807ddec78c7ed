/// The field of 2^255 - 19 in five limbs of 51 bits, for edwards25519.cpp and public data only.
///
/// Bounds: a *tight* element has limbs below 2^51 + 2^14 and comes from mul, square and from_bytes. add and
/// sub do not carry; their results have limbs below 2^54 as long as the subtrahend's limbs stay below
/// 2^53 - 76 (a tight element, or a sum or difference with one tight operand of each kind). mul and square
/// take limbs below 2^54.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/uint128.hpp>

namespace redoubt::crypto::detail {

struct Field {
    std::array<std::uint64_t, 5> limb{};

    static constexpr std::uint64_t kMask = (std::uint64_t{1} << 51) - 1;
};

inline constexpr Field kZero{{0, 0, 0, 0, 0}};
inline constexpr Field kOne{{1, 0, 0, 0, 0}};

[[nodiscard]] inline Field add(const Field& a, const Field& b) {
    Field out;
    for (std::size_t i = 0; i < 5; ++i) {
        out.limb[i] = a.limb[i] + b.limb[i];
    }
    return out;
}

/// a + 4p - b, limb by limb.
[[nodiscard]] inline Field sub(const Field& a, const Field& b) {
    constexpr std::uint64_t kFourP0 = 4 * (Field::kMask - 18);
    constexpr std::uint64_t kFourP = 4 * Field::kMask;
    return {{a.limb[0] + kFourP0 - b.limb[0], a.limb[1] + kFourP - b.limb[1], a.limb[2] + kFourP - b.limb[2],
             a.limb[3] + kFourP - b.limb[3], a.limb[4] + kFourP - b.limb[4]}};
}

/// Brings five wide columns back to a tight element.
[[nodiscard]] inline Field carry_columns(uint128 c0, uint128 c1, uint128 c2, uint128 c3, uint128 c4) {
    const auto low = [](uint128 column) { return static_cast<std::uint64_t>(column) & Field::kMask; };
    const auto high = [](uint128 column) { return static_cast<std::uint64_t>(column >> 51); };
    Field out;
    c1 += high(c0);
    c2 += high(c1);
    c3 += high(c2);
    c4 += high(c3);
    out.limb[0] = low(c0);
    out.limb[1] = low(c1);
    out.limb[2] = low(c2);
    out.limb[3] = low(c3);
    out.limb[4] = low(c4);
    const uint128 wrapped = static_cast<uint128>(high(c4)) * 19 + out.limb[0];
    out.limb[0] = low(wrapped);
    out.limb[1] += high(wrapped);
    return out;
}

[[nodiscard]] inline Field mul(const Field& x, const Field& y) {
    const auto wide = [](std::uint64_t a, std::uint64_t b) { return static_cast<uint128>(a) * b; };
    const std::uint64_t a0 = x.limb[0], a1 = x.limb[1], a2 = x.limb[2], a3 = x.limb[3], a4 = x.limb[4];
    const std::uint64_t b0 = y.limb[0], b1 = y.limb[1], b2 = y.limb[2], b3 = y.limb[3], b4 = y.limb[4];
    const std::uint64_t b1_19 = b1 * 19, b2_19 = b2 * 19, b3_19 = b3 * 19, b4_19 = b4 * 19;
    return carry_columns(wide(a0, b0) + wide(a1, b4_19) + wide(a2, b3_19) + wide(a3, b2_19) + wide(a4, b1_19),
                         wide(a0, b1) + wide(a1, b0) + wide(a2, b4_19) + wide(a3, b3_19) + wide(a4, b2_19),
                         wide(a0, b2) + wide(a1, b1) + wide(a2, b0) + wide(a3, b4_19) + wide(a4, b3_19),
                         wide(a0, b3) + wide(a1, b2) + wide(a2, b1) + wide(a3, b0) + wide(a4, b4_19),
                         wide(a0, b4) + wide(a1, b3) + wide(a2, b2) + wide(a3, b1) + wide(a4, b0));
}

[[nodiscard]] inline Field square(const Field& x) {
    const auto wide = [](std::uint64_t a, std::uint64_t b) { return static_cast<uint128>(a) * b; };
    const std::uint64_t a0 = x.limb[0], a1 = x.limb[1], a2 = x.limb[2], a3 = x.limb[3], a4 = x.limb[4];
    const std::uint64_t a0_2 = a0 * 2, a1_2 = a1 * 2, a3_19 = a3 * 19, a4_19 = a4 * 19;
    return carry_columns(wide(a0, a0) + wide(a1_2, a4_19) + wide(a2 * 2, a3_19),
                         wide(a0_2, a1) + wide(a2 * 2, a4_19) + wide(a3, a3_19),
                         wide(a0_2, a2) + wide(a1, a1) + wide(a3 * 2, a4_19),
                         wide(a0_2, a3) + wide(a1_2, a2) + wide(a4, a4_19),
                         wide(a0_2, a4) + wide(a1_2, a3) + wide(a2, a2));
}

/// Squares `times` times.
[[nodiscard]] inline Field square_times(Field x, unsigned times) {
    for (unsigned i = 0; i < times; ++i) {
        x = square(x);
    }
    return x;
}

[[nodiscard]] inline Field negate(const Field& tight) {
    return sub(kZero, tight);
}

/// The 255 low bits, little-endian; values from p on are reduced.
[[nodiscard]] Field from_bytes(std::span<const std::uint8_t, 32> bytes);
/// The canonical encoding.
[[nodiscard]] std::array<std::uint8_t, 32> to_bytes(const Field& x);

[[nodiscard]] inline bool is_equal(const Field& a, const Field& b) {
    return to_bytes(a) == to_bytes(b);
}
[[nodiscard]] inline bool is_zero(const Field& a) {
    return is_equal(a, kZero);
}
/// Odd canonical encodings count as negative. @source RFC 9496, section 3.1
[[nodiscard]] inline bool is_negative(const Field& a) {
    return (to_bytes(a)[0] & 1) != 0;
}
[[nodiscard]] inline Field absolute(const Field& tight) {
    return is_negative(tight) ? negate(tight) : tight;
}

/// x^((p - 5) / 8).
[[nodiscard]] Field power_p58(const Field& x);
/// 1 / x; zero for zero.
[[nodiscard]] Field invert(const Field& x);

struct SquareRoot {
    bool was_square = false;
    /// The non-negative root of u/v, or of i * u/v when u/v is no square.
    Field root;
};
/// @source RFC 9496, section 4.2 (SQRT_RATIO_M1)
[[nodiscard]] SquareRoot square_root_ratio(const Field& u, const Field& v);
/// The two halves of square_root_ratio, for those who raise many elements to the power together: what to take
/// power_p58 of, and the root made from the outcome.
[[nodiscard]] Field square_root_radicand(const Field& u, const Field& v);
[[nodiscard]] SquareRoot square_root_from(const Field& u, const Field& v, const Field& power);

/// A square root of -1.
inline constexpr Field kSqrtMinusOne{
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

}  // namespace redoubt::crypto::detail
