/// A list whose largest count is part of its type, so that decoding refuses a longer one before it allocates.
#pragma once

#include <cstdint>
#include <primitives/scale.hpp>
#include <vector>

namespace redoubt::boundary {

/// A std::vector that decodes at most `CountMax` elements. Building a longer one is not prevented.
template <class T, std::uint32_t CountMax>
struct Bounded : std::vector<T> {
    static constexpr std::uint32_t kCountMax = CountMax;
    using std::vector<T>::vector;
    Bounded() = default;
    Bounded(std::vector<T> values)
        : std::vector<T>(std::move(values)) {}  // NOLINT(google-explicit-constructor)
};

/// @errors those of the element; kLengthLimit above `CountMax`
template <class T, std::uint32_t CountMax>
[[nodiscard]] Result<Bounded<T, CountMax>> decode_scale(ByteCursor& in, scale::Type<Bounded<T, CountMax>>) {
    BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
    if (count > CountMax) {
        return DecodeError::kLengthLimit;
    }
    Bounded<T, CountMax> out;
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(auto value, scale::read<T>(in));
        out.push_back(std::move(value));
    }
    return out;
}

}  // namespace redoubt::boundary
