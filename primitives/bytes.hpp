/// Byte sequences: owned, viewed and of fixed length. No encoding lives here except hex (hex.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace redoubt {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// `N` raw bytes; SCALE encodes them without a length. `Tag` keeps kinds of the same length apart.
template <std::size_t N, class Tag = void>
struct FixedBytes {
    static constexpr std::size_t kSize = N;

    std::array<std::uint8_t, N> bytes{};

    /// @pre `view.size() == N`; for bytes from outside use ByteCursor::take_fixed.
    [[nodiscard]] static FixedBytes copy_of(std::span<const std::uint8_t, N> view) {
        FixedBytes out;
        std::copy(view.begin(), view.end(), out.bytes.begin());
        return out;
    }
    [[nodiscard]] const std::uint8_t* data() const noexcept { return bytes.data(); }
    [[nodiscard]] std::uint8_t* data() noexcept { return bytes.data(); }
    [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }
    [[nodiscard]] auto begin() const noexcept { return bytes.begin(); }
    [[nodiscard]] auto end() const noexcept { return bytes.end(); }
    [[nodiscard]] ByteView view() const noexcept { return bytes; }
    [[nodiscard]] bool is_zero() const noexcept {
        return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
    }
    auto operator<=>(const FixedBytes&) const = default;
};

/// A 32-byte hash: block hash, state root, shard identifier, measurement, call hash.
using Hash256 = FixedBytes<32>;
/// A 32-byte Substrate account id.
struct AccountIdTag;
using AccountId = FixedBytes<32, AccountIdTag>;

/// The bytes of a text, without a terminator.
[[nodiscard]] inline ByteView bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The bytes as text; the caller knows that they are text.
[[nodiscard]] inline std::string_view text_of(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes to_bytes(ByteView view) {
    return {view.begin(), view.end()};
}

inline void append(Bytes& out, ByteView tail) {
    out.insert(out.end(), tail.begin(), tail.end());
}

[[nodiscard]] inline bool equal(ByteView a, ByteView b) noexcept {
    return std::ranges::equal(a, b);
}

/// The parts in order, as one sequence.
template <class... Parts>
[[nodiscard]] Bytes concat(const Parts&... parts) {
    Bytes out;
    out.reserve((std::size_t{0} + ... + std::size(parts)));
    (out.insert(out.end(), std::begin(parts), std::end(parts)), ...);
    return out;
}

}  // namespace redoubt

template <std::size_t N, class Tag>
struct std::hash<redoubt::FixedBytes<N, Tag>> {
    std::size_t operator()(const redoubt::FixedBytes<N, Tag>& value) const noexcept {
        return std::hash<std::string_view>{}(redoubt::text_of(value.view()));
    }
};
