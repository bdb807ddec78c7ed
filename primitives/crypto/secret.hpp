/// Secrets as types: moved, never copied, wiped when they go, and without any way to print them.
#pragma once

#include <primitives/bytes.hpp>

#include <utility>

namespace redoubt::crypto {

/// Overwrites memory in a way that the compiler keeps.
void wipe(std::span<std::uint8_t> memory) noexcept;
/// Random bytes from the kernel.
void fill_random(std::span<std::uint8_t> out);

/// `N` secret bytes. A moved-from object holds zeros.
template <std::size_t N>
class SecretBytes {
  public:
    static constexpr std::size_t kSize = N;

    /// All zero: a place to write a secret to through expose_mut().
    SecretBytes() = default;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    SecretBytes(SecretBytes&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
    SecretBytes& operator=(SecretBytes&& other) noexcept {
        if (this != &other) {
            bytes_ = other.bytes_;
            wipe(other.bytes_);
        }
        return *this;
    }
    ~SecretBytes() { wipe(bytes_); }

    [[nodiscard]] static SecretBytes random() {
        SecretBytes out;
        fill_random(out.bytes_);
        return out;
    }
    [[nodiscard]] static SecretBytes copy_of(std::span<const std::uint8_t, N> view) {
        SecretBytes out;
        std::copy(view.begin(), view.end(), out.bytes_.begin());
        return out;
    }
    /// An explicit second copy.
    [[nodiscard]] SecretBytes clone() const { return copy_of(bytes_); }

    [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept { return bytes_; }
    [[nodiscard]] std::span<std::uint8_t, N> expose_mut() noexcept { return bytes_; }

  private:
    std::array<std::uint8_t, N> bytes_{};
};

/// Secret bytes of a length known at run time.
class SecretBuffer {
  public:
    SecretBuffer() = default;
    /// `size` zero bytes, to be written through expose_mut().
    explicit SecretBuffer(std::size_t size) : bytes_(size) {}
    SecretBuffer(const SecretBuffer&) = delete;
    SecretBuffer& operator=(const SecretBuffer&) = delete;
    SecretBuffer(SecretBuffer&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    SecretBuffer& operator=(SecretBuffer&& other) noexcept {
        if (this != &other) {
            wipe(bytes_);
            bytes_ = std::exchange(other.bytes_, {});
        }
        return *this;
    }
    ~SecretBuffer() { wipe(bytes_); }

    [[nodiscard]] static SecretBuffer copy_of(ByteView view) {
        SecretBuffer out;
        out.bytes_.assign(view.begin(), view.end());
        return out;
    }

    [[nodiscard]] ByteView expose() const noexcept { return bytes_; }
    [[nodiscard]] std::span<std::uint8_t> expose_mut() noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    /// Drops and wipes what lies behind the first `size` bytes; does nothing when there are no more.
    void truncate(std::size_t size) noexcept {
        if (size < bytes_.size()) {
            wipe(std::span{bytes_}.subspan(size));
            bytes_.resize(size);
        }
    }

  private:
    Bytes bytes_;
};

}  // namespace redoubt::crypto
