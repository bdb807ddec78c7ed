/// One life of the enclave: from the restored state until the process ends, the daemon stops, or something
/// makes going on pointless. What must outlast a life is in WorkerContext.
#pragma once

#include <node/account_keeper.hpp>
#include <node/block_importer.hpp>
#include <node/chain_blocks.hpp>
#include <node/client_server.hpp>
#include <node/config.hpp>
#include <node/enclave_start.hpp>
#include <node/evidence_revival.hpp>
#include <node/log_scope.hpp>
#include <node/outbox_sender.hpp>
#include <rpc/task_group.hpp>

#include <memory>
#include <optional>

namespace redoubt::node {

/// What the sessions of one shard share.
struct WorkerContext {
    Executor executor;
    Config config;
    std::shared_ptr<Journal> journal;
    std::shared_ptr<boost::asio::thread_pool> pool;
    registry_client::ChainClientPtr chain;
    std::string chain_name;
    registry_client::ChainClientPtr relay;  ///< of a parachain's relay chain, else nullptr
    std::string relay_name;
    std::shared_ptr<ClientListener> listener;
    std::string url;  ///< of the trusted endpoint, as it is registered
    EnclaveSetup setup;
    bool ready_announced = false;
    EvidenceRevival evidence_revival;
    std::shared_ptr<StorageTrouble> storage = std::make_shared<StorageTrouble>();
    std::shared_ptr<LogScope> log_scope;  ///< of the executor; its shard is set when the enclave tells it
};

/// How a session ended.
struct SessionEnd {
    /// kRenewing: the enclave was ended in good order, and is to be started again.
    enum class Kind { kStopped, kEnclaveLost, kProblem, kRenewing };
    Kind kind = Kind::kStopped;
    /// Of kProblem. Its cause says how the enclave ended for kEnclaveLost, and why it was for kRenewing.
    Problem problem;
    std::optional<std::uint32_t> timed_out_at = std::nullopt;  ///< ImportEnd::timed_out_at
};

class WorkerSession {
  public:
    WorkerSession(std::shared_ptr<WorkerContext> context, RunningEnclave enclave);
    WorkerSession(const WorkerSession&) = delete;
    WorkerSession& operator=(const WorkerSession&) = delete;
    ~WorkerSession();

    /// Runs to the end and takes everything down again: clients, transactions, the process.
    [[nodiscard]] Task<SessionEnd> run();
    /// Asks run() to end after the block that is being imported.
    void request_stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace redoubt::node
