#include <trie/trie_root.hpp>

#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <trie/entry_branch.hpp>

namespace redoubt::trie {
namespace {

void append_reference(Bytes& out,
                      std::span<const TrieEntry> entries,
                      std::size_t depth,
                      StateVersion version);

/// Appends the encoding of the node that holds `entries`, whose keys agree in their first `depth` nibbles.
void append_subtrie(Bytes& out, std::span<const TrieEntry> entries, std::size_t depth, StateVersion version) {
    const auto branch = split_entries(entries, depth);
    append_node_start(out, branch.partial, branch.child_bits,
                      branch.value ? node_value(*branch.value, version) : NodeValue{});
    for (const auto& child : branch.children()) {
        append_reference(out, child, branch.child_depth, version);
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
