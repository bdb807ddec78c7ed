/// SHA-2 as evidence uses it, over several pieces without joining them.
#pragma once

#include <primitives/bytes.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace redoubt::attestation {

enum class HashAlgorithm : std::uint8_t { kSha256, kSha384, kSha512 };

/// A digest of 32, 48 or 64 bytes.
class Digest {
  public:
    [[nodiscard]] ByteView view() const noexcept { return ByteView{bytes_}.first(size_); }

  private:
    friend Digest digest(HashAlgorithm algorithm, std::initializer_list<ByteView> pieces);
    std::array<std::uint8_t, 64> bytes_{};
    std::size_t size_ = 0;
};

/// @source FIPS 180-4
[[nodiscard]] Digest digest(HashAlgorithm algorithm, std::initializer_list<ByteView> pieces);
[[nodiscard]] Hash256 sha2_256(std::initializer_list<ByteView> pieces);
[[nodiscard]] FixedBytes<48> sha2_384(ByteView input);

}  // namespace redoubt::attestation
