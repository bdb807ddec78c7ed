#include <algorithm>
#include <bit>
#include <limits>
#include <primitives/scale.hpp>
#include <substrate/era.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::uint64_t kPeriodMin = 4;
constexpr std::uint64_t kPeriodMax = 65'536;

/// Phases of long periods are stored in steps of this many blocks.
std::uint64_t quantize_factor(std::uint64_t period) noexcept {
    return std::max<std::uint64_t>(period >> 12, 1);
}

}  // namespace

Era Era::mortal(std::uint64_t period, std::uint64_t current) noexcept {
    Era out;
    out.period_ = std::bit_ceil(std::clamp(period, kPeriodMin, kPeriodMax));
    const auto step = quantize_factor(out.period_);
    out.phase_ = current % out.period_ / step * step;
    return out;
}

Result<Era> Era::decode(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto first, in.take_byte());
    if (first == 0) {
        return Era::immortal();
    }
    BOOST_OUTCOME_TRY(const auto second, in.take_byte());
    const std::uint64_t encoded = first | (std::uint64_t{second} << 8);
    Era out;
    out.period_ = std::uint64_t{2} << (encoded % 16);
    out.phase_ = (encoded >> 4) * quantize_factor(out.period_);
    if (out.period_ < kPeriodMin || out.phase_ >= out.period_) {
        return ExtrinsicError::kBadEra;
    }
    return out;
}

std::uint64_t Era::birth(std::uint64_t current) const noexcept {
    if (is_immortal()) {
        return 0;
    }
    return (std::max(current, phase_) - phase_) / period_ * period_ + phase_;
}

std::uint64_t Era::death(std::uint64_t current) const noexcept {
    return is_immortal() ? std::numeric_limits<std::uint64_t>::max() : birth(current) + period_;
}

void Era::encode(Bytes& out) const {
    if (is_immortal()) {
        out.push_back(0);
        return;
    }
    const auto log = static_cast<unsigned>(std::countr_zero(period_)) - 1;
    const auto encoded = std::clamp(log, 1U, 15U) | (phase_ / quantize_factor(period_)) << 4;
    scale::encode_scale(out, static_cast<std::uint16_t>(encoded));
}

}  // namespace redoubt::substrate
