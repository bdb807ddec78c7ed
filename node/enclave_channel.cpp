#include <node/enclave_channel.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boundary/frame.hpp>
#include <node/signal.hpp>
#include <primitives/total_size.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

namespace redoubt::node {

namespace asio = boost::asio;

std::string_view error_domain(ChannelError) {
    return "enclave channel";
}

std::string_view error_message(ChannelError error) {
    switch (error) {
        case ChannelError::kClosed:
            return "the enclave ended";
        case ChannelError::kDeadline:
            return "the enclave did not answer in time";
        case ChannelError::kBadFrame:
            return "the enclave's answer cannot be read";
        case ChannelError::kUnexpectedReply:
            return "the enclave answered another question";
        case ChannelError::kTooLarge:
            return "the message is larger than the boundary allows";
    }
    return "unknown channel error";
}

namespace {

/// A request that waits for its turn or its reply.
struct Pending {
    Pending(const Executor& executor, Bytes request_frame, std::uint32_t deadlines)
        : frame(std::move(request_frame)), shares(deadlines), answered(executor) {}
    void answer(Result<boundary::FromEnclave> with) {
        reply.emplace(std::move(with));
        answered.notify();
    }

    Bytes frame;
    std::uint32_t shares;  ///< how many deadlines its reply may take
    std::optional<Result<boundary::FromEnclave>> reply;
    Signal answered;
};

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

std::uint32_t deadline_shares(const boundary::ToEnclave& message) {
    constexpr std::size_t kShareBytes = std::size_t{256} << 10;
    const auto* block = std::get_if<boundary::ImportBlock>(&message);
    if (block == nullptr) {
        return 1;
    }
    const auto begun = (total_size(block->extrinsics) + kShareBytes - 1) / kShareBytes;
    return static_cast<std::uint32_t>(std::max<std::size_t>(1, begun));
}

class EnclaveChannel::Impl : public std::enable_shared_from_this<EnclaveChannel::Impl> {
  public:
    Impl(Executor executor, int descriptor, std::chrono::milliseconds deadline, PageReader read_page)
        : executor_(executor),
          read_page_(std::move(read_page)),
          socket_(executor, asio::local::stream_protocol{}, descriptor),
          timer_(executor),
          deadline_(deadline) {}

    /// True when the caller has to start serve().
    [[nodiscard]] bool enqueue(std::shared_ptr<Pending> pending) {
        if (closed_) {
            pending->answer(ChannelError::kClosed);
            return false;
        }
        queue_.push_back(std::move(pending));
        return !std::exchange(serving_, true);
    }

    void close() {
        closed_ = true;
        boost::system::error_code ignored;
        socket_.close(ignored);
        timer_.cancel();
        for (const auto& pending : queue_) {
            pending->answer(ChannelError::kClosed);
        }
        queue_.clear();
    }

    [[nodiscard]] const Executor& executor() const { return executor_; }

    /// Serves the queue until it is empty.
    static Task<void> serve(std::shared_ptr<Impl> self) {
        while (!self->queue_.empty()) {
            const auto pending = std::move(self->queue_.front());
            self->queue_.pop_front();
            auto reply = co_await exchange(self, pending);
            const bool failed = !reply.has_value();
            pending->answer(std::move(reply));
            if (failed) {
                self->close();
            }
        }
        self->serving_ = false;
    }

  private:
    static Task<Result<boundary::FromEnclave>> exchange(std::shared_ptr<Impl> self,
                                                        std::shared_ptr<Pending> pending) {
        self->arm(pending->shares);
        auto frame = std::move(pending->frame);
        for (;;) {
            const auto [write_error, written] =
                co_await asio::async_write(self->socket_, asio::buffer(frame), kTuple);
            if (write_error) {
                co_return self->failure();
            }
            auto reply = co_await read_frame(self);
            const auto* const needed =
                reply.has_value() ? std::get_if<boundary::PageNeeded>(&reply.value()) : nullptr;
            if (needed == nullptr) {
                self->timer_.cancel();
                co_return reply;
            }
            boundary::Page page;
            page.sealed = co_await self->read_page_(needed->id, needed->again);
            if (page.sealed && page.sealed->size() > boundary::kPageBytesMax) {
                page.sealed.reset();
            }
            frame = boundary::encode_frame(boundary::ToEnclave{std::move(page)});
        }
    }

    static Task<Result<boundary::FromEnclave>> read_frame(std::shared_ptr<Impl> self) {
        std::array<std::uint8_t, boundary::kFramePrefixBytes> prefix{};
        const auto [prefix_error, prefix_size] =
            co_await asio::async_read(self->socket_, asio::buffer(prefix), kTuple);
        if (prefix_error) {
            co_return self->failure();
        }
        const auto rest = boundary::bytes_after_prefix_from_enclave(prefix);
        if (!rest.has_value()) {
            co_return ChannelError::kBadFrame;
        }
        Bytes message(rest.value() + 1);
        message[0] = prefix.back();
        const auto body = asio::buffer(message.data() + 1, rest.value());
        const auto [body_error, body_size] = co_await asio::async_read(self->socket_, body, kTuple);
        if (body_error) {
            co_return self->failure();
        }
        auto decoded = boundary::decode_from_enclave(message);
        if (!decoded.has_value()) {
            co_return ChannelError::kBadFrame;
        }
        co_return std::move(decoded.value());
    }

    void arm(std::uint32_t shares) {
        timed_out_ = false;
        timer_.expires_after(deadline_ * shares);
        timer_.async_wait([weak = weak_from_this(), armed = ++armed_](boost::system::error_code error) {
            const auto self = weak.lock();
            if (!error && self && armed == self->armed_) {
                self->timed_out_ = true;
                boost::system::error_code ignored;
                self->socket_.close(ignored);
            }
        });
    }

    [[nodiscard]] ChannelError failure() const {
        return timed_out_ ? ChannelError::kDeadline : ChannelError::kClosed;
    }

    Executor executor_;
    PageReader read_page_;
    asio::local::stream_protocol::socket socket_;
    asio::steady_timer timer_;
    std::chrono::milliseconds deadline_;
    std::deque<std::shared_ptr<Pending>> queue_;
    std::uint64_t armed_ = 0;
    bool serving_ = false;
    bool timed_out_ = false;
    bool closed_ = false;
};

EnclaveChannel::EnclaveChannel(Executor executor,
                               int descriptor,
                               std::chrono::milliseconds deadline,
                               PageReader read_page)
    : impl_(std::make_shared<Impl>(executor, descriptor, deadline, std::move(read_page))), tasks_(executor) {
}

EnclaveChannel::~EnclaveChannel() {
    impl_->close();
}

void EnclaveChannel::close() {
    impl_->close();
}

Task<Result<boundary::FromEnclave>> EnclaveChannel::request(boundary::ToEnclave message) {
    const auto impl = impl_;
    auto frame = boundary::encode_frame(message);
    const auto limit = boundary::kToEnclaveBytesMax[message.index()];
    if (frame.size() - sizeof(std::uint32_t) > limit) {
        co_return ChannelError::kTooLarge;
    }
    // Requests of others may come between a block and the state that it asks for.
    if (std::holds_alternative<boundary::ImportBlock>(message)) {
        block_shares_ = deadline_shares(message);
    }
    const bool of_block = std::holds_alternative<boundary::ImportBlock>(message) ||
                          std::holds_alternative<boundary::ChainState>(message);
    const auto pending =
        std::make_shared<Pending>(impl->executor(), std::move(frame), of_block ? block_shares_ : 1);
    if (impl->enqueue(pending)) {
        tasks_.spawn(Impl::serve(impl));
    }
    while (!pending->reply) {
        co_await pending->answered.wait();
    }
    co_return std::move(*pending->reply);
}

}  // namespace redoubt::node
