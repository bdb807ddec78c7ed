/// Reading bytes from outside: every read is checked, nothing is allocated from an announced count.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <string>
#include <string_view>

namespace redoubt {

/// Why bytes could not be decoded. One enumerator per distinct remedy.
enum class DecodeError : int {
    kUnexpectedEnd = 1,  ///< the input is shorter than its own counts claim
    kTrailingBytes,      ///< a complete value is followed by more bytes
    kNonCanonical,       ///< a compact integer is not in its shortest form
    kOutOfRange,         ///< a number does not fit its type
    kBadTag,             ///< an unknown variant, option or bool byte
    kBadUtf8,            ///< a String holds invalid UTF-8
    kLengthLimit,        ///< a count is above the limit stated for it
    kDepthLimit,         ///< values are nested deeper than allowed
    kBadOrder,           ///< a set or map is not in strictly ascending order
};
[[nodiscard]] std::string_view error_domain(DecodeError);
[[nodiscard]] std::string_view error_message(DecodeError);
REDOUBT_ERROR_DOMAIN(DecodeError)

}  // namespace redoubt

template <>
struct std::is_error_code_enum<redoubt::DecodeError> : std::true_type {};

namespace redoubt {

/// A position in bytes that outlive it. A failed read leaves the position unspecified.
class ByteCursor {
  public:
    explicit ByteCursor(ByteView input) noexcept : rest_(input) {}

    [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }
    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
    /// What has not been read yet.
    [[nodiscard]] ByteView rest() const noexcept { return rest_; }

    /// The next `count` bytes, as a view of the input.
    /// @errors kUnexpectedEnd
    [[nodiscard]] Result<ByteView> take(std::uint64_t count) noexcept {
        if (count > rest_.size()) {
            return DecodeError::kUnexpectedEnd;
        }
        const auto out = rest_.first(static_cast<std::size_t>(count));
        rest_ = rest_.subspan(static_cast<std::size_t>(count));
        return out;
    }

    /// @errors kUnexpectedEnd
    [[nodiscard]] Result<std::uint8_t> take_byte() noexcept {
        if (rest_.empty()) {
            return DecodeError::kUnexpectedEnd;
        }
        const auto out = rest_.front();
        rest_ = rest_.subspan(1);
        return out;
    }

    /// The next `Fixed::kSize` bytes as a FixedBytes. @errors kUnexpectedEnd
    template <class Fixed>
    [[nodiscard]] Result<Fixed> take_fixed() noexcept {
        BOOST_OUTCOME_TRY(const auto view, take(Fixed::kSize));
        Fixed out;
        std::copy(view.begin(), view.end(), out.bytes.begin());
        return out;
    }

    /// A little-endian unsigned integer of `sizeof(Integer)` bytes. @errors kUnexpectedEnd
    template <class Integer>
    [[nodiscard]] Result<Integer> take_le() noexcept {
        BOOST_OUTCOME_TRY(const auto view, take(sizeof(Integer)));
        Integer out = 0;
        for (std::size_t i = sizeof(Integer); i > 0; --i) {
            if constexpr (sizeof(Integer) == 1) {
                out = static_cast<Integer>(view[i - 1]);
            } else {
                out =
                    static_cast<Integer>(static_cast<Integer>(out << 8) | static_cast<Integer>(view[i - 1]));
            }
        }
        return out;
    }

    /// @errors kTrailingBytes unless everything was read
    [[nodiscard]] Result<void> expect_end() const noexcept {
        if (!rest_.empty()) {
            return DecodeError::kTrailingBytes;
        }
        return success();
    }

  private:
    ByteView rest_;
};

}  // namespace redoubt
