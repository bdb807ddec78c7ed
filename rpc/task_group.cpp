#include <rpc/task_group.hpp>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <list>

namespace redoubt::rpc {

namespace asio = boost::asio;

struct TaskGroup::State : std::enable_shared_from_this<TaskGroup::State> {
    explicit State(Executor on) : executor(std::move(on)), ended(executor) {
        ended.expires_at(asio::steady_timer::time_point::max());
    }

    void start(Task<void> task) {
        if (cancelled) {
            return;
        }
        const auto signal = signals.emplace(signals.end());
        auto on_end = [self = shared_from_this(), signal](std::exception_ptr error) {
            self->signals.erase(signal);
            if (self->signals.empty()) {
                self->ended.cancel();
            }
            report(error);
        };
        asio::co_spawn(executor, std::move(task),
                       asio::bind_cancellation_slot(signal->slot(), std::move(on_end)));
    }

    static void report(const std::exception_ptr& error) {
        if (!error) {
            return;
        }
        try {
            std::rethrow_exception(error);
        } catch (const boost::system::system_error& thrown) {
            if (thrown.code() != asio::error::operation_aborted) {
                spdlog::error("a task ended with an exception: {}", thrown.what());
            }
        } catch (const std::exception& thrown) {
            spdlog::error("a task ended with an exception: {}", thrown.what());
        }
    }

    Executor executor;
    std::list<asio::cancellation_signal> signals;
    asio::steady_timer ended;
    bool cancelled = false;
};

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {
}

TaskGroup::~TaskGroup() {
    cancel();
}

void TaskGroup::spawn(Task<void> task) {
    asio::dispatch(state_->executor,
                   [state = state_, task = std::move(task)]() mutable { state->start(std::move(task)); });
}

void TaskGroup::cancel() {
    asio::dispatch(state_->executor, [state = state_] {
        state->cancelled = true;
        // A task may end, and leave the list, while its signal is emitted.
        for (auto signal = state->signals.begin(); signal != state->signals.end();) {
            const auto current = signal++;
            current->emit(asio::cancellation_type::terminal);
        }
    });
}

namespace {

Task<void> join_all(std::shared_ptr<TaskGroup::State> state) {
    while (!state->signals.empty()) {
        co_await state->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace

Task<void> TaskGroup::join() {
    auto work = join_all(state_);
    return asio::co_spawn(state_->executor, std::move(work), asio::use_awaitable);
}

}  // namespace redoubt::rpc
