#include <primitives/crypto/edwards25519.hpp>

namespace redoubt::crypto::detail {
namespace {

constexpr Field kD{{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
constexpr Field kTwoD{{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
/// 1 / sqrt(a - d) with a = -1.
constexpr Field kInverseSqrtAMinusD{
    {0x0fdaa805d40ea, 0x2eb482e57d339, 0x007610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};
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

const std::array<Affine, kBaseTable>& base_table() {
    static const auto table = [] {
        const auto base = decode_edwards_zip215(kBaseEncoding);
        std::array<Affine, kBaseTable> out;
        const auto multiples = odd_multiples<kBaseTable>(*base);
        for (std::size_t i = 0; i < kBaseTable; ++i) {
            const Field z_inverse = invert(multiples[i].z);
            const Field x = mul(multiples[i].x, z_inverse);
            const Field y = mul(multiples[i].y, z_inverse);
            out[i] = {.y_plus_x = add(y, x), .y_minus_x = sub(y, x), .xy2d = mul(mul(x, y), kTwoD)};
        }
        return out;
    }();
    return table;
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

std::size_t table_index(std::int8_t digit) {
    return static_cast<std::size_t>(digit < 0 ? -digit : digit) / 2;
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

std::array<std::uint8_t, 32> encode_ristretto(const Point& point) {
    const Field u1 = mul(add(point.z, point.y), sub(point.z, point.y));
    const Field u2 = mul(point.x, point.y);
    const auto inverse_root = square_root_ratio(kOne, mul(u1, square(u2))).root;
    const Field den1 = mul(inverse_root, u1);
    const Field den2 = mul(inverse_root, u2);
    const Field z_inverse = mul(mul(den1, den2), point.t);
    const bool rotate = is_negative(mul(point.t, z_inverse));
    const Field x = rotate ? mul(point.y, kSqrtMinusOne) : point.x;
    Field y = rotate ? mul(point.x, kSqrtMinusOne) : point.y;
    const Field den_inverse = rotate ? mul(den1, kInverseSqrtAMinusD) : den2;
    if (is_negative(mul(x, z_inverse))) {
        y = negate(y);
    }
    return to_bytes(absolute(mul(den_inverse, sub(point.z, y))));
}

Point negate(const Point& point) {
    return {.x = mul(negate(point.x), kOne), .y = point.y, .z = point.z, .t = mul(negate(point.t), kOne)};
}

Point add(const Point& a, const Point& b) {
    return to_point(sum(a, to_cached(b), false));
}

Point times_cofactor(const Point& point) {
    const auto two = to_projective(twice(point.x, point.y, point.z));
    const auto four = to_projective(twice(two.x, two.y, two.z));
    return to_point(twice(four.x, four.y, four.z));
}

bool is_identity(const Point& point) {
    return is_zero(point.x) && is_equal(point.y, point.z);
}

Point multiply_add_base(ScalarView a, const Point& point, ScalarView b) {
    const auto a_digits = non_adjacent_form(a, kPointWindow);
    const auto b_digits = non_adjacent_form(b, kBaseWindow);
    const auto multiples = odd_multiples<kPointTable>(point);
    std::array<Cached, kPointTable> table;
    std::ranges::transform(multiples, table.begin(), to_cached);
    const auto& base = base_table();

    std::size_t position = 256;
    while (position > 0 && a_digits[position - 1] == 0 && b_digits[position - 1] == 0) {
        --position;
    }
    if (position == 0) {
        return Point{};
    }
    Projective doubled{kZero, kOne, kOne};
    Completed sum_so_far{};
    while (position > 0) {
        --position;
        sum_so_far = twice(doubled.x, doubled.y, doubled.z);
        if (const auto digit = a_digits[position]; digit != 0) {
            sum_so_far = sum(to_point(sum_so_far), table[table_index(digit)], digit < 0);
        }
        if (const auto digit = b_digits[position]; digit != 0) {
            sum_so_far = sum(to_point(sum_so_far), base[table_index(digit)], digit < 0);
        }
        if (position > 0) {
            doubled = to_projective(sum_so_far);
        }
    }
    return to_point(sum_so_far);
}

}  // namespace redoubt::crypto::detail
