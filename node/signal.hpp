/// Wakes coroutines of one thread that wait for a condition. It carries no state: who waits checks the
/// condition before and after.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/task.hpp>

#include <chrono>

namespace redoubt::node {

class Signal {
  public:
    explicit Signal(const Executor& executor)
        : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

    /// Wakes everything that waits.
    void notify() { timer_.cancel(); }

    /// Waits for notify(). The signal must outlive the wait.
    [[nodiscard]] Task<void> wait() {
        constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
        const auto result = co_await timer_.async_wait(kTuple);
        static_cast<void>(result);  // always "cancelled": the timer has no end
    }

  private:
    boost::asio::steady_timer timer_;
};

/// Waits so long.
[[nodiscard]] inline Task<void> pause_for(std::chrono::milliseconds duration) {
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, duration};
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace redoubt::node
