#include <primitives/crypto/edwards25519.hpp>

#include <sodium.h>
#include <primitives/crypto/edwards25519_multiply.hpp>
#include <primitives/crypto/edwards25519_sum.hpp>
#include <primitives/crypto/field25519_lanes.hpp>

#include <bit>

namespace redoubt::crypto::detail {
namespace {

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

namespace {

/// x^2 = u / v for the point with this y.
struct CurveEquation {
    explicit CurveEquation(std::span<const std::uint8_t, 32> bytes) : y(from_bytes(bytes)) {
        const Field yy = square(y);
        u = sub(yy, kOne);
        v = add(mul(yy, kD), kOne);
    }

    [[nodiscard]] std::optional<Point> point(const SquareRoot& found, bool wants_negative) const {
        if (!found.was_square) {
            return std::nullopt;
        }
        const Field x = mul(wants_negative ? sub(kZero, found.root) : found.root, kOne);
        const Field tight_y = mul(y, kOne);
        return Point{.x = x, .y = tight_y, .z = kOne, .t = mul(x, tight_y)};
    }

    Field y;
    Field u;
    Field v;
};

bool sign_bit(std::span<const std::uint8_t, 32> bytes) {
    return (bytes[31] & 0x80) != 0;
}

}  // namespace

std::optional<Point> decode_edwards_zip215(std::span<const std::uint8_t, 32> bytes) {
    const CurveEquation equation{bytes};
    return equation.point(square_root_ratio(equation.u, equation.v), sign_bit(bytes));
}

std::vector<std::optional<Point>> decode_edwards_zip215_of_each(
    std::span<const std::array<std::uint8_t, 32>> encodings) {
    const std::vector<CurveEquation> equations(encodings.begin(), encodings.end());
    std::vector<Field> powers;
    powers.reserve(equations.size());
    for (const auto& equation : equations) {
        powers.push_back(square_root_radicand(equation.u, equation.v));
    }
    power_p58_of_each(powers);
    std::vector<std::optional<Point>> out;
    out.reserve(equations.size());
    for (std::size_t i = 0; i < equations.size(); ++i) {
        const auto root = square_root_from(equations[i].u, equations[i].v, powers[i]);
        out.push_back(equations[i].point(root, sign_bit(encodings[i])));
    }
    return out;
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
    // With u = v c up to a sign: v s B - u p - v r, all factors but that of B below 2^127.
    const auto [u, v, negative] = halve(c);
    std::array<std::uint8_t, 32> base_factor{};
    crypto_core_ristretto255_scalar_mul(base_factor.data(), v.data(), s.data());
    const std::array<Product, 2> products{Product{.point = p, .factor = u, .is_subtracted = !negative},
                                          Product{.point = r, .factor = v, .is_subtracted = true}};
    return sum_of_products(products, base_factor);
}

}  // namespace redoubt::crypto::detail
