/// The inside of Chain, for its own source files only.
#pragma once

#include <tools/devchain/chain/authority_sets.hpp>
#include <tools/devchain/chain/block_store.hpp>
#include <tools/devchain/chain/chain.hpp>
#include <tools/devchain/chain/development_keys.hpp>
#include <tools/devchain/chain/fork_tree.hpp>

#include <optional>
#include <string_view>
#include <variant>

namespace redoubt::devchain {

struct Chain::Impl {
    /// A change of authorities that the next block is to announce.
    struct PlannedChange {
        light_client::AuthorityList next;
        std::uint32_t delay = 0;
        bool is_forced = false;
    };
    /// A block that was executed and is not imported yet.
    struct ExecutedBlock {
        substrate::Header header;  ///< as the runtime made it, with the true state root, unsealed
        std::vector<Bytes> body;
        BlockState state;
        Changes changes;
        std::uint64_t slot = 0;
    };
    using Notice = std::variant<ImportedBlock, BestChange, Finalization, PoolEvent>;

    ChainOptions options;
    Runtime runtime;
    Hooks hooks;
    std::vector<Observer*> observers;

    DevelopmentKeys keys;
    std::optional<BlockStore> store;
    std::optional<ForkTree> tree;
    FinalityRecord finality;
    std::optional<TransactionPool> pool;
    Hash256 genesis_hash;
    std::uint64_t next_arrival = 1;
    std::optional<PlannedChange> planned_change;
    bool is_stalled = false;
    /// Set when something could not be stored: from then on nothing new is made.
    std::optional<std::error_code> failure;
    std::vector<Notice> notices;
    /// Moves of the base, to be stored with the next batch.
    StoreBatch deferred;

    // -- starting (chain_start.cpp) ---------------------------------------------------------------------
    [[nodiscard]] Result<void> prepare_keys();
    [[nodiscard]] Result<void> start();
    [[nodiscard]] Result<void> begin(BlockNode genesis);
    [[nodiscard]] Result<void> go_on(const BlockState& genesis);

    // -- making blocks (chain_build.cpp) ----------------------------------------------------------------
    [[nodiscard]] std::uint64_t now_ms() const;
    [[nodiscard]] AuthoritySets::IsAncestor is_ancestor() const;
    /// The node of a block with its state. @errors kUnknownBlock, kStatePruned
    [[nodiscard]] Result<const BlockNode*> node_with_state(const Hash256& hash) const;
    [[nodiscard]] Result<ExecutedBlock> execute(const BlockNode& parent, const BuildRequest& request);
    void fill(BlockExecution& execution, std::vector<Bytes>& body, bool is_on_best);
    /// Lets the hooks change the header and seals it. @errors kUnknownAuthorKey
    [[nodiscard]] Result<substrate::Header> seal(substrate::Header header, std::uint64_t slot) const;
    void import(StoreBatch& batch, ExecutedBlock block, substrate::Header sealed);
    /// @param body  of the block, when it is not stored yet
    void move_best(const Hash256& hash, const std::vector<Bytes>* body = nullptr);
    [[nodiscard]] std::vector<TransactionPool::Included> included_in(const BlockNode& node,
                                                                     const std::vector<Bytes>& body) const;

    // -- finality (chain_finality.cpp) ------------------------------------------------------------------
    /// Finalizes what the lag allows, if votes suffice and finality is not stalled.
    [[nodiscard]] Result<void> follow_best(StoreBatch& batch);
    /// Finalizes up to a block of the best chain, stopping where sets end.
    [[nodiscard]] Result<void> finalize_up_to(StoreBatch& batch, const Hash256& target);
    [[nodiscard]] Result<void> finalize_in_set(StoreBatch& batch,
                                               const light_client::BlockRef& target,
                                               std::optional<std::uint32_t> set_end);
    [[nodiscard]] Result<void> prune_states(StoreBatch& batch);
    [[nodiscard]] Result<void> plan_change(const light_client::AuthorityList& next,
                                           std::uint32_t delay,
                                           bool is_forced);

    /// Stores the batch and tells the observers; the first failure is remembered and stops the chain.
    [[nodiscard]] Result<void> finish(StoreBatch batch, const Result<void>& outcome);
    void collect_pool_events();
    void notify();

    // -- reading (chain_read.cpp) -----------------------------------------------------------------------
    [[nodiscard]] std::optional<substrate::Header> true_header(const Hash256& hash) const;
    [[nodiscard]] std::optional<Hash256> true_hash_by_number(std::uint32_t number) const;
    /// True when the hooks withhold a block that is there.
    [[nodiscard]] bool is_withheld(const Hash256& hash) const;
    /// As node_with_state, without what is withheld.
    [[nodiscard]] Result<const BlockNode*> shown_node(const Hash256& hash) const;
    [[nodiscard]] Result<std::vector<Bytes>> prove(const ProofRequest& request) const;
};

}  // namespace redoubt::devchain
