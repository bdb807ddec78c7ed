#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tools/devchain/api/trie_queries.hpp>
#include <trie/trie_node.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace redoubt::devchain::api {

Expected<KeysPage> read_keys_page(const Params& params, std::size_t position) {
    KeysPage page;
    if (!params.is_absent(position)) {
        BOOST_OUTCOME_TRY(page.prefix, params.bytes(position, "prefix"));
    }
    BOOST_OUTCOME_TRY(page.count, params.u32(position + 1, "count"));
    if (page.count > kKeysPageMax) {
        return rpc::ErrorObject{4002, "count exceeds maximum value. value: " + std::to_string(page.count) +
                                          ", max: " + std::to_string(kKeysPageMax)};
    }
    if (!params.is_absent(position + 2)) {
        BOOST_OUTCOME_TRY(page.after, params.bytes(position + 2, "startKey"));
    }
    return page;
}

json keys_page_json(const trie::StateTrie& trie, const KeysPage& page) {
    json out = json::array();
    if (page.count > 0) {
        trie.for_each(page.prefix, page.after, [&](ByteView key, ByteView) {
            out.push_back(to_hex_0x(key));
            return out.size() < page.count;
        });
    }
    return out;
}

std::optional<Bytes> closest_merkle_value(const trie::StateTrie& trie, ByteView key) {
    if (trie.size() == 0) {
        return std::nullopt;
    }
    // The way to the key is what proves it, and it ends at the node in question.
    const std::vector<Bytes> keys{to_bytes(key)};
    std::unordered_map<Hash256, Bytes> nodes;
    for (auto& entry : trie.prove(keys)) {
        const auto hash = crypto::blake2b_256(entry);
        nodes.emplace(hash, std::move(entry));
    }
    const auto path = trie::nibbles_of(key);
    auto reference = to_bytes(trie.root().view());
    for (std::size_t done = 0;;) {
        ByteView encoded = reference;
        if (reference.size() == Hash256::kSize) {
            const auto found = nodes.find(Hash256::copy_of(std::span<const std::uint8_t, 32>{reference}));
            if (found == nodes.end()) {
                return std::nullopt;
            }
            encoded = found->second;
        }
        const auto node = trie::decode_trie_node(encoded);
        REDOUBT_ASSERT(node.has_value());
        const auto rest = ByteView{path}.subspan(done);
        const auto& partial = node.value().partial_key;
        const auto common = std::min(rest.size(), partial.size());
        if (!std::equal(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(common), partial.begin())) {
            return std::nullopt;
        }
        if (rest.size() <= partial.size()) {
            return reference;
        }
        done += partial.size();
        const auto& child = node.value().children[path[done]];
        if (!child) {
            return std::nullopt;
        }
        ++done;
        reference = to_bytes(*child);
    }
}

}  // namespace redoubt::devchain::api
