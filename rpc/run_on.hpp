/// Runs a task on another executor, for example on a connection's strand, and gives its value back.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
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

}  // namespace detail

/// Runs `work` on `executor`; the caller goes on where it was. Cancelling the caller cancels the work.
/// Also the way to start a Task<Result<T>>: co_spawn alone does not accept a Result.
template <class T>
[[nodiscard]] Task<T> run_on(Executor executor, Task<T> work) {
    auto wrapped = detail::optionally(std::move(work));
    auto value = co_await boost::asio::co_spawn(executor, std::move(wrapped), boost::asio::use_awaitable);
    co_return std::move(*value);
}

}  // namespace redoubt::rpc
