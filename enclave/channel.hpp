/// The enclave's end of the socket pair: one frame in, one frame out.
#pragma once

#include <boundary/messages.hpp>
#include <optional>
#include <primitives/result.hpp>

namespace redoubt::enclave {

enum class ChannelError : int {
    kReadFailed = 1,  ///< the descriptor could not be read
    kWriteFailed,     ///< the host is gone
    kTruncated,       ///< the stream ended inside a frame
};
[[nodiscard]] std::string_view error_domain(ChannelError);
[[nodiscard]] std::string_view error_message(ChannelError);
REDOUBT_ERROR_DOMAIN(ChannelError)

/// Blocking. Does not own the descriptor.
class Channel {
  public:
    explicit Channel(int fd) : fd_(fd) {}

    /// The next message; nullopt when the host closed the channel between two frames.
    /// @errors ChannelError::kReadFailed, kTruncated; FrameError; DecodeError
    [[nodiscard]] Result<std::optional<boundary::ToEnclave>> read();

    /// @errors ChannelError::kWriteFailed
    [[nodiscard]] Result<void> write(const boundary::FromEnclave& message);

  private:
    int fd_;
};

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::ChannelError> : std::true_type {};
