/// What changed between the states of two blocks, in portions.
///
/// @source paritytech/json-rpc-interface-spec, archive_v1_storageDiff
#pragma once

#include <primitives/bytes.hpp>

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/chain/block_state.hpp>
#include <vector>

namespace redoubt::devchain::api {

/// Keys that begin with `prefix`, with the new value or its hash.
struct DiffItem {
    Bytes prefix;
    bool wants_value = true;
    std::optional<Bytes> child_key;  ///< a child trie, without prefix
};

/// Reads the parameter `items`: {key, returnType, childTrieKey?}, or null for all values of the main trie.
/// @errors -32602
[[nodiscard]] Expected<std::vector<DiffItem>> read_diff_items(const json& value);

class StorageDiff {
  public:
    StorageDiff(BlockStatePtr before, BlockStatePtr after, std::vector<DiffItem> items);

    /// The next changes, about as many as fit into a message.
    [[nodiscard]] std::vector<json> next_portion();
    [[nodiscard]] bool is_done() const noexcept { return items_.empty(); }

  private:
    BlockStatePtr before_;
    BlockStatePtr after_;
    std::deque<DiffItem> items_;
    Bytes last_;  ///< the last key compared under the first item
};

}  // namespace redoubt::devchain::api
