/// A limit on how long a task may take.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <rpc/failure.hpp>
#include <rpc/task.hpp>
#include <string>
#include <utility>

namespace redoubt::rpc {

/// Runs `work` for at most `limit`; then cancels it, waits until it has ended, and fails with kDeadline.
template <class T>
[[nodiscard]] Task<Reply<T>> with_deadline(Task<Reply<T>> work, std::chrono::milliseconds limit) {
    using boost::asio::experimental::awaitable_operators::operator||;
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, limit};
    auto either = std::move(work) || timer.async_wait(boost::asio::use_awaitable);
    auto outcome = co_await std::move(either);
    if (outcome.index() == 0) {
        co_return std::move(std::get<0>(outcome));
    }
    co_return Failure{make_error_code(RpcError::kDeadline), "after " + std::to_string(limit.count()) + " ms"};
}

}  // namespace redoubt::rpc
