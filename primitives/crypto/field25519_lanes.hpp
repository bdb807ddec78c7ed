/// The one long exponentiation that decoding points needs, for many field elements at once: eight side by
/// side where the processor multiplies 52-bit integers in vectors (AVX-512 IFMA), one by one elsewhere.
#pragma once

#include <primitives/crypto/field25519.hpp>

#include <span>

namespace redoubt::crypto::detail {

/// Replaces each element by power_p58 of it. @param elements  tight ones
void power_p58_of_each(std::span<Field> elements);

}  // namespace redoubt::crypto::detail
