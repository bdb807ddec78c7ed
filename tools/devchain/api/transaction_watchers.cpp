#include <tools/devchain/api/transaction_watchers.hpp>

#include <substrate/extrinsic.hpp>
#include <utility>

namespace redoubt::devchain::api {

SubmitResult TransactionWatchers::submit(Bytes extrinsic,
                                         const rpc::ServerSubscriptionPtr& subscription,
                                         Telling telling) {
    const auto txn = substrate::extrinsic_hash(extrinsic);
    watchers_[txn].push_back({subscription, telling});
    subscription->on_end([weak = weak_from_this(), txn, watching = subscription.get()] {
        if (const auto self = weak.lock()) {
            self->forget(txn, watching);
        }
    });
    auto submitted = chain().submit(std::move(extrinsic));
    if (!submitted) {
        forget(txn, subscription.get());
    }
    return submitted;
}

void TransactionWatchers::on_transaction(const PoolEvent& event) {
    const auto found = watchers_.find(event.txn);
    if (found == watchers_.end()) {
        return;
    }
    // A watcher that goes meanwhile leaves the list.
    const auto told = found->second;
    if (is_final(event.kind)) {
        watchers_.erase(found);
    }
    for (const auto& each : told) {
        if (auto said = each.telling(event); !said.is_null()) {
            each.subscription->notify(std::move(said));
        }
        if (is_final(event.kind)) {
            each.subscription->end();
        }
    }
}

void TransactionWatchers::forget(const Hash256& txn, const rpc::ServerSubscription* subscription) {
    const auto found = watchers_.find(txn);
    if (found == watchers_.end()) {
        return;
    }
    std::erase_if(found->second,
                  [&](const Watcher& each) { return each.subscription.get() == subscription; });
    if (found->second.empty()) {
        watchers_.erase(found);
    }
}

}  // namespace redoubt::devchain::api
