/// The enclave's end of the socket pair: one frame in, one frame out, and questions for pages in between.
#pragma once

#include <boundary/messages.hpp>
#include <enclave/state/page_storage.hpp>
#include <optional>
#include <primitives/result.hpp>

namespace redoubt::enclave {

enum class ChannelError : int {
    kReadFailed = 1,  ///< the descriptor could not be read
    kWriteFailed,     ///< the host is gone
    kTruncated,       ///< the stream ended inside a frame
    kNoPage,          ///< the host answered a question for a page with something else
};
[[nodiscard]] std::string_view error_domain(ChannelError);
[[nodiscard]] std::string_view error_message(ChannelError);
REDOUBT_ERROR_DOMAIN(ChannelError)

/// Blocking. Does not own its descriptors.
class Channel final : public PageStorage {
  public:
    explicit Channel(int fd) : Channel(fd, fd) {}
    Channel(int in, int out) : in_(in), out_(out) {}

    /// The next message; nullopt when the host closed the channel between two frames.
    /// @errors ChannelError::kReadFailed, kTruncated; FrameError; DecodeError
    [[nodiscard]] Result<std::optional<boundary::ToEnclave>> read();

    /// @errors ChannelError::kWriteFailed
    [[nodiscard]] Result<void> write(const boundary::FromEnclave& message);

    /// Asks the host. When it answers with something else than a page, or not at all, the page is missing and
    /// failure() says why.
    [[nodiscard]] std::optional<Bytes> read(const PageId& id, bool again) override;
    /// Why the channel cannot go on, since a page was asked for.
    [[nodiscard]] const std::optional<std::error_code>& failure() const noexcept { return failure_; }

  private:
    int in_;
    int out_;
    std::optional<std::error_code> failure_;
};

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::ChannelError> : std::true_type {};
