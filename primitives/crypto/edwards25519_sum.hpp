/// Doubling and adding points of edwards25519, for the files that multiply points by public scalars.
///
/// A result is left "completed", before its last four multiplications, so that a caller does only those that
/// its next step needs: three before a doubling, four before an addition.
///
/// @source Hisil, Wong, Carter and Dawson 2008, formulas for a = -1: complete, so no case is special
#pragma once

#include <primitives/crypto/edwards25519.hpp>

namespace redoubt::crypto::detail {

/// The curve's d, and 2d.
inline constexpr Field kD{
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
inline constexpr Field kTwoD{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};

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

[[nodiscard]] inline Projective to_projective(const Completed& p) {
    return {mul(p.x, p.t), mul(p.y, p.z), mul(p.z, p.t)};
}

[[nodiscard]] inline Point to_point(const Completed& p) {
    return {.x = mul(p.x, p.t), .y = mul(p.y, p.z), .z = mul(p.z, p.t), .t = mul(p.x, p.y)};
}

[[nodiscard]] inline Cached to_cached(const Point& p) {
    return {.y_plus_x = add(p.y, p.x), .y_minus_x = sub(p.y, p.x), .z = p.z, .t2d = mul(p.t, kTwoD)};
}

/// @pre Z = 1
[[nodiscard]] inline Affine to_affine(const Point& p) {
    return {.y_plus_x = add(p.y, p.x), .y_minus_x = sub(p.y, p.x), .xy2d = mul(p.t, kTwoD)};
}

[[nodiscard]] inline Completed twice(const Field& x, const Field& y, const Field& z) {
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
[[nodiscard]] inline Completed sum(const Point& p,
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

[[nodiscard]] inline Completed sum(const Point& p, const Cached& q, bool subtract) {
    return sum(p, q.y_plus_x, q.y_minus_x, q.t2d, mul(p.z, q.z), subtract);
}

[[nodiscard]] inline Completed sum(const Point& p, const Affine& q, bool subtract) {
    return sum(p, q.y_plus_x, q.y_minus_x, q.xy2d, p.z, subtract);
}

}  // namespace redoubt::crypto::detail
