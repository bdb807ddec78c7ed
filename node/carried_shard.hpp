/// One shard of a running daemon: its database, its enclave process, its endpoint, its connection to the
/// chain.
///
/// Shards share the event loop, the data directory's lock and the simulated platform, and nothing else: what
/// ends one leaves the others alone.
#pragma once

#include <node/data_dir.hpp>
#include <node/shard_endpoint.hpp>
#include <node/shard_places.hpp>
#include <node/worker.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace redoubt::node {

class CarriedShard {
  public:
    /// @param is_one_of_several  log lines name the shard
    CarriedShard(Executor executor, ShardPlace place, ShardEndpoint endpoint, bool is_one_of_several);
    CarriedShard(const CarriedShard&) = delete;
    CarriedShard& operator=(const CarriedShard&) = delete;
    /// Not before its task has ended.
    ~CarriedShard();

    /// Opens the database, which is made when it does not exist. Blocks.
    [[nodiscard]] Outcome<> open_storage(const DataDir& data_dir);
    /// Something was sealed for it before, or may have been: the database cannot be read.
    [[nodiscard]] bool may_have_identity() const { return may_have_identity_; }
    /// Binds the endpoint's port and announces it.
    /// @errors kUsage
    [[nodiscard]] Outcome<> listen(const Config& config, const DataDir& data_dir);

    /// Carries the shard, after open_storage() and listen(). `on_end` is called when it has ended.
    void start(std::function<void()> on_end);
    /// Asks it to end after the running block.
    void request_stop();
    /// Says that it has ended and why, and lets go of what it holds.
    void end(Outcome<> result);

    [[nodiscard]] bool ended() const { return result_.has_value(); }
    /// kOk while it runs.
    [[nodiscard]] ExitCode exit_code() const;
    /// nullopt for a new shard without a name.
    [[nodiscard]] std::optional<Hash256> shard() const { return scope_->shard; }

  private:
    Task<void> carry(std::function<void()> on_end);

    ShardPlace place_;
    ShardEndpoint endpoint_;
    std::shared_ptr<LogScope> scope_;
    Executor executor_;
    std::shared_ptr<boost::asio::thread_pool> pool_;
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<WorkerContext> context_;
    std::unique_ptr<Worker> worker_;
    std::optional<Outcome<>> result_;
    bool may_have_identity_ = true;
    rpc::TaskGroup tasks_;
};

}  // namespace redoubt::node
