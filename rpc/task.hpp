/// Coroutines of the host: Task<T>, and the executor that they run on. What owns spawned tasks is in
/// task_group.hpp, a limit on waiting in deadline.hpp.
///
/// Rules: parameters by value, no captures in coroutine lambdas, and no aggregate-initialised or
/// capturing-lambda temporary inside a co_await expression (g++ 12.2 destroys it twice): name the
/// object on the line above and move it in.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace redoubt {

/// A coroutine that gives a T; usually Task<Result<T>> or Task<rpc::Reply<T>>.
template <class T = void>
using Task = boost::asio::awaitable<T>;

using Executor = boost::asio::any_io_executor;

}  // namespace redoubt
