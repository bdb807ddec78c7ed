/// BLAKE2b-256 of bytes that come piece by piece, for what is too large to lie in memory at once. Everything
/// else is hashed with hashing.hpp.
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::crypto {

class Blake2b256Stream {
  public:
    Blake2b256Stream();

    void add(ByteView bytes);
    /// The digest of everything that was added. Once; nothing is added afterwards.
    [[nodiscard]] Hash256 finish();

  private:
    static constexpr std::size_t kStateBytes = 384;
    alignas(64) std::array<std::uint8_t, kStateBytes> state_{};  ///< libsodium's, of which it says no more
};

}  // namespace redoubt::crypto
