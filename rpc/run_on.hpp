/// Runs a task on another executor, for example on a connection's strand, and gives its value back.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
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

/// The way of a cancellation to work on another executor. Touched on that executor only, except for being
/// kept.
struct RemoteStop {
    boost::asio::cancellation_signal signal;
    bool is_over = false;
};

/// Starts work on `executor`. Unlike co_spawn itself, it keeps the signal alive until a cancellation that is
/// queued on the executor has had its turn, although the work and its caller may have ended before.
template <class T>
class StartOn {
  public:
    explicit StartOn(Executor executor) : executor_(std::move(executor)) {}

    template <class Handler>
    void operator()(Handler handler, Task<std::optional<T>> work) const {
        namespace asio = boost::asio;
        const auto stop = std::make_shared<RemoteStop>();
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            slot.assign([stop, executor = executor_](asio::cancellation_type type) {
                asio::dispatch(executor, [stop, type] {
                    if (!stop->is_over) {
                        stop->signal.emit(type);
                    }
                });
            });
        }
        auto caller = asio::get_associated_executor(handler, executor_);
        auto caller_work = asio::make_work_guard(caller);
        auto finish = [stop, handler = std::move(handler), caller, caller_work = std::move(caller_work)](
                          std::exception_ptr failure, std::optional<T> value) mutable {
            stop->is_over = true;
            asio::post(caller, [handler = std::move(handler), failure, value = std::move(value)]() mutable {
                std::move(handler)(failure, std::move(value));
            });
        };
        asio::co_spawn(executor_, std::move(work),
                       asio::bind_cancellation_slot(stop->signal.slot(), std::move(finish)));
    }

  private:
    Executor executor_;
};

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

}  // namespace redoubt::rpc
