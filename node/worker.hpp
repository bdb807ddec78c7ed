/// The work for one shard from connecting to stopping: chain, enclave, restarts.
#pragma once

#include <node/worker_session.hpp>

#include <memory>

namespace redoubt::node {

class Worker {
  public:
    /// @param context everything but the chain, its name and the setup's genesis hash, which run() fills in
    explicit Worker(std::shared_ptr<WorkerContext> context);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// Works until request_stop() or until a problem ends it. Success means stopped on request.
    [[nodiscard]] Task<Outcome<>> run();

    /// Ends run() after the block that is being imported; at once while there is none.
    void request_stop();

  private:
    [[nodiscard]] Task<Outcome<>> connect();
    /// @param option  the flag that names the node, for the log
    [[nodiscard]] Task<Outcome<registry_client::ChainClientPtr>> connect_to(std::string url,
                                                                            std::string option);
    /// The relay chain of a parachain.
    [[nodiscard]] Task<Outcome<>> connect_relay();
    /// Which block a new enclave trusts at first: the checkpoint's, or the genesis block; of the relay chain
    /// for a parachain.
    [[nodiscard]] Task<Outcome<>> choose_anchor();
    [[nodiscard]] Task<Outcome<>> serve();

    std::shared_ptr<WorkerContext> context_;
    std::unique_ptr<WorkerSession> session_;
    rpc::TaskGroup tasks_;
    Signal changed_;
    bool stopping_ = false;
};

}  // namespace redoubt::node
