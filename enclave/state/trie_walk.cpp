#include <enclave/state/trie_walk.hpp>

namespace redoubt::enclave {

namespace {

/// Two nibbles in a byte; an odd last one is the high one of its byte.
Bytes packed(ByteView nibbles) {
    Bytes out((nibbles.size() + 1) / 2);
    for (std::size_t i = 0; i < nibbles.size(); ++i) {
        out[i / 2] = static_cast<std::uint8_t>(out[i / 2] | nibbles[i] << (i % 2 == 0 ? 4 : 0));
    }
    return out;
}

}  // namespace

TrieWalk::TrieWalk(SealedPages& pages, StatePart part, const Hash256& root, std::uint64_t entries)
    : pages_(pages), part_(part), root_(root), is_begun_(entries == 0) {
}

void TrieWalk::enter(trie::PackedNodePtr node, const EntryVisitor& visit) {
    const auto above = path_.size();
    trie::append_unpacked(path_, node->partial());
    if (const auto value = node->value()) {
        visit(packed(path_), *value);
    }
    way_.push_back({.node = std::move(node), .next = 0, .above = above});
}

void TrieWalk::enter_page(const Hash256& hash, const EntryVisitor& visit, const FaultVisitor& tell) {
    const auto bytes = packed(path_);
    const auto place = trie::NibbleView{bytes}.first(path_.size());
    auto node = pages_.source(part_).load(place, hash);
    if (!node) {
        const auto fault = pages_.take_fault();
        REDOUBT_ASSERT(fault.has_value());
        tell(pages_.id_of(part_, trie::page_name(place)), *fault);
        return;
    }
    ++taken_;
    enter(std::move(node), visit);
}

bool TrieWalk::go_on(std::size_t pages_max, const EntryVisitor& visit, const FaultVisitor& tell) {
    if (!is_begun_) {
        is_begun_ = true;
        enter_page(root_, visit, tell);
    }
    std::size_t pages = 0;
    while (!way_.empty() && pages < pages_max) {
        auto& step = way_.back();
        path_.resize(step.above + step.node->partial().size());
        while (step.next < 16 && !step.node->has_child(step.next)) {
            ++step.next;
        }
        if (step.next == 16) {
            path_.resize(step.above);
            way_.pop_back();
            continue;
        }
        const auto position = step.node->position_of(step.next);
        path_.push_back(step.next++);
        if (const auto& child = step.node->children()[position]) {
            enter(child, visit);
            continue;
        }
        // In a page, a child that is not in it stands as the hash of a page.
        const auto reference = step.node->reference(position);
        ++pages;
        enter_page(Hash256::copy_of(reference.first<Hash256::kSize>()), visit, tell);
    }
    return way_.empty();
}

}  // namespace redoubt::enclave
