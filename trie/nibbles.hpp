/// Nibbles of trie keys, seen in the bytes they lie in: the high nibble of a byte comes first.
///
/// @source light-client.md, section 9.1
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::trie {

/// A run of nibbles. A view of bytes that outlive it.
class NibbleView {
  public:
    NibbleView() = default;
    explicit NibbleView(ByteView key) : bytes_(key.data()), size_(2 * key.size()) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// @pre at < size()
    [[nodiscard]] std::uint8_t operator[](std::size_t at) const noexcept {
        const auto position = at + (starts_low_ ? 1 : 0);
        const auto byte = bytes_[position / 2];
        return position % 2 == 0 ? byte >> 4 : byte & 0x0f;
    }

    /// @pre from + count <= size()
    [[nodiscard]] NibbleView subview(std::size_t from, std::size_t count) const noexcept {
        const auto position = from + (starts_low_ ? 1 : 0);
        return NibbleView{bytes_ + position / 2, position % 2 != 0, count};
    }
    [[nodiscard]] NibbleView subview(std::size_t from) const noexcept { return subview(from, size_ - from); }
    [[nodiscard]] NibbleView first(std::size_t count) const noexcept { return subview(0, count); }

    /// The bytes that hold the nibbles. A nibble of another run may lie before the first and after the last.
    [[nodiscard]] ByteView bytes() const noexcept {
        return {bytes_, (size_ + (starts_low_ ? 1 : 0) + 1) / 2};
    }
    /// The first nibble is the low one of its byte.
    [[nodiscard]] bool starts_low() const noexcept { return starts_low_; }
    /// The run of `size` nibbles in `bytes`, as bytes() and starts_low() of another view give them.
    [[nodiscard]] static NibbleView in(const std::uint8_t* bytes,
                                       bool starts_low,
                                       std::size_t size) noexcept {
        return NibbleView{bytes, starts_low, size};
    }

  private:
    NibbleView(const std::uint8_t* bytes, bool starts_low, std::size_t size)
        : bytes_(bytes), size_(size), starts_low_(starts_low) {}

    const std::uint8_t* bytes_ = nullptr;
    std::size_t size_ = 0;
    bool starts_low_ = false;
};

/// How many nibbles two runs have in common from their start. Fast for runs that start in the same half of a
/// byte, as all runs at the same depth of a trie do.
[[nodiscard]] std::size_t common_length(NibbleView a, NibbleView b) noexcept;
[[nodiscard]] bool begins_with(NibbleView nibbles, NibbleView prefix) noexcept;

/// Appends nibbles, one in a byte.
void append_unpacked(Bytes& out, NibbleView nibbles);
/// Appends nibbles, two in a byte from the end on: an odd first one has a byte of its own.
void append_packed(Bytes& out, NibbleView nibbles);

}  // namespace redoubt::trie
