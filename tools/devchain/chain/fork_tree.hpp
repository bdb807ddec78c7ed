/// The blocks whose states are kept: from the base, which is finalized, over the finalized block to the tips
/// of all branches.
///
/// The best block is the highest that descends from the finalized block; of equally high ones the first seen.
#pragma once

#include <light-client/justification.hpp>
#include <substrate/header.hpp>
#include <tools/devchain/chain/block_state.hpp>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace redoubt::devchain {

struct BlockNode {
    light_client::BlockRef block;
    substrate::Header header;
    BlockStatePtr state;
    std::uint64_t slot = 0;
    std::uint64_t arrival = 0;
    std::vector<Hash256> children;
};

class ForkTree {
  public:
    /// @param base  also the finalized and the best block
    explicit ForkTree(BlockNode base);

    [[nodiscard]] const BlockNode* find(const Hash256& hash) const;
    /// @pre the block is in the tree
    [[nodiscard]] const BlockNode& at(const Hash256& hash) const;
    [[nodiscard]] const BlockNode& base() const { return at(path_.front()); }
    [[nodiscard]] const BlockNode& best() const { return at(path_.back()); }
    [[nodiscard]] const BlockNode& finalized() const { return at(finalized_); }

    /// True when `ancestor` is `block` or lies below it on its branch. Blocks below the base are ancestors of
    /// nothing here.
    [[nodiscard]] bool is_ancestor(const Hash256& ancestor, const Hash256& block) const;
    /// The block `number` on the branch of `block`. @pre base number <= number <= its number
    [[nodiscard]] const BlockNode& ancestor_at(const Hash256& block, std::uint32_t number) const;
    /// The block `number` of the best chain; nullptr outside the base and the best block.
    [[nodiscard]] const BlockNode* on_best_chain(std::uint32_t number) const;
    /// All blocks in the order of their arrival.
    [[nodiscard]] std::vector<const BlockNode*> all() const;

    /// What moving the best block changes; both lists as BestChange has them.
    struct Route {
        std::vector<Hash256> retracted;
        std::vector<Hash256> enacted;
    };

    /// Adds a child of a block in the tree.
    void insert(BlockNode node);
    /// The block that should be best after `finalized` became final.
    [[nodiscard]] const BlockNode& choose_best(const Hash256& finalized) const;
    /// Makes a block the best one.
    Route set_best(const Hash256& hash);
    /// Makes a block of the best chain final and removes the branches that do not hold it; returns the blocks
    /// removed.
    std::vector<BlockNode> set_finalized(const Hash256& hash);
    /// Moves the base one block up the best chain. @pre the base is below the finalized block
    void advance_base();

  private:
    void remove_branch(const Hash256& hash, std::vector<BlockNode>& removed);

    std::unordered_map<Hash256, BlockNode> nodes_;
    std::vector<Hash256> path_;  ///< base to best
    Hash256 finalized_;
};

}  // namespace redoubt::devchain
