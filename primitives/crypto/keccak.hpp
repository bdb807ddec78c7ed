/// The permutation Keccak-f[1600], shared by keccak_256 and the transcripts.
#pragma once

#include <array>
#include <cstdint>

namespace redoubt::crypto::detail {

/// The state as 25 lanes: lane x + 5y, little-endian bytes inside a lane.
using KeccakState = std::array<std::uint64_t, 25>;

/// 24 rounds. @source FIPS 202, section 3
void keccak_f1600(KeccakState& state);

}  // namespace redoubt::crypto::detail
