/// Runs a task on another executor, for example on a connection's strand, and gives its value back.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <rpc/task.hpp>
#include <utility>

namespace redoubt::rpc {

namespace detail {

// co_spawn wants values that can be made from nothing, which a Result cannot.
template <class T>
[[nodiscard]] Task<std::optional<T>> optionally(Task<T> work) {
    co_return std::optional<T>{co_await std::move(work)};
}

[[nodiscard]] inline Task<bool> until_done(Task<void> work) {
    co_await std::move(work);
    co_return true;
}

/// Carries a cancellation to another executor. It owns the signal that it emits there: what co_spawn does by
/// itself in Boost 1.81 emits through a pointer into a caller that may have ended meanwhile.
class CancellationRelay {
  public:
    CancellationRelay(Executor executor, std::shared_ptr<boost::asio::cancellation_signal> signal)
        : executor_(std::move(executor)), signal_(std::move(signal)) {}

    void operator()(boost::asio::cancellation_type type) const {
        boost::asio::dispatch(executor_, [signal = signal_, type] { signal->emit(type); });
    }

  private:
    Executor executor_;
    std::shared_ptr<boost::asio::cancellation_signal> signal_;
};

}  // namespace detail

/// Runs `work` on `executor`; the caller goes on where it was. Cancelling the caller cancels the work.
/// Also the way to start a Task<Result<T>>: co_spawn alone does not accept a Result.
template <class T>
[[nodiscard]] Task<T> run_on(Executor executor, Task<T> work) {
    auto wrapped = detail::optionally(std::move(work));
    const auto signal = std::make_shared<boost::asio::cancellation_signal>();
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (auto slot = state.slot(); slot.is_connected()) {
        slot.template emplace<detail::CancellationRelay>(executor, signal);
    }
    auto token = boost::asio::bind_cancellation_slot(signal->slot(), boost::asio::use_awaitable);
    auto value = co_await boost::asio::co_spawn(executor, std::move(wrapped), std::move(token));
    co_return std::move(*value);
}

[[nodiscard]] inline Task<void> run_on(Executor executor, Task<void> work) {
    auto done = run_on(std::move(executor), detail::until_done(std::move(work)));
    co_await std::move(done);
}

}  // namespace redoubt::rpc
