#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/child_key.hpp>
#include <tools/devchain/api/storage_diff.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::devchain::api {
namespace {

using trie::StateTrie;

/// Keys compared between two messages.
constexpr std::size_t kStepKeys = 10'000;
constexpr std::size_t kStepChanges = 500;

struct Entry {
    Bytes key;
    ByteView value;
};

/// Up to kStepKeys entries above `after`.
std::vector<Entry> entries_of(const StateTrie* trie, const DiffItem& item, ByteView after) {
    std::vector<Entry> out;
    if (trie != nullptr) {
        trie->for_each(item.prefix, after, [&out](ByteView key, ByteView value) {
            out.push_back({to_bytes(key), value});
            return out.size() < kStepKeys;
        });
    }
    return out;
}

const StateTrie* trie_of(const BlockState& state, const DiffItem& item) {
    return item.child_key ? state.child(*item.child_key) : &state.main();
}

json change_json(const DiffItem& item, ByteView key, const char* type, std::optional<ByteView> value) {
    json out{{"key", to_hex_0x(key)}, {"type", type}};
    if (value && item.wants_value) {
        out["value"] = to_hex_0x(*value);
    } else if (value) {
        out["hash"] = hex_json(crypto::blake2b_256(*value));
    }
    if (item.child_key) {
        out["childTrieKey"] = to_hex_0x(concat(bytes_of(kChildStoragePrefix), *item.child_key));
    }
    return out;
}

}  // namespace

Expected<std::vector<DiffItem>> read_diff_items(const json& value) {
    if (value.is_null()) {
        return std::vector<DiffItem>{DiffItem{}};
    }
    if (!value.is_array() || value.size() > kListItemsMax) {
        return rpc::invalid_params("items has to be a list");
    }
    std::vector<DiffItem> out;
    for (const auto& element : value) {
        DiffItem item;
        BOOST_OUTCOME_TRY(item.prefix, read_bytes(member(element, "key"), "key"));
        BOOST_OUTCOME_TRY(const auto type, read_text(member(element, "returnType"), "returnType"));
        if (type != "value" && type != "hash") {
            return rpc::invalid_params("returnType has to be value or hash");
        }
        item.wants_value = type == "value";
        if (const auto& child = member(element, "childTrieKey"); !child.is_null()) {
            BOOST_OUTCOME_TRY(item.child_key, read_child_key(child, "childTrieKey"));
        }
        out.push_back(std::move(item));
    }
    return out;
}

StorageDiff::StorageDiff(BlockStatePtr before, BlockStatePtr after, std::vector<DiffItem> items)
    : before_(std::move(before)),
      after_(std::move(after)),
      items_(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())) {
}

std::vector<json> StorageDiff::next_portion() {
    std::vector<json> out;
    while (!items_.empty() && out.empty()) {
        const auto& item = items_.front();
        const auto old_entries = entries_of(trie_of(*before_, item), item, last_);
        const auto new_entries = entries_of(trie_of(*after_, item), item, last_);
        // Beyond the end of a list that was cut nothing is known of that trie.
        const bool old_is_cut = old_entries.size() == kStepKeys;
        const bool new_is_cut = new_entries.size() == kStepKeys;
        std::size_t old_next = 0;
        std::size_t new_next = 0;
        bool is_complete = true;
        for (;;) {
            const auto* was = old_next < old_entries.size() ? &old_entries[old_next] : nullptr;
            const auto* is = new_next < new_entries.size() ? &new_entries[new_next] : nullptr;
            if ((was == nullptr && old_is_cut) || (is == nullptr && new_is_cut) ||
                out.size() >= kStepChanges) {
                is_complete = was == nullptr && is == nullptr && !old_is_cut && !new_is_cut;
                break;
            }
            if (was == nullptr && is == nullptr) {
                break;
            }
            if (is == nullptr || (was != nullptr && was->key < is->key)) {
                out.push_back(change_json(item, was->key, "deleted", std::nullopt));
                last_ = was->key;
                ++old_next;
            } else if (was == nullptr || is->key < was->key) {
                out.push_back(change_json(item, is->key, "added", is->value));
                last_ = is->key;
                ++new_next;
            } else {
                if (!equal(was->value, is->value)) {
                    out.push_back(change_json(item, is->key, "modified", is->value));
                }
                last_ = is->key;
                ++old_next;
                ++new_next;
            }
        }
        if (is_complete) {
            items_.pop_front();
            last_.clear();
        }
    }
    return out;
}

}  // namespace redoubt::devchain::api
