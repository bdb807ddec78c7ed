#include <primitives/crypto/edwards25519.hpp>

#include <sodium.h>

#include <bit>

namespace redoubt::crypto::detail {
namespace {

constexpr Field kD{{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
constexpr Field kTwoD{{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
/// y = 4/5 with even x.
constexpr std::array<std::uint8_t, 32> kBaseEncoding{
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

/// The result of an addition before its four final multiplications.
struct Completed {
    Field x, y, z, t;
};
/// A point without T: enough to double.
struct Projective {
    Field x, y, z;
};
/// A summand: Y+X, Y-X, Z, 2dT.
struct Cached {
    Field y_plus_x, y_minus_x, z, t2d;
};
/// A summand with Z = 1.
struct Affine {
    Field y_plus_x, y_minus_x, xy2d;
};

Projective to_projective(const Completed& p) {
    return {mul(p.x, p.t), mul(p.y, p.z), mul(p.z, p.t)};
}

Point to_point(const Completed& p) {
    return {.x = mul(p.x, p.t), .y = mul(p.y, p.z), .z = mul(p.z, p.t), .t = mul(p.x, p.y)};
}

Cached to_cached(const Point& p) {
    return {.y_plus_x = add(p.y, p.x), .y_minus_x = sub(p.y, p.x), .z = p.z, .t2d = mul(p.t, kTwoD)};
}

Completed twice(const Field& x, const Field& y, const Field& z) {
    const Field xx = square(x);
    const Field yy = square(y);
    const Field zz = square(z);
    const Field sum_squared = square(add(x, y));
    const Field xx_plus_yy = add(xx, yy);
    return {.x = sub(sum_squared, xx_plus_yy),
            .y = xx_plus_yy,
            .z = sub(yy, xx),
            .t = sub(add(add(zz, zz), xx), yy)};
}

/// p + sign * (the summand whose parts are given).
Completed sum(const Point& p,
              const Field& y_plus_x,
              const Field& y_minus_x,
              const Field& t2d,
              const Field& z1z2,
              bool subtract) {
    const Field a = mul(add(p.y, p.x), subtract ? y_minus_x : y_plus_x);
    const Field b = mul(sub(p.y, p.x), subtract ? y_plus_x : y_minus_x);
    const Field c = mul(t2d, p.t);
    const Field d = add(z1z2, z1z2);
    return {.x = sub(a, b),
            .y = add(a, b),
            .z = subtract ? sub(d, c) : add(d, c),
            .t = subtract ? add(d, c) : sub(d, c)};
}

Completed sum(const Point& p, const Cached& q, bool subtract) {
    return sum(p, q.y_plus_x, q.y_minus_x, q.t2d, mul(p.z, q.z), subtract);
}

Completed sum(const Point& p, const Affine& q, bool subtract) {
    return sum(p, q.y_plus_x, q.y_minus_x, q.xy2d, p.z, subtract);
}

constexpr unsigned kPointWindow = 5;
constexpr unsigned kBaseWindow = 8;
constexpr std::size_t kPointTable = std::size_t{1} << (kPointWindow - 2);
constexpr std::size_t kBaseTable = std::size_t{1} << (kBaseWindow - 2);

/// The odd multiples p, 3p, 5p, …
template <std::size_t N>
std::array<Point, N> odd_multiples(const Point& p) {
    std::array<Point, N> out;
    out[0] = p;
    const Cached two = to_cached(to_point(twice(p.x, p.y, p.z)));
    for (std::size_t i = 1; i < N; ++i) {
        out[i] = to_point(sum(out[i - 1], two, false));
    }
    return out;
}

std::array<Cached, kPointTable> point_table(const Point& p) {
    const auto multiples = odd_multiples<kPointTable>(p);
    std::array<Cached, kPointTable> out;
    std::ranges::transform(multiples, out.begin(), to_cached);
    return out;
}

std::array<Affine, kBaseTable> affine_table(const Point& p) {
    const auto multiples = odd_multiples<kBaseTable>(p);
    std::array<Affine, kBaseTable> out;
    std::ranges::transform(multiples, out.begin(), [](const Point& multiple) {
        const Field z_inverse = invert(multiple.z);
        const Field x = mul(multiple.x, z_inverse);
        const Field y = mul(multiple.y, z_inverse);
        return Affine{.y_plus_x = add(y, x), .y_minus_x = sub(y, x), .xy2d = mul(mul(x, y), kTwoD)};
    });
    return out;
}

struct BaseTables {
    std::array<Affine, kBaseTable> low;   // of B
    std::array<Affine, kBaseTable> high;  // of 2^128 B
};

const BaseTables& base_tables() {
    static const auto tables = [] {
        const Point base = *decode_edwards_zip215(kBaseEncoding);
        Point high = base;
        for (int i = 0; i < 128; ++i) {
            high = to_point(twice(high.x, high.y, high.z));
        }
        return BaseTables{.low = affine_table(base), .high = affine_table(high)};
    }();
    return tables;
}

/// Width-w non-adjacent form: odd digits below 2^(w-1) in size, or zero, at least w-1 zeros between others.
std::array<std::int8_t, 256> non_adjacent_form(ScalarView scalar, unsigned width) {
    std::array<std::uint64_t, 5> words{};
    for (std::size_t i = 0; i < 32; ++i) {
        words[i / 8] |= static_cast<std::uint64_t>(scalar[i]) << (8 * (i % 8));
    }
    std::array<std::int8_t, 256> out{};
    const std::uint64_t full = std::uint64_t{1} << width;
    std::uint64_t carry = 0;
    std::size_t position = 0;
    while (position < 256) {
        const std::size_t word = position / 64;
        const std::size_t bit = position % 64;
        std::uint64_t bits = words[word] >> bit;
        if (bit + width > 64) {
            bits |= words[word + 1] << (64 - bit);
        }
        const std::uint64_t window = carry + (bits & (full - 1));
        if ((window & 1) == 0) {
            ++position;
            continue;
        }
        if (window < full / 2) {
            carry = 0;
            out[position] = static_cast<std::int8_t>(window);
        } else {
            carry = 1;
            out[position] =
                static_cast<std::int8_t>(static_cast<std::int64_t>(window) - static_cast<std::int64_t>(full));
        }
        position += width;
    }
    return out;
}

/// An unsigned number of 256 bits, least significant word first.
using Wide = std::array<std::uint64_t, 4>;

constexpr Wide kOrderWords{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

std::size_t bit_length(const Wide& x) {
    for (std::size_t i = x.size(); i > 0; --i) {
        if (x[i - 1] != 0) {
            return 64 * (i - 1) + static_cast<std::size_t>(std::bit_width(x[i - 1]));
        }
    }
    return 0;
}

bool is_less(const Wide& a, const Wide& b) {
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

Wide shifted_left(const Wide& x, std::size_t bits) {
    const std::size_t words = bits / 64;
    const std::size_t rest = bits % 64;
    Wide out{};
    for (std::size_t i = words; i < out.size(); ++i) {
        out[i] = x[i - words] << rest;
        if (rest > 0 && i > words) {
            out[i] |= x[i - words - 1] >> (64 - rest);
        }
    }
    return out;
}

void add_to(Wide& a, const Wide& b) {
    uint128 carry = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        carry += static_cast<uint128>(a[i]) + b[i];
        a[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
}

/// @pre b <= a
void subtract_from(Wide& a, const Wide& b) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const uint128 difference = static_cast<uint128>(a[i]) - b[i] - borrow;
        a[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
    }
}

std::array<std::uint8_t, 32> le_bytes(const Wide& x) {
    std::array<std::uint8_t, 32> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(x[i / 8] >> (8 * (i % 8)));
    }
    return out;
}

/// u = v c modulo the group order, or u = -v c when `negative`; both below 2^127, v above zero.
struct Halves {
    std::array<std::uint8_t, 32> u;
    std::array<std::uint8_t, 32> v;
    bool negative;
};

/// Euclid's algorithm on the group order and c, stopped half way: each remainder is a multiple of c whose
/// factor is at most the order divided by the remainder before.
Halves halve(ScalarView c) {
    Wide previous = kOrderWords;
    Wide remainder{};
    for (std::size_t i = 0; i < 32; ++i) {
        remainder[i / 8] |= static_cast<std::uint64_t>(c[i]) << (8 * (i % 8));
    }
    Wide previous_factor{};
    Wide factor{1, 0, 0, 0};
    bool negative = false;
    while (bit_length(remainder) > 127) {
        while (!is_less(previous, remainder)) {
            std::size_t shift = bit_length(previous) - bit_length(remainder);
            if (is_less(previous, shifted_left(remainder, shift))) {
                --shift;
            }
            subtract_from(previous, shifted_left(remainder, shift));
            add_to(previous_factor, shifted_left(factor, shift));
        }
        std::swap(previous, remainder);
        std::swap(previous_factor, factor);
        negative = !negative;
    }
    return {.u = le_bytes(remainder), .v = le_bytes(factor), .negative = negative};
}

}  // namespace

bool is_canonical_scalar(ScalarView scalar) {
    constexpr std::array<std::uint8_t, 32> kOrder{
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    return std::lexicographical_compare(scalar.rbegin(), scalar.rend(), kOrder.rbegin(), kOrder.rend());
}

std::optional<Point> decode_edwards_zip215(std::span<const std::uint8_t, 32> bytes) {
    const Field y = from_bytes(bytes);
    const Field yy = square(y);
    const auto [was_square, root] = square_root_ratio(sub(yy, kOne), add(mul(yy, kD), kOne));
    if (!was_square) {
        return std::nullopt;
    }
    const bool wants_negative = (bytes[31] & 0x80) != 0;
    const Field x = mul(wants_negative ? sub(kZero, root) : root, kOne);
    const Field tight_y = mul(y, kOne);
    return Point{.x = x, .y = tight_y, .z = kOne, .t = mul(x, tight_y)};
}

std::optional<Point> decode_ristretto(std::span<const std::uint8_t, 32> bytes) {
    const Field s = from_bytes(bytes);
    if ((bytes[0] & 1) != 0 || !std::ranges::equal(to_bytes(s), bytes)) {
        return std::nullopt;
    }
    const Field ss = square(s);
    const Field u1 = sub(kOne, ss);
    const Field u2 = add(kOne, ss);
    const Field u2_squared = square(u2);
    const Field v = sub(negate(mul(kD, square(u1))), u2_squared);
    const auto [was_square, inverse_root] = square_root_ratio(kOne, mul(v, u2_squared));
    const Field den_x = mul(inverse_root, u2);
    const Field den_y = mul(mul(inverse_root, den_x), v);
    const Field x = mul(absolute(mul(add(s, s), den_x)), kOne);
    const Field y = mul(u1, den_y);
    const Field t = mul(x, y);
    if (!was_square || is_negative(t) || is_zero(y)) {
        return std::nullopt;
    }
    return Point{.x = x, .y = y, .z = kOne, .t = t};
}

bool is_ristretto_identity(const Point& point) {
    return is_zero(point.x) || is_zero(point.y);
}

bool is_small_order(const Point& point) {
    const auto two = to_projective(twice(point.x, point.y, point.z));
    const auto four = to_projective(twice(two.x, two.y, two.z));
    const auto eight = to_projective(twice(four.x, four.y, four.z));
    return is_zero(eight.x) && is_equal(eight.y, eight.z);
}

Point signature_residue(ScalarView s, ScalarView c, const Point& p, const Point& r) {
    // With u = v c up to a sign: v s B - u p - v r, all factors but that of B below 2^127. That of B is split
    // at bit 128; there is a table for 2^128 B.
    const auto [u, v, negative] = halve(c);
    std::array<std::uint8_t, 32> base_factor{};
    crypto_core_ristretto255_scalar_mul(base_factor.data(), v.data(), s.data());
    std::array<std::uint8_t, 32> base_low{};
    std::array<std::uint8_t, 32> base_high{};
    std::copy_n(base_factor.begin(), 16, base_low.begin());
    std::copy_n(base_factor.begin() + 16, 16, base_high.begin());

    const auto u_digits = non_adjacent_form(u, kPointWindow);
    const auto v_digits = non_adjacent_form(v, kPointWindow);
    const auto low_digits = non_adjacent_form(base_low, kBaseWindow);
    const auto high_digits = non_adjacent_form(base_high, kBaseWindow);
    const auto p_table = point_table(p);
    const auto r_table = point_table(r);
    const auto& base = base_tables();

    Projective doubled{kZero, kOne, kOne};
    Completed total{};
    const auto add_digit = [&total](std::int8_t digit, const auto& table, bool subtract) {
        if (digit != 0) {
            const auto index = static_cast<std::size_t>(digit < 0 ? -digit : digit) / 2;
            total = sum(to_point(total), table[index], (digit < 0) != subtract);
        }
    };
    // The forms of numbers below 2^128 end at position 128.
    for (std::size_t position = 129; position > 0; --position) {
        const std::size_t at = position - 1;
        total = twice(doubled.x, doubled.y, doubled.z);
        add_digit(u_digits[at], p_table, !negative);
        add_digit(v_digits[at], r_table, true);
        add_digit(low_digits[at], base.low, false);
        add_digit(high_digits[at], base.high, false);
        doubled = to_projective(total);
    }
    return to_point(total);
}

}  // namespace redoubt::crypto::detail
