#include <tools/devchain/chain/fork_tree.hpp>

#include <primitives/result.hpp>

#include <algorithm>

namespace redoubt::devchain {

ForkTree::ForkTree(BlockNode base) : finalized_(base.block.hash) {
    path_.push_back(base.block.hash);
    nodes_.emplace(base.block.hash, std::move(base));
}

const BlockNode* ForkTree::find(const Hash256& hash) const {
    const auto found = nodes_.find(hash);
    return found == nodes_.end() ? nullptr : &found->second;
}

const BlockNode& ForkTree::at(const Hash256& hash) const {
    const auto* node = find(hash);
    REDOUBT_ASSERT(node != nullptr);
    return *node;
}

const BlockNode* ForkTree::on_best_chain(std::uint32_t number) const {
    const auto first = base().block.number;
    if (number < first || number - first >= path_.size()) {
        return nullptr;
    }
    return &at(path_[number - first]);
}

const BlockNode& ForkTree::ancestor_at(const Hash256& block, std::uint32_t number) const {
    const auto* node = &at(block);
    while (node->block.number > number) {
        // As soon as the branch meets the best chain, the rest is known.
        if (const auto* on_path = on_best_chain(node->block.number); on_path == node) {
            return *on_best_chain(number);
        }
        node = &at(node->header.parent_hash);
    }
    return *node;
}

bool ForkTree::is_ancestor(const Hash256& ancestor, const Hash256& block) const {
    const auto* lower = find(ancestor);
    const auto* upper = find(block);
    if (lower == nullptr || upper == nullptr || lower->block.number > upper->block.number) {
        return false;
    }
    return &ancestor_at(block, lower->block.number) == lower;
}

std::vector<const BlockNode*> ForkTree::all() const {
    std::vector<const BlockNode*> out;
    out.reserve(nodes_.size());
    for (const auto& [hash, node] : nodes_) {
        out.push_back(&node);
    }
    std::ranges::sort(out, {}, &BlockNode::arrival);
    return out;
}

void ForkTree::insert(BlockNode node) {
    const auto parent = nodes_.find(node.header.parent_hash);
    REDOUBT_ASSERT(parent != nodes_.end());
    parent->second.children.push_back(node.block.hash);
    nodes_.emplace(node.block.hash, std::move(node));
}

const BlockNode& ForkTree::choose_best(const Hash256& finalized) const {
    const auto* chosen = &at(finalized);
    std::vector<const BlockNode*> open{chosen};
    while (!open.empty()) {
        const auto* node = open.back();
        open.pop_back();
        if (node->block.number > chosen->block.number ||
            (node->block.number == chosen->block.number && node->arrival < chosen->arrival)) {
            chosen = node;
        }
        for (const auto& child : node->children) {
            open.push_back(&at(child));
        }
    }
    return *chosen;
}

ForkTree::Route ForkTree::set_best(const Hash256& hash) {
    Route route;
    const auto first = base().block.number;
    const auto* node = &at(hash);
    while (on_best_chain(node->block.number) != node) {
        route.enacted.push_back(node->block.hash);
        node = &at(node->header.parent_hash);
    }
    while (at(path_.back()).block.number > node->block.number) {
        route.retracted.push_back(path_.back());
        path_.pop_back();
    }
    REDOUBT_ASSERT(path_.size() == node->block.number - first + 1);
    std::ranges::reverse(route.enacted);
    path_.insert(path_.end(), route.enacted.begin(), route.enacted.end());
    return route;
}

void ForkTree::remove_branch(const Hash256& hash, std::vector<BlockNode>& removed) {
    std::vector<Hash256> open{hash};
    while (!open.empty()) {
        auto node = nodes_.extract(open.back());
        open.pop_back();
        const auto& children = node.mapped().children;
        open.insert(open.end(), children.begin(), children.end());
        removed.push_back(std::move(node.mapped()));
    }
}

std::vector<BlockNode> ForkTree::set_finalized(const Hash256& hash) {
    std::vector<BlockNode> removed;
    auto number = at(finalized_).block.number;
    const auto last = at(hash).block.number;
    for (; number < last; ++number) {
        auto& node = nodes_.at(on_best_chain(number)->block.hash);
        const auto next = on_best_chain(number + 1)->block.hash;
        for (const auto& child : node.children) {
            if (child != next) {
                remove_branch(child, removed);
            }
        }
        node.children = {next};
    }
    finalized_ = hash;
    return removed;
}

void ForkTree::advance_base() {
    REDOUBT_ASSERT(path_.front() != finalized_);
    nodes_.erase(path_.front());
    path_.erase(path_.begin());
}

}  // namespace redoubt::devchain
