/// The owner of spawned coroutines: nothing runs detached.
#pragma once

#include <chrono>
#include <memory>
#include <rpc/task.hpp>

namespace redoubt::rpc {

/// Spawns tasks on one executor and ends them together.
///
/// Cancellation is a request: each task meets it at its next wait, unwinds and goes. What a task
/// uses must therefore be owned by the task itself, or the owner must `co_await join()` before it
/// goes. An exception that leaves a task is logged and ends that task only.
/// The executor must run one handler at a time (a strand, or a context that one thread runs).
class TaskGroup {
  public:
    explicit TaskGroup(Executor executor);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    /// Requests cancellation and returns at once.
    ~TaskGroup();

    /// Starts `task`. After cancel() a new task is dropped unstarted.
    void spawn(Task<void> task);
    /// Asks all tasks to end; may be called from any thread.
    void cancel();
    /// Waits until every task has ended; does not cancel.
    [[nodiscard]] Task<void> join();

    struct State;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace redoubt::rpc
