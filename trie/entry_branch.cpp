#include <trie/entry_branch.hpp>

#include <algorithm>

namespace redoubt::trie {

EntryBranch split_entries(std::span<const TrieEntry> entries, std::size_t depth) {
    EntryBranch out;
    const auto first = NibbleView{entries.front().key}.subview(depth);
    if (entries.size() == 1) {
        out.partial = first;
        out.value = entries.front().value;
        return out;
    }
    const auto common = common_length(first, NibbleView{entries.back().key}.subview(depth));
    const auto branch_at = depth + common;
    out.partial = first.first(common);
    out.child_depth = branch_at + 1;
    if (first.size() == common) {
        out.value = entries.front().value;
        entries = entries.subspan(1);
    }
    while (!entries.empty()) {
        const auto nibble = NibbleView{entries.front().key}[branch_at];
        const auto end = std::ranges::partition_point(
            entries, [&](const TrieEntry& entry) { return NibbleView{entry.key}[branch_at] <= nibble; });
        const auto count = static_cast<std::size_t>(end - entries.begin());
        out.groups[out.child_count++] = entries.first(count);
        out.child_bits = static_cast<std::uint16_t>(out.child_bits | (1U << nibble));
        entries = entries.subspan(count);
    }
    return out;
}

}  // namespace redoubt::trie
