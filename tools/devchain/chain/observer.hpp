/// Who wants to know what happens on the chain.
///
/// Notifications arrive while the chain is at work, after the event is durable: an observer may read the
/// chain and add or remove observers, and must not build, submit or finalize before it has returned.
#pragma once

#include <light-client/justification.hpp>
#include <primitives/bytes.hpp>
#include <tools/devchain/chain/pool_event.hpp>

#include <optional>
#include <vector>

namespace redoubt::devchain {

struct ImportedBlock {
    light_client::BlockRef block;
    Hash256 parent_hash;
    bool is_best = false;  ///< it became the best block
};

struct BestChange {
    light_client::BlockRef best;
    std::vector<Hash256> retracted;  ///< left the best chain, highest first
    std::vector<Hash256> enacted;    ///< joined it, lowest first; the last one is `best`
};

struct Finalization {
    std::vector<Hash256> finalized;  ///< newly final, lowest first
    std::vector<Hash256> pruned;     ///< blocks on other branches that can never be final now
    /// Encoded, for the last of `finalized`; nullopt when the chain is made to withhold it.
    std::optional<Bytes> justification;
};

class Observer {
  public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;

    /// For one new block these come in this order: imported; best changed, and what that did to transactions;
    /// finalized, and the transactions that are final with it.
    virtual void on_imported(const ImportedBlock&) {}
    virtual void on_best_changed(const BestChange&) {}
    virtual void on_finalized(const Finalization&) {}
    virtual void on_transaction(const PoolEvent&) {}
};

}  // namespace redoubt::devchain
