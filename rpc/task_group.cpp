#include <rpc/task_group.hpp>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <list>
#include <rpc/run_on.hpp>

namespace redoubt::rpc {

namespace asio = boost::asio;

struct TaskGroup::State : std::enable_shared_from_this<TaskGroup::State> {
    struct Entry {
        asio::cancellation_signal signal;
        bool is_entered = false;
    };
    struct Inside {
        explicit Inside(Entry& of) : entry(of) { entry.is_entered = true; }
        ~Inside() { entry.is_entered = false; }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        Entry& entry;
    };

    explicit State(Executor on) : executor(std::move(on)), ended(executor) {
        ended.expires_at(asio::steady_timer::time_point::max());
    }

    void start(Task<void> task) {
        if (cancelled) {
            return;
        }
        const auto entry = entries.emplace(entries.end());
        auto on_end = [self = shared_from_this(), entry](std::exception_ptr error) {
            self->entries.erase(entry);
            if (self->entries.empty()) {
                self->ended.cancel();
            }
            report(error);
        };
        auto entered = enter(shared_from_this(), entry, std::move(task));
        asio::co_spawn(executor, std::move(entered),
                       asio::bind_cancellation_slot(entry->signal.slot(), std::move(on_end)));
    }

    /// A cancellation on the way into the coroutine or out of it would end the process: Asio throws it where
    /// nothing catches it. Hence the signal reaches a task only while it is in here. What a task owned may
    /// itself cancel the group when the task goes.
    static Task<void> enter(std::shared_ptr<State> self, std::list<Entry>::iterator entry, Task<void> task) {
        const Inside inside{*entry};
        if (!self->cancelled) {
            co_await std::move(task);
        }
    }

    void emit_cancellation() {
        // A task may end, and leave the list, while its signal is emitted.
        for (auto entry = entries.begin(); entry != entries.end();) {
            const auto current = entry++;
            if (current->is_entered) {
                current->signal.emit(asio::cancellation_type::terminal);
            }
        }
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
    std::list<Entry> entries;
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
        // Not at once: a task that is about to end may be what called this.
        asio::post(state->executor, [state] { state->emit_cancellation(); });
    });
}

namespace {

Task<void> join_all(std::shared_ptr<TaskGroup::State> state) {
    while (!state->entries.empty()) {
        co_await state->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace

Task<void> TaskGroup::join() {
    return run_on(state_->executor, join_all(state_));
}

}  // namespace redoubt::rpc
