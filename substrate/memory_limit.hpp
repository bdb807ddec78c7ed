/// The memory that decoding one input may take: 8 times its length and 64 KiB.
///
/// What is counted is what is asked for; the allocator's own overhead is not.
///
/// @source light-client.md section 2.3, rule 5
#pragma once

#include <cstddef>
#include <cstdint>

namespace redoubt::substrate {

class MemoryLimit {
  public:
    static constexpr std::uint64_t kBytesPerInputByte = 8;
    static constexpr std::uint64_t kBytesAlways = 64 * 1024;

    explicit MemoryLimit(std::size_t input_bytes) noexcept
        : left_(kBytesPerInputByte * static_cast<std::uint64_t>(input_bytes) + kBytesAlways) {}

    /// Takes `count * bytes_each` from what is left; false when that is too little.
    [[nodiscard]] bool take(std::uint64_t count, std::uint64_t bytes_each) noexcept {
        std::uint64_t bytes = 0;
        if (__builtin_mul_overflow(count, bytes_each, &bytes) || bytes > left_) {
            return false;
        }
        left_ -= bytes;
        return true;
    }

  private:
    std::uint64_t left_;
};

}  // namespace redoubt::substrate
