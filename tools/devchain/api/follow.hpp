/// One chainHead_v1_follow: what it was told of, what it has pinned, and the operations under way.
///
/// @source paritytech/json-rpc-interface-spec, chainHead_v1
#pragma once

#include <primitives/bytes.hpp>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <rpc/method.hpp>
#include <set>
#include <string>
#include <tools/devchain/api/storage_query.hpp>
#include <tools/devchain/chain/chain.hpp>
#include <vector>

namespace redoubt::devchain::api {

/// Blocks that one subscription may keep pinned; one more ends it.
inline constexpr std::size_t kPinnedMax = 4'096;
/// Storage operations that wait for chainHead_v1_continue.
inline constexpr std::size_t kOperationsMax = 16;

class Follow {
  public:
    /// @param chain  outlives this object
    Follow(const Chain& chain, rpc::ServerSubscriptionPtr subscription, bool with_runtime);

    /// Sends `initialized`, and what there is above the finalized block.
    void start();
    void on_imported(const ImportedBlock& imported);
    void on_best_changed();
    void on_finalized(const Finalization& finalization);
    [[nodiscard]] bool is_open() const { return subscription_->is_open(); }

    /// @errors -32801 when the block is not pinned
    [[nodiscard]] rpc::Answer header(const Hash256& block) const;
    [[nodiscard]] rpc::Answer body(const Hash256& block);
    /// @errors -32801; -32802 when this follow has no runtime
    [[nodiscard]] rpc::Answer call(const Hash256& block, const std::string& function, ByteView parameters);
    /// @errors -32801
    [[nodiscard]] rpc::Answer storage(const Hash256& block,
                                      std::vector<StorageItem> items,
                                      std::optional<Bytes> child_key);
    /// @errors -32803 when the operation does not wait
    [[nodiscard]] rpc::Answer go_on(const std::string& operation);
    void stop_operation(const std::string& operation) { waiting_.erase(operation); }
    /// @errors -32801, -32804; then nothing is unpinned
    [[nodiscard]] rpc::Answer unpin(const std::vector<Hash256>& blocks);

  private:
    void tell(nlohmann::json event) { subscription_->notify(std::move(event)); }
    void pin(const Hash256& block);
    /// Tells of a block and, before it, of those below that this follow has not heard of. False when one of
    /// them is withheld: then of none.
    bool tell_with_ancestors(const Hash256& block);
    void tell_new_block(const Hash256& block, const Hash256& parent);
    void send_portion(const std::string& operation, StorageQuery query);
    [[nodiscard]] std::string new_operation();
    [[nodiscard]] nlohmann::json runtime_json() const;

    const Chain& chain_;
    rpc::ServerSubscriptionPtr subscription_;
    bool with_runtime_;
    /// With their states, which thereby outlive pruning; nullptr for a state that was pruned before.
    std::map<Hash256, BlockStatePtr> pinned_;
    std::map<std::string, StorageQuery> waiting_;
    std::uint64_t operations_ = 0;
    // What the client knows. A chain that is made to show less for a while is caught up with afterwards.
    std::uint32_t finalized_number_ = 0;
    Hash256 best_;
    std::set<Hash256> known_unfinalized_;
    std::vector<Hash256> pruned_;  ///< and not told yet
};

}  // namespace redoubt::devchain::api
