/// Comparison that takes the same time wherever the bytes differ.
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::crypto {

/// True when both have the same length and bytes. The time depends on the length alone.
[[nodiscard]] bool constant_time_equal(ByteView a, ByteView b) noexcept;

}  // namespace redoubt::crypto
