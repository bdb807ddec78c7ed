#include <unistd.h>
#include <algorithm>
#include <boundary/frame.hpp>
#include <cerrno>
#include <enclave/channel.hpp>

namespace redoubt::enclave {

std::string_view error_domain(ChannelError) {
    return "enclave channel";
}

std::string_view error_message(ChannelError error) {
    switch (error) {
        case ChannelError::kReadFailed:
            return "the channel could not be read";
        case ChannelError::kWriteFailed:
            return "the channel could not be written";
        case ChannelError::kTruncated:
            return "the channel ended inside a frame";
        case ChannelError::kNoPage:
            return "the host answered a question for a page with something else";
    }
    return "unknown channel error";
}

namespace {

/// Memory grows with what really arrives, whatever length is announced.
constexpr std::size_t kReadStepBytes = 1024 * 1024;

/// Reads until `out` is full or the stream ends; the bytes read.
Result<std::size_t> read_up_to(int fd, std::span<std::uint8_t> out) {
    std::size_t done = 0;
    while (done < out.size()) {
        const auto count = ::read(fd, out.data() + done, out.size() - done);
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return ChannelError::kReadFailed;
        }
        if (count == 0) {
            break;
        }
        done += static_cast<std::size_t>(count);
    }
    return done;
}

}  // namespace

Result<std::optional<boundary::ToEnclave>> Channel::read() {
    std::array<std::uint8_t, boundary::kFramePrefixBytes> prefix{};
    BOOST_OUTCOME_TRY(const auto prefix_bytes, read_up_to(in_, prefix));
    if (prefix_bytes == 0) {
        return std::optional<boundary::ToEnclave>{};
    }
    if (prefix_bytes < prefix.size()) {
        return ChannelError::kTruncated;
    }
    BOOST_OUTCOME_TRY(const auto rest, boundary::bytes_after_prefix_to_enclave(prefix));
    Bytes message{prefix.back()};
    while (message.size() < rest + 1) {
        const auto before = message.size();
        const auto step = std::min(kReadStepBytes, rest + 1 - before);
        message.resize(before + step);
        BOOST_OUTCOME_TRY(const auto count, read_up_to(in_, std::span{message}.subspan(before)));
        if (count < step) {
            return ChannelError::kTruncated;
        }
    }
    BOOST_OUTCOME_TRY(auto decoded, boundary::decode_to_enclave(message));
    return std::optional{std::move(decoded)};
}

std::optional<Bytes> Channel::read(const PageId& id, bool again) {
    if (failure_) {
        return std::nullopt;
    }
    if (const auto asked = write(boundary::PageNeeded{.id = id, .again = again}); !asked) {
        failure_ = asked.error();
        return std::nullopt;
    }
    auto answer = read();
    if (!answer) {
        failure_ = answer.error();
        return std::nullopt;
    }
    auto* const page = answer.value() ? std::get_if<boundary::Page>(&*answer.value()) : nullptr;
    if (page == nullptr) {
        failure_ = make_error_code(ChannelError::kNoPage);
        return std::nullopt;
    }
    return std::move(page->sealed);
}

Result<void> Channel::write(const boundary::FromEnclave& message) {
    const auto frame = boundary::encode_frame(message);
    std::size_t done = 0;
    while (done < frame.size()) {
        const auto count = ::write(out_, frame.data() + done, frame.size() - done);
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return ChannelError::kWriteFailed;
        }
        done += static_cast<std::size_t>(count);
    }
    return success();
}

}  // namespace redoubt::enclave
