/// BLAKE2b-256 of many inputs at once, eight side by side in vector registers.
///
/// The outcome is blake2b_256 of each input; processors without AVX-512 or AVX2 take that way.
///
/// @source RFC 7693
#pragma once

#include <primitives/bytes.hpp>

#include <span>
#include <vector>

namespace redoubt::crypto {

/// The digests of `inputs`, in their order.
[[nodiscard]] std::vector<Hash256> blake2b_256_of_each(std::span<const ByteView> inputs);

}  // namespace redoubt::crypto
