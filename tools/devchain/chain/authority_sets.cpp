#include <tools/devchain/chain/authority_sets.hpp>

#include <primitives/scale.hpp>

#include <algorithm>

namespace redoubt::devchain {

void AuthoritySets::on_imported(const light_client::BlockRef& block, const substrate::Header& header) {
    const auto change = light_client::authority_change(header);
    if (!change || !change.value()) {
        return;
    }
    AnnouncedChange announced;
    announced.by = block;
    if (const auto* forced = std::get_if<light_client::ForcedChange>(&*change.value())) {
        announced.effective_number = block.number + forced->delay;
        announced.next = forced->next;
        announced.is_forced = true;
        announced.median_last_finalized = forced->median_last_finalized;
    } else {
        const auto& scheduled = std::get<light_client::ScheduledChange>(*change.value());
        announced.effective_number = block.number + scheduled.delay;
        announced.next = scheduled.next;
    }
    announced_.push_back(std::move(announced));
}

bool AuthoritySets::on_best(const light_client::BlockRef& best, const IsAncestor& is_ancestor) {
    const auto due = std::ranges::find_if(announced_, [&](const AnnouncedChange& change) {
        return change.is_forced && change.effective_number <= best.number &&
               is_ancestor(change.by.hash, best.hash);
    });
    if (due == announced_.end()) {
        return false;
    }
    auto change = std::move(*due);
    announced_.clear();
    enter(std::move(change.next), change.median_last_finalized);
    return true;
}

const AnnouncedChange* AuthoritySets::next_scheduled(const Hash256& block,
                                                     const IsAncestor& is_ancestor) const {
    const AnnouncedChange* first = nullptr;
    for (const auto& change : announced_) {
        if (!change.is_forced && (first == nullptr || change.by.number < first->by.number) &&
            is_ancestor(change.by.hash, block)) {
            first = &change;
        }
    }
    return first;
}

bool AuthoritySets::on_finalized(const light_client::BlockRef& block, const IsAncestor& is_ancestor) {
    std::erase_if(announced_, [&](const AnnouncedChange& change) {
        return !is_ancestor(change.by.hash, block.hash) && !is_ancestor(block.hash, change.by.hash);
    });
    const auto* due = next_scheduled(block.hash, is_ancestor);
    if (due == nullptr || due->effective_number > block.number) {
        return false;
    }
    auto change = *due;
    std::erase(announced_, change);
    enter(std::move(change.next), block.number);
    return true;
}

bool AuthoritySets::has_pending(const light_client::BlockRef& block, const IsAncestor& is_ancestor) const {
    return std::ranges::any_of(announced_, [&](const AnnouncedChange& change) {
        return change.effective_number > block.number && is_ancestor(change.by.hash, block.hash);
    });
}

std::optional<std::uint32_t> AuthoritySets::last_block_of_set_at(std::uint32_t number) const {
    const auto end = std::ranges::lower_bound(set_ends_, number);
    return end == set_ends_.end() ? std::nullopt : std::optional{*end};
}

std::uint64_t AuthoritySets::set_id_at(std::uint32_t number) const {
    return static_cast<std::uint64_t>(std::ranges::lower_bound(set_ends_, number) - set_ends_.begin());
}

std::optional<Bytes> AuthoritySets::checkpoint() const {
    if (!announced_.empty()) {
        return std::nullopt;
    }
    std::vector<std::pair<std::uint64_t, std::uint32_t>> set_ends;
    for (const auto end : set_ends_) {
        set_ends.emplace_back(set_ends.size(), end);
    }
    // Scheduled changes are a fork tree, forced ones a list; both are empty here.
    constexpr std::uint8_t kNone = 0;
    return scale::encode_all(authorities_, set_id_, kNone, kNone, kNone, set_ends);
}

void AuthoritySets::enter(light_client::AuthorityList next, std::uint32_t last_block_number) {
    ++set_id_;
    authorities_ = std::move(next);
    set_ends_.push_back(last_block_number);
}

}  // namespace redoubt::devchain
