/// Sums of points times public scalars: what one signature, or a whole batch of them, is checked with.
///
/// Few products are interleaved over one row of doublings (Straus); many are sorted into buckets by the
/// digits of their factors (Pippenger), where each further product costs about sixteen additions per 128
/// bits. Everything takes variable time.
#pragma once

#include <primitives/crypto/edwards25519.hpp>

namespace redoubt::crypto::detail {

/// A point times a factor.
struct Product {
    Point point;  ///< with Z = 1, as decoding leaves it
    /// Little-endian, below 2^253.
    std::array<std::uint8_t, 32> factor{};
    bool is_subtracted = false;
};

/// 2^128 times a point, with Z = 1.
[[nodiscard]] Point times_2_to_the_128(const Point& point);

/// base_factor * B + the products. @param base_factor  below 2^255
[[nodiscard]] Point sum_of_products(std::span<const Product> products, ScalarView base_factor);

}  // namespace redoubt::crypto::detail
