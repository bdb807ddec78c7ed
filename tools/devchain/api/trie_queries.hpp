/// Questions about one trie that several families ask: pages of keys, and merkle values.
#pragma once

#include <primitives/bytes.hpp>
#include <trie/state_trie.hpp>

#include <nlohmann/json.hpp>
#include <optional>
#include <tools/devchain/api/params.hpp>

namespace redoubt::devchain::api {

inline constexpr std::uint32_t kKeysPageMax = 1'000;

/// The parameters prefix, count and start key of a `getKeysPaged`.
struct KeysPage {
    Bytes prefix;
    std::uint32_t count = 0;
    Bytes after;  ///< empty: from the first key on
};
/// @param position  of the prefix; the others follow
/// @errors -32602; 4002 for a count above kKeysPageMax
[[nodiscard]] Expected<KeysPage> read_keys_page(const Params& params, std::size_t position);
[[nodiscard]] nlohmann::json keys_page_json(const trie::StateTrie& trie, const KeysPage& page);

/// How the parent names the node below which all keys with the prefix `key` lie: its hash, or the node
/// itself when that is short. nullopt when no key begins with `key`. For the root always the hash.
/// @source paritytech/json-rpc-interface-spec, chainHead_v1_storage, closestDescendantMerkleValue
[[nodiscard]] std::optional<Bytes> closest_merkle_value(const trie::StateTrie& trie, ByteView key);

}  // namespace redoubt::devchain::api
