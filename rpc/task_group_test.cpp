#include <rpc/task_group.hpp>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

namespace redoubt::rpc {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

Task<void> wait_for_ever(std::shared_ptr<int> token) {
    asio::steady_timer timer{co_await asio::this_coro::executor, 1h};
    co_await timer.async_wait(asio::use_awaitable);
    *token = 1;
}

Task<void> throw_at_once() {
    throw std::runtime_error{"expected by this test"};
    co_return;
}

TEST(TaskGroup, ends_its_tasks_when_it_goes) {
    asio::io_context context;
    const auto token = std::make_shared<int>(0);
    {
        TaskGroup group{context.get_executor()};
        group.spawn(wait_for_ever(token));
        group.spawn(wait_for_ever(token));
        context.poll();
        EXPECT_EQ(token.use_count(), 3);
    }
    context.restart();
    context.run();
    EXPECT_EQ(token.use_count(), 1);
    EXPECT_EQ(*token, 0);
}

TEST(TaskGroup, starts_nothing_after_cancel) {
    asio::io_context context;
    const auto token = std::make_shared<int>(0);
    TaskGroup group{context.get_executor()};
    group.cancel();
    group.spawn(wait_for_ever(token));
    context.run();
    EXPECT_EQ(token.use_count(), 1);
}

TEST(TaskGroup, drops_a_task_that_it_cancels_before_it_ran) {
    asio::io_context context;
    const auto token = std::make_shared<int>(0);
    {
        TaskGroup group{context.get_executor()};
        asio::post(context, [&] {
            group.spawn(wait_for_ever(token));
            group.cancel();
        });
        context.run();
    }
    EXPECT_EQ(token.use_count(), 1);
}

/// Owns the group that runs one of its tasks.
struct Owner {
    explicit Owner(asio::io_context& context) : group(context.get_executor()) {}
    TaskGroup group;
};
Task<void> hold(std::shared_ptr<Owner>) {
    co_return;
}

TEST(TaskGroup, may_go_with_the_last_of_its_tasks) {
    asio::io_context context;
    auto owner = std::make_shared<Owner>(context);
    const std::weak_ptr<Owner> weak = owner;
    owner->group.spawn(hold(owner));
    owner.reset();
    context.run();
    EXPECT_TRUE(weak.expired());
}

TEST(TaskGroup, survives_an_exception_of_a_task_and_joins) {
    asio::io_context context;
    TaskGroup group{context.get_executor()};
    group.spawn(throw_at_once());
    bool joined = false;
    asio::co_spawn(context, group.join(), [&](const std::exception_ptr&) { joined = true; });
    context.run();
    EXPECT_TRUE(joined);
}

}  // namespace
}  // namespace redoubt::rpc
