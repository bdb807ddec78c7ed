#include <trie/trie_root.hpp>

#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

namespace redoubt::trie {
namespace {

void append_reference(Bytes& out,
                      std::span<const TrieEntry> entries,
                      std::size_t depth,
                      StateVersion version);

/// Entries whose keys have the same nibble after the branch.
struct Group {
    std::span<const TrieEntry> entries;
    std::uint8_t nibble = 0;
};

/// Appends the encoding of the node that holds `entries`, whose keys agree in their first `depth` nibbles.
void append_subtrie(Bytes& out, std::span<const TrieEntry> entries, std::size_t depth, StateVersion version) {
    const auto first = NibbleView{entries.front().key}.subview(depth);
    if (entries.size() == 1) {
        append_node_start(out, first, 0, node_value(entries.front().value, version));
        return;
    }
    const auto common = common_length(first, NibbleView{entries.back().key}.subview(depth));
    const auto branch_at = depth + common;
    NodeValue value;
    if (first.size() == common) {
        value = node_value(entries.front().value, version);
        entries = entries.subspan(1);
    }
    std::array<Group, 16> groups;
    std::size_t group_count = 0;
    std::uint16_t child_bits = 0;
    while (!entries.empty()) {
        const auto nibble = NibbleView{entries.front().key}[branch_at];
        const auto end = std::ranges::partition_point(
            entries, [&](const TrieEntry& entry) { return NibbleView{entry.key}[branch_at] <= nibble; });
        const auto count = static_cast<std::size_t>(end - entries.begin());
        groups[group_count++] = {entries.first(count), nibble};
        child_bits = static_cast<std::uint16_t>(child_bits | (1U << nibble));
        entries = entries.subspan(count);
    }
    append_node_start(out, first.first(common), child_bits, value);
    for (const auto& group : std::span{groups}.first(group_count)) {
        append_reference(out, group.entries, branch_at + 1, version);
    }
}

/// Appends what the parent holds of the node of `entries`, with its SCALE length.
void append_reference(Bytes& out,
                      std::span<const TrieEntry> entries,
                      std::size_t depth,
                      StateVersion version) {
    const auto at = out.size();
    out.push_back(0);
    append_subtrie(out, entries, depth, version);
    const auto node = ByteView{out}.subspan(at + 1);
    if (node.size() < kInlineNodeBytesEnd) {
        out[at] = static_cast<std::uint8_t>(node.size() << 2);
        return;
    }
    const auto hash = crypto::blake2b_256(node);
    out.resize(at + 1);
    out[at] = Hash256::kSize << 2;
    append(out, hash.view());
}

}  // namespace

bool is_value_hashed(ByteView value, StateVersion version) {
    return version == StateVersion::kV1 && value.size() >= kHashedValueBytesBegin;
}

NodeValue node_value(ByteView value, StateVersion version) {
    if (is_value_hashed(value, version)) {
        return crypto::blake2b_256(value);
    }
    return value;
}

const Hash256& empty_trie_root() {
    static const Hash256 root = crypto::blake2b_256(Bytes{0});
    return root;
}

Hash256 trie_root(std::span<const TrieEntry> entries, StateVersion version) {
    if (entries.empty()) {
        return empty_trie_root();
    }
    Bytes node;
    append_subtrie(node, entries, 0, version);
    return crypto::blake2b_256(node);
}

Hash256 ordered_trie_root(std::span<const Bytes> items, StateVersion version) {
    std::vector<Bytes> keys;
    keys.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        scale::append_compact(keys.emplace_back(), i);
    }
    std::vector<TrieEntry> entries;
    entries.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        entries.push_back({keys[i], items[i]});
    }
    std::ranges::sort(entries, [](const TrieEntry& a, const TrieEntry& b) {
        return std::ranges::lexicographical_compare(a.key, b.key);
    });
    return trie_root(entries, version);
}

}  // namespace redoubt::trie
