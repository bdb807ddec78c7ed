/// What an operator may choose about the enclave's state: how much of it lies in memory, and how often its
/// pages are written. Neither changes what the state is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redoubt::enclave {

/// What a restart has to read is bounded by the size of a base's interval, and so is the work of a base.
inline constexpr std::uint64_t kChangesPerBaseLimit = 65'536;

struct StateLimits {
    /// Memory for pages of the state.
    std::size_t memory_bytes_max = std::size_t{256} * 1024 * 1024;
    /// The pages are written when more changed keys than this would follow the last base, from 1 to
    /// kChangesPerBaseLimit.
    std::uint64_t changes_per_base_max = 8'192;
};

}  // namespace redoubt::enclave
