/// The size of a list of byte strings together: what limits on messages are about.
#pragma once

#include <primitives/bytes.hpp>

#include <cstddef>
#include <span>

namespace redoubt {

/// @returns bytes, without lengths in between
[[nodiscard]] inline std::size_t total_size(std::span<const Bytes> list) {
    std::size_t bytes = 0;
    for (const auto& one : list) {
        bytes += one.size();
    }
    return bytes;
}

}  // namespace redoubt
