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
#include <vector>

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
/// decode_edwards_zip215 of each encoding.
[[nodiscard]] std::vector<std::optional<Point>> decode_edwards_zip215_of_each(
    std::span<const std::array<std::uint8_t, 32>> encodings);
/// Canonical encodings only. @source RFC 9496, section 4.3.1
[[nodiscard]] std::optional<Point> decode_ristretto(std::span<const std::uint8_t, 32> bytes);
/// True for the neutral element of ristretto255: any of the four points that its encoding stands for.
[[nodiscard]] bool is_ristretto_identity(const Point& point);
/// True when the point times 8 is the neutral element of edwards25519.
[[nodiscard]] bool is_small_order(const Point& point);

/// v * (s * B - c * p - r) for some v from 1 to 2^127 that depends on c alone, up to points of small order:
/// what a signature equation is checked with. v makes c small, which halves the number of doublings; v is
/// invertible modulo the prime group order, so the result is the identity exactly when the bracket is, where
/// points of small order do not count (ristretto255, or edwards25519 after a multiplication by 8).
/// @param s, c  below the group order    @param p, r  public key and commitment
/// @source A. Antipa et al., Accelerated verification of ECDSA signatures, SAC 2005
[[nodiscard]] Point signature_residue(ScalarView s, ScalarView c, const Point& p, const Point& r);

}  // namespace redoubt::crypto::detail
