/// Runs coroutines of the host in a test.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <rpc/failure.hpp>
#include <rpc/run_on.hpp>
#include <rpc/task.hpp>
#include <utility>

namespace redoubt::tests {

/// Runs `task` on `context` until it ends and gives its value; work that others left there runs meanwhile.
/// Ends the program when the task takes longer than `limit`: a test that hangs tells nothing.
template <class T>
T run_task(boost::asio::io_context& context,
           Task<T> task,
           std::chrono::seconds limit = std::chrono::seconds{120}) {
    std::optional<T> value;
    std::exception_ptr thrown;
    bool done = false;
    boost::asio::co_spawn(context, rpc::detail::optionally(std::move(task)),
                          [&](std::exception_ptr error, std::optional<T> result) {
                              thrown = error;
                              value = std::move(result);
                              done = true;
                          });
    const auto deadline = std::chrono::steady_clock::now() + limit;
    context.restart();
    while (!done) {
        if (context.run_one_until(deadline) == 0) {
            std::fprintf(stderr, "run_task: the task did not end in time\n");
            std::abort();
        }
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return std::move(*value);
}

/// Lets `context` run for as long as it has ready work, and until `condition` holds; false after `limit`.
template <class Condition>
[[nodiscard]] bool run_until(boost::asio::io_context& context,
                             Condition condition,
                             std::chrono::seconds limit = std::chrono::seconds{30}) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        context.restart();
        context.run_one_for(std::chrono::milliseconds{10});
    }
    return true;
}

template <class T>
[[nodiscard]] ::testing::AssertionResult is_ok(const rpc::Reply<T>& reply) {
    if (reply.has_value()) {
        return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << "failed: " << reply.error().describe();
}

template <class T, class Error>
[[nodiscard]] ::testing::AssertionResult is_error(const rpc::Reply<T>& reply, Error expected) {
    if (reply.has_value()) {
        return ::testing::AssertionFailure()
               << "succeeded, expected the error: " << make_error_code(expected).message();
    }
    if (reply.error().code == make_error_code(expected)) {
        return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << "failed with: " << reply.error().describe()
                                         << ", expected: " << make_error_code(expected).message();
}

}  // namespace redoubt::tests
