#include <rpc/run_on.hpp>

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <memory>
#include <primitives/result.hpp>
#include <thread>

namespace redoubt::rpc {
namespace {

namespace asio = boost::asio;

using Timer = std::shared_ptr<asio::steady_timer>;

Task<Result<int>> wait_for(Timer timer, int value) {
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    const Executor strand = co_await asio::this_coro::executor;
    co_await asio::post(strand, asio::use_awaitable);  // the rest waits for its turn on the strand
    co_return value;
}

Task<void> keep(Executor on, Timer timer, std::shared_ptr<int> out) {
    auto work = wait_for(std::move(timer), 7);
    const auto value = co_await run_on(on, std::move(work));
    *out = value.value();
}

class RunOn : public ::testing::Test {
  protected:
    RunOn() { timer_->expires_at(asio::steady_timer::time_point::max()); }

    /// Starts `keep` on the context with its work on the strand, and lets both come to their wait.
    void start() {
        auto task = keep(strand_, timer_, out_);
        asio::co_spawn(
            io_, std::move(task),
            asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr) { ended_ = true; }));
        io_.poll();
    }

    asio::io_context io_{1};
    Executor strand_ = asio::make_strand(io_.get_executor());
    Timer timer_ = std::make_shared<asio::steady_timer>(strand_);
    std::shared_ptr<int> out_ = std::make_shared<int>(0);
    asio::cancellation_signal stop_;
    bool ended_ = false;
};

TEST_F(RunOn, gives_the_value_back) {
    start();
    timer_->cancel();
    io_.run();
    EXPECT_TRUE(ended_);
    EXPECT_EQ(*out_, 7);
}

TEST_F(RunOn, passes_a_cancellation_on_to_the_work) {
    start();
    stop_.emit(asio::cancellation_type::terminal);
    io_.run();
    EXPECT_TRUE(ended_);
}

// The work may end on the strand while the cancellation is queued behind it there: when the cancellation has
// its turn, the caller and everything that it kept is gone. Every step of the end is tried.
TEST(RunOnSteps, survive_a_cancellation_at_each_of_them) {
    for (int steps = 0; steps < 12; ++steps) {
        asio::io_context io{1};
        const Executor strand = asio::make_strand(io.get_executor());
        const auto timer = std::make_shared<asio::steady_timer>(strand);
        timer->expires_at(asio::steady_timer::time_point::max());
        asio::cancellation_signal stop;
        bool ended = false;
        auto task = keep(strand, timer, std::make_shared<int>(0));
        asio::co_spawn(io, std::move(task),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
        io.poll();
        timer->cancel();
        io.restart();
        for (int i = 0; i < steps; ++i) {
            io.poll_one();
        }
        asio::post(io, [&] {
            if (!ended) {
                stop.emit(asio::cancellation_type::terminal);
            }
        });
        io.run();
        EXPECT_TRUE(ended);
    }
}

/// A handler without an executor of its own: co_spawn lets a cancellation through at once.
struct EndOfCaller {
    using cancellation_slot_type = asio::cancellation_slot;
    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return slot; }
    void operator()(const std::exception_ptr&) const { *ended = true; }
    cancellation_slot_type slot;
    bool* ended;
};

Task<Result<int>> cancel_and_end(asio::cancellation_signal* caller) {
    const Executor strand = co_await asio::this_coro::executor;
    co_await asio::post(strand, asio::use_awaitable);
    // From outside of the strand, which is busy here: what is dispatched to it waits until this work has
    // ended.
    std::thread{[caller] { caller->emit(asio::cancellation_type::terminal); }}.join();
    co_return 7;
}

Task<void> keep_work(Executor on, asio::cancellation_signal* caller) {
    auto work = cancel_and_end(caller);
    const auto value = co_await run_on(on, std::move(work));
    EXPECT_EQ(value.value(), 7);
}

// What co_spawn of Boost 1.81 does by itself reads freed memory here; the address sanitizer tells.
TEST(RunOnEnd, survives_a_cancellation_that_is_queued_behind_it) {
    asio::io_context io{1};
    const Executor strand = asio::make_strand(io.get_executor());
    auto stop = std::make_unique<asio::cancellation_signal>();
    bool ended = false;
    asio::co_spawn(io, keep_work(strand, stop.get()), EndOfCaller{stop->slot(), &ended});
    while (!ended && io.poll_one() > 0) {
    }
    ASSERT_TRUE(ended);
    stop.reset();
    EXPECT_GT(io.poll(), 0U) << "the cancellation has its turn after everything else is gone";
}

TEST_F(RunOn, takes_no_cancellation_after_its_end) {
    start();
    timer_->cancel();
    io_.run();
    stop_.emit(asio::cancellation_type::terminal);
    io_.restart();
    io_.run();
    EXPECT_EQ(*out_, 7);
}

}  // namespace
}  // namespace redoubt::rpc
