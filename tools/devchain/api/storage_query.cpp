#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/storage_query.hpp>
#include <tools/devchain/api/trie_queries.hpp>

#include <array>
#include <utility>

namespace redoubt::devchain::api {
namespace {

constexpr std::size_t kPortionBytes = std::size_t{256} * 1024;
constexpr std::size_t kPortionItems = 1'000;

Expected<StorageItemKind> read_kind(const json& value) {
    static constexpr std::array<std::pair<std::string_view, StorageItemKind>, 5> kKinds{{
        {"value", StorageItemKind::kValue},
        {"hash", StorageItemKind::kHash},
        {"closestDescendantMerkleValue", StorageItemKind::kClosestDescendantMerkleValue},
        {"descendantsValues", StorageItemKind::kDescendantsValues},
        {"descendantsHashes", StorageItemKind::kDescendantsHashes},
    }};
    for (const auto& [name, kind] : kKinds) {
        if (value == name) {
            return kind;
        }
    }
    return rpc::invalid_params("an item has an unknown type");
}

}  // namespace

Expected<std::vector<StorageItem>> read_storage_items(const json& value) {
    if (!value.is_array() || value.size() > kListItemsMax) {
        return rpc::invalid_params("items has to be a list");
    }
    std::vector<StorageItem> out;
    for (const auto& element : value) {
        StorageItem item;
        BOOST_OUTCOME_TRY(item.key, read_bytes(member(element, "key"), "key"));
        BOOST_OUTCOME_TRY(item.kind, read_kind(member(element, "type")));
        if (const auto& start = member(element, "paginationStartKey"); !start.is_null()) {
            BOOST_OUTCOME_TRY(item.after, read_bytes(start, "paginationStartKey"));
        }
        out.push_back(std::move(item));
    }
    return out;
}

StorageQuery::StorageQuery(BlockStatePtr state,
                           std::vector<StorageItem> items,
                           std::optional<Bytes> child_key)
    : state_(std::move(state)),
      items_(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())),
      child_key_(std::move(child_key)),
      trie_(child_key_ ? state_->child(*child_key_) : &state_->main()) {
    if (trie_ == nullptr) {
        items_.clear();
    }
}

std::vector<json> StorageQuery::next_portion() {
    std::vector<json> out;
    portion_bytes_ = 0;
    while (!items_.empty() && portion_bytes_ < kPortionBytes && out.size() < kPortionItems) {
        auto& item = items_.front();
        if (item.kind == StorageItemKind::kDescendantsValues ||
            item.kind == StorageItemKind::kDescendantsHashes) {
            take_descendants(item, out);
            continue;
        }
        json result{{"key", to_hex_0x(item.key)}};
        if (item.kind == StorageItemKind::kClosestDescendantMerkleValue) {
            if (const auto merkle = closest_merkle_value(*trie_, item.key)) {
                result["closestDescendantMerkleValue"] = to_hex_0x(*merkle);
                out.push_back(std::move(result));
            }
        } else if (const auto value = trie_->get(item.key)) {
            if (item.kind == StorageItemKind::kHash) {
                result["hash"] = hex_json(crypto::blake2b_256(*value));
            } else {
                result["value"] = to_hex_0x(*value);
            }
            out.push_back(std::move(result));
            portion_bytes_ += value->size();
        }
        portion_bytes_ += item.key.size();
        items_.pop_front();
    }
    return out;
}

void StorageQuery::take_descendants(StorageItem& item, std::vector<json>& out) {
    const bool wants_hashes = item.kind == StorageItemKind::kDescendantsHashes;
    // The empty key is above no key, so that it cannot be a place to go on from.
    const auto visit = [&](ByteView key, ByteView value) {
        if (portion_bytes_ >= kPortionBytes || out.size() >= kPortionItems) {
            return false;
        }
        json result{{"key", to_hex_0x(key)}};
        if (wants_hashes) {
            result["hash"] = hex_json(crypto::blake2b_256(value));
            portion_bytes_ += Hash256::kSize;
        } else {
            result["value"] = to_hex_0x(value);
            portion_bytes_ += value.size();
        }
        out.push_back(std::move(result));
        portion_bytes_ += key.size();
        item.after = to_bytes(key);
        return true;
    };
    bool is_complete = true;
    trie_->for_each(item.key, item.after, [&](ByteView key, ByteView value) {
        is_complete = visit(key, value);
        return is_complete;
    });
    if (is_complete) {
        items_.pop_front();
    }
}

}  // namespace redoubt::devchain::api
