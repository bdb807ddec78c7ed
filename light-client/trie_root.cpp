#include <light-client/trie_root.hpp>

#include <light-client/trie_node.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

namespace redoubt::light_client {
namespace {

std::size_t nibble_count(ByteView key) {
    return key.size() * 2;
}

std::uint8_t nibble_at(ByteView key, std::size_t at) {
    const auto byte = key[at / 2];
    return at % 2 == 0 ? byte >> 4 : byte & 0x0f;
}

/// First nibble from `from` on in which the keys differ, or the length of the shorter one.
std::size_t common_end(ByteView a, ByteView b, std::size_t from) {
    const auto end = std::min(nibble_count(a), nibble_count(b));
    while (from < end && nibble_at(a, from) == nibble_at(b, from)) {
        ++from;
    }
    return from;
}

Bytes nibbles_between(ByteView key, std::size_t from, std::size_t to) {
    Bytes out;
    out.reserve(to - from);
    for (; from < to; ++from) {
        out.push_back(nibble_at(key, from));
    }
    return out;
}

NodeValue node_value(ByteView value, StateVersion version) {
    if (version == StateVersion::kV1 && value.size() >= kHashedValueBytesBegin) {
        return crypto::blake2b_256(value);
    }
    return value;
}

/// The encoding of the node that holds `entries`, whose keys agree in their first `depth` nibbles.
Bytes encode_subtrie(std::span<const TrieEntry> entries, std::size_t depth, StateVersion version) {
    TrieNode node;
    const auto& first = entries.front();
    if (entries.size() == 1) {
        node.partial_key = nibbles_between(first.key, depth, nibble_count(first.key));
        node.value = node_value(first.value, version);
        Bytes out;
        encode_trie_node(out, node);
        return out;
    }
    const auto branch_at = common_end(first.key, entries.back().key, depth);
    node.is_branch = true;
    node.partial_key = nibbles_between(first.key, depth, branch_at);
    auto rest = entries;
    if (nibble_count(first.key) == branch_at) {
        node.value = node_value(first.value, version);
        rest = rest.subspan(1);
    }
    std::array<Bytes, 16> references;
    while (!rest.empty()) {
        const auto nibble = nibble_at(rest.front().key, branch_at);
        const auto end = std::ranges::find_if(
            rest, [&](const TrieEntry& entry) { return nibble_at(entry.key, branch_at) != nibble; });
        const auto count = static_cast<std::size_t>(end - rest.begin());
        auto& reference = references[nibble];
        reference = encode_subtrie(rest.first(count), branch_at + 1, version);
        if (reference.size() >= kInlineNodeBytesEnd) {
            reference = to_bytes(crypto::blake2b_256(reference).view());
        }
        node.children[nibble] = reference;
        rest = rest.subspan(count);
    }
    Bytes out;
    encode_trie_node(out, node);
    return out;
}

}  // namespace

const Hash256& empty_trie_root() {
    static const Hash256 root = crypto::blake2b_256(Bytes{0});
    return root;
}

Hash256 trie_root(std::span<const TrieEntry> entries, StateVersion version) {
    if (entries.empty()) {
        return empty_trie_root();
    }
    return crypto::blake2b_256(encode_subtrie(entries, 0, version));
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

}  // namespace redoubt::light_client
