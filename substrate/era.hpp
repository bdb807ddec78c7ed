/// Mortal eras: for which blocks an extrinsic is valid.
///
/// @source light-client.md section 7.4
#pragma once

#include <cstdint>
#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <substrate/errors.hpp>

namespace redoubt::substrate {

class Era {
  public:
    [[nodiscard]] static Era immortal() noexcept { return {}; }
    /// Valid from about `current` for `period` blocks. The period is rounded up to a power of two and
    /// clamped to 4 ... 65 536; with periods above 4 096 the birth may lie a little before `current`.
    [[nodiscard]] static Era mortal(std::uint64_t period, std::uint64_t current) noexcept;
    /// Reads one or two bytes. @errors DecodeError::kUnexpectedEnd; ExtrinsicError::kBadEra
    [[nodiscard]] static Result<Era> decode(ByteCursor& in);

    [[nodiscard]] bool is_immortal() const noexcept { return period_ == 0; }
    /// Power of two of blocks; 0 for immortal.
    [[nodiscard]] std::uint64_t period() const noexcept { return period_; }
    [[nodiscard]] std::uint64_t phase() const noexcept { return phase_; }
    /// The block whose hash is signed, for an extrinsic used at block `current`; 0 for immortal.
    [[nodiscard]] std::uint64_t birth(std::uint64_t current) const noexcept;
    /// The first block at which the extrinsic is no longer valid; the largest number for immortal.
    [[nodiscard]] std::uint64_t death(std::uint64_t current) const noexcept;
    void encode(Bytes& out) const;
    bool operator==(const Era&) const = default;

  private:
    std::uint64_t period_ = 0;
    std::uint64_t phase_ = 0;
};

}  // namespace redoubt::substrate
