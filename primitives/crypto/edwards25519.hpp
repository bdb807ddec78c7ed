/// Points of edwards25519 and ristretto255 for *verifying*: everything here takes variable time and is for
/// public data only. Secrets are multiplied by libsodium's constant-time code.
///
/// libsodium offers no variable-time double multiplication on ristretto255; this is two to three times as
/// fast as what its public functions allow, and it decodes points by the rules of ZIP-215.
///
/// @source RFC 8032, RFC 9496, ZIP 215; formulas of Hisil, Wong, Carter and Dawson 2008 for a = -1
#pragma once

#include <primitives/crypto/field25519.hpp>

#include <optional>

namespace redoubt::crypto::detail {

/// A point in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. Coordinates are tight.
struct Point {
    Field x = kZero;
    Field y = kOne;
    Field z = kOne;
    Field t = kZero;
};

/// A scalar, little-endian.
using ScalarView = std::span<const std::uint8_t, 32>;

/// True below the group order 2^252 + 27742317777372353535851937790883648493.
[[nodiscard]] bool is_canonical_scalar(ScalarView scalar);

/// Any y and sign bit that belong to a point; y is taken modulo p. @source ZIP 215
[[nodiscard]] std::optional<Point> decode_edwards_zip215(std::span<const std::uint8_t, 32> bytes);
/// Canonical encodings only. @source RFC 9496, section 4.3.1
[[nodiscard]] std::optional<Point> decode_ristretto(std::span<const std::uint8_t, 32> bytes);
/// @source RFC 9496, section 4.3.2
[[nodiscard]] std::array<std::uint8_t, 32> encode_ristretto(const Point& point);

[[nodiscard]] Point negate(const Point& point);
[[nodiscard]] Point add(const Point& a, const Point& b);
/// 8 times the point.
[[nodiscard]] Point times_cofactor(const Point& point);
/// True for the neutral element of edwards25519 (not for the other members of its ristretto class).
[[nodiscard]] bool is_identity(const Point& point);

/// a * point + b * B, with B the base point. @pre both scalars are below 2^253
[[nodiscard]] Point multiply_add_base(ScalarView a, const Point& point, ScalarView b);

}  // namespace redoubt::crypto::detail
