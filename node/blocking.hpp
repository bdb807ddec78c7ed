/// Work that blocks, awaited from a coroutine: it runs on a thread pool, the coroutine goes on where it was.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/task.hpp>

#include <type_traits>
#include <utility>

namespace redoubt::node {

/// Runs `work` on `pool` and gives its result. The work is not interrupted when the waiting task is
/// cancelled: what it refers to must outlive the pool, not the task.
template <class Work>
[[nodiscard]] Task<std::invoke_result_t<Work>> run_blocking(boost::asio::thread_pool& pool, Work work) {
    namespace asio = boost::asio;
    using Value = std::invoke_result_t<Work>;
    auto start = [&pool](auto handler, Work moved) {
        const auto home = asio::get_associated_executor(handler);
        auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
        auto job = [handler = std::move(handler), guard = std::move(guard),
                    moved = std::move(moved)]() mutable {
            auto value = moved();
            auto back = [handler = std::move(handler), value = std::move(value)]() mutable {
                std::move(handler)(std::move(value));
            };
            asio::post(guard, std::move(back));
        };
        asio::post(pool, std::move(job));
    };
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(Value)>(
        std::move(start), asio::use_awaitable, std::move(work));
}

}  // namespace redoubt::node
