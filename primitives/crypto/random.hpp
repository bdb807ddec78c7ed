/// Random bytes from the kernel, for keys, nonces and witnesses. No generator state lives in the process.
#pragma once

#include <cstdint>
#include <span>

namespace redoubt::crypto {

/// Fills `out` with random bytes; the process ends when the kernel gives none.
void fill_random(std::span<std::uint8_t> out);

}  // namespace redoubt::crypto
