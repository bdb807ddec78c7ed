/// Who watches which transaction: pool events reach those who asked for a transaction, until its end.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tools/devchain/api/observation.hpp>
#include <vector>

#include <rpc/method.hpp>

namespace redoubt::devchain::api {

/// Shared by the families that watch transactions; always held by a shared_ptr.
class TransactionWatchers final : public Observation,
                                  public std::enable_shared_from_this<TransactionWatchers> {
  public:
    using Observation::Observation;
    /// What a watcher's subscription says of an event; null for nothing.
    using Telling = nlohmann::json (*)(const PoolEvent& event);

    /// Submits `extrinsic` and lets `subscription` hear of it; events of the submission itself come too.
    /// Ends the subscription with the last event.
    [[nodiscard]] SubmitResult submit(Bytes extrinsic,
                                      const rpc::ServerSubscriptionPtr& subscription,
                                      Telling telling);

    void on_transaction(const PoolEvent& event) override;

  private:
    struct Watcher {
        rpc::ServerSubscriptionPtr subscription;
        Telling telling;
    };
    void forget(const Hash256& txn, const rpc::ServerSubscription* subscription);

    std::map<Hash256, std::vector<Watcher>> watchers_;
};

}  // namespace redoubt::devchain::api
