/// Storage questions of the new API: lists of items, answered in portions.
///
/// @source paritytech/json-rpc-interface-spec, chainHead_v1_storage and archive_v1_storage
#pragma once

#include <primitives/bytes.hpp>

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/chain/block_state.hpp>
#include <vector>

namespace redoubt::devchain::api {

enum class StorageItemKind : std::uint8_t {
    kValue,
    kHash,
    kClosestDescendantMerkleValue,
    kDescendantsValues,
    kDescendantsHashes,
};

struct StorageItem {
    Bytes key;
    StorageItemKind kind = StorageItemKind::kValue;
    Bytes after;  ///< descendants at or below this key are left out; empty for none
};

/// Reads the parameter `items`, whose elements are {key, type} and may have a paginationStartKey.
/// @errors -32602
[[nodiscard]] Expected<std::vector<StorageItem>> read_storage_items(const json& value);

class StorageQuery {
  public:
    /// @param child_key  a child trie, without prefix; nullopt for the main trie
    StorageQuery(BlockStatePtr state, std::vector<StorageItem> items, std::optional<Bytes> child_key);

    /// The next results, about as many as fit into a message. Items without a value give none.
    [[nodiscard]] std::vector<json> next_portion();
    [[nodiscard]] bool is_done() const noexcept { return items_.empty(); }

  private:
    void take_descendants(StorageItem& item, std::vector<json>& out);

    BlockStatePtr state_;
    std::deque<StorageItem> items_;
    std::optional<Bytes> child_key_;
    const trie::StateTrie* trie_;  ///< in state_; nullptr when there is no such child trie
    std::size_t portion_bytes_ = 0;
};

}  // namespace redoubt::devchain::api
