/// Which shard a log line or an event is about, without every caller saying so.
///
/// What runs on a shard's executor is logged under that shard's name: the coroutines of its worker, and what
/// they call in other folders. Work that the executor hands to other threads has no name.
#pragma once

#include <primitives/bytes.hpp>
#include <rpc/task.hpp>

#include <memory>
#include <optional>
#include <string>

namespace redoubt::node {

/// The name that lines get. Read and changed on the executor's thread only.
struct LogScope {
    std::optional<Hash256> shard;  ///< of events, once it is known
    /// Put before log lines too: there are several shards.
    bool is_one_of_several = false;

    /// `9f86d081` while log lines are named, else empty.
    [[nodiscard]] std::string label() const;
};

/// Makes a scope this thread's current one for as long as it lives: for code that runs on no executor.
class EnteredLogScope {
  public:
    explicit EnteredLogScope(const LogScope* scope) noexcept;
    EnteredLogScope(const EnteredLogScope&) = delete;
    EnteredLogScope& operator=(const EnteredLogScope&) = delete;
    ~EnteredLogScope();

  private:
    const LogScope* before_;
};

/// The scope of the code that runs on this thread now; nullptr outside of any.
[[nodiscard]] const LogScope* current_log_scope();

/// `inner`, with everything that it runs inside `scope`.
[[nodiscard]] Executor scoped_executor(Executor inner, std::shared_ptr<const LogScope> scope);

}  // namespace redoubt::node
