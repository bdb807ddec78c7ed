#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/follow.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace redoubt::devchain::api {
namespace {

/// So many finalized blocks `initialized` names, the current one included.
constexpr std::size_t kInitialFinalizedMax = 16;

rpc::ErrorObject not_pinned() {
    return {-32801, "Block hash is invalid or not pinned"};
}

}  // namespace

Follow::Follow(const Chain& chain, rpc::ServerSubscriptionPtr subscription, bool with_runtime)
    : chain_(chain), subscription_(std::move(subscription)), with_runtime_(with_runtime) {
}

void Follow::start() {
    std::vector<Hash256> finalized;
    for (auto hash = chain_.finalized().hash; finalized.size() < kInitialFinalizedMax;) {
        const auto header = chain_.header(hash);
        if (!header) {
            break;
        }
        finalized.push_back(hash);
        if (header->number == 0) {
            break;
        }
        hash = header->parent_hash;
    }
    finalized_number_ = chain_.finalized().number;
    std::ranges::reverse(finalized);
    for (const auto& hash : finalized) {
        pin(hash);
    }
    json event{{"event", "initialized"}, {"finalizedBlockHashes", hash_list_json(finalized)}};
    if (with_runtime_) {
        event["finalizedBlockRuntime"] = runtime_json();
    }
    tell(std::move(event));
    for (const auto& hash : chain_.unfinalized()) {
        static_cast<void>(tell_with_ancestors(hash));
    }
    on_best_changed();
}

void Follow::on_imported(const ImportedBlock& imported) {
    static_cast<void>(tell_with_ancestors(imported.block.hash));
}

void Follow::on_best_changed() {
    const auto best = chain_.best().hash;
    if (best != best_ && tell_with_ancestors(best)) {
        best_ = best;
        tell({{"event", "bestBlockChanged"}, {"bestBlockHash", hex_json(best)}});
    }
}

void Follow::on_finalized(const Finalization& finalization) {
    pruned_.insert(pruned_.end(), finalization.pruned.begin(), finalization.pruned.end());
    const auto head = chain_.finalized();
    std::vector<Hash256> finalized;
    for (auto next = finalized_number_ + 1; next <= head.number; ++next) {
        const auto hash = chain_.hash_by_number(next);
        if (!hash) {
            return;
        }
        finalized.push_back(*hash);
    }
    if (finalized.empty() || !tell_with_ancestors(head.hash)) {
        return;
    }
    finalized_number_ = head.number;
    for (const auto& hash : finalized) {
        known_unfinalized_.erase(hash);
    }
    // Of a block that was withheld the client does not hear that it is pruned either.
    std::erase_if(pruned_, [this](const Hash256& hash) { return known_unfinalized_.erase(hash) == 0; });
    tell({{"event", "finalized"},
          {"finalizedBlockHashes", hash_list_json(finalized)},
          {"prunedBlockHashes", hash_list_json(std::exchange(pruned_, {}))}});
}

rpc::Answer Follow::header(const Hash256& block) const {
    if (!pinned_.contains(block)) {
        return not_pinned();
    }
    const auto header = chain_.header(block);
    return header ? hex_json(ByteView{substrate::encode(*header)}) : json();
}

rpc::Answer Follow::body(const Hash256& block) {
    if (!pinned_.contains(block)) {
        return not_pinned();
    }
    const auto operation = new_operation();
    if (const auto body = chain_.body(block)) {
        tell({{"event", "operationBodyDone"}, {"operationId", operation}, {"value", hex_list_json(*body)}});
    } else {
        tell({{"event", "operationInaccessible"}, {"operationId", operation}});
    }
    return json{{"result", "started"}, {"operationId", operation}};
}

rpc::Answer Follow::call(const Hash256& block, const std::string& function, ByteView parameters) {
    if (!pinned_.contains(block)) {
        return not_pinned();
    }
    if (!with_runtime_) {
        return rpc::ErrorObject{-32802,
                                "The runtime of the subscription is not available: withRuntime was false"};
    }
    const auto operation = new_operation();
    const auto result = chain_.call(block, function, parameters);
    if (!result) {
        tell({{"event", "operationInaccessible"}, {"operationId", operation}});
    } else if (!result.value()) {
        tell({{"event", "operationError"},
              {"operationId", operation},
              {"error", "the runtime has no function " + function + " with these parameters"}});
    } else {
        tell({{"event", "operationCallDone"},
              {"operationId", operation},
              {"output", hex_json(result.value())}});
    }
    return json{{"result", "started"}, {"operationId", operation}};
}

rpc::Answer Follow::storage(const Hash256& block,
                            std::vector<StorageItem> items,
                            std::optional<Bytes> child_key) {
    const auto found = pinned_.find(block);
    if (found == pinned_.end()) {
        return not_pinned();
    }
    if (waiting_.size() >= kOperationsMax) {
        return json{{"result", "limitReached"}};
    }
    const auto operation = new_operation();
    if (found->second == nullptr) {
        tell({{"event", "operationInaccessible"}, {"operationId", operation}});
    } else {
        send_portion(operation, StorageQuery{found->second, std::move(items), std::move(child_key)});
    }
    return json{{"result", "started"}, {"operationId", operation}, {"discardedItems", 0}};
}

rpc::Answer Follow::go_on(const std::string& operation) {
    auto waiting = waiting_.extract(operation);
    if (waiting.empty()) {
        return rpc::ErrorObject{-32803, "The operation does not wait to be continued"};
    }
    send_portion(operation, std::move(waiting.mapped()));
    return json();
}

rpc::Answer Follow::unpin(const std::vector<Hash256>& blocks) {
    if (std::set<Hash256>{blocks.begin(), blocks.end()}.size() != blocks.size()) {
        return rpc::ErrorObject{-32804, "The list of hashes holds one twice"};
    }
    if (!std::ranges::all_of(blocks, [this](const Hash256& each) { return pinned_.contains(each); })) {
        return not_pinned();
    }
    for (const auto& each : blocks) {
        pinned_.erase(each);
    }
    return json();
}

void Follow::pin(const Hash256& block) {
    auto state = chain_.state(block);
    pinned_.emplace(block, state ? std::move(state).value() : nullptr);
}

bool Follow::tell_with_ancestors(const Hash256& block) {
    std::vector<std::pair<Hash256, Hash256>> unknown;  // with their parents, highest first
    for (auto hash = block; !known_unfinalized_.contains(hash);) {
        const auto header = chain_.header(hash);
        if (!header) {
            return false;
        }
        if (header->number <= finalized_number_) {
            break;
        }
        unknown.emplace_back(hash, header->parent_hash);
        hash = header->parent_hash;
    }
    for (auto each = unknown.rbegin(); each != unknown.rend() && is_open(); ++each) {
        tell_new_block(each->first, each->second);
        known_unfinalized_.insert(each->first);
    }
    return is_open();
}

void Follow::tell_new_block(const Hash256& block, const Hash256& parent) {
    if (pinned_.size() >= kPinnedMax) {
        tell({{"event", "stop"}});
        subscription_->end();
        return;
    }
    pin(block);
    json event{{"event", "newBlock"}, {"blockHash", hex_json(block)}, {"parentBlockHash", hex_json(parent)}};
    event["newRuntime"] = nullptr;
    tell(std::move(event));
}

void Follow::send_portion(const std::string& operation, StorageQuery query) {
    auto items = query.next_portion();
    if (!items.empty()) {
        tell({{"event", "operationStorageItems"}, {"operationId", operation}, {"items", std::move(items)}});
    }
    if (query.is_done()) {
        tell({{"event", "operationStorageDone"}, {"operationId", operation}});
        return;
    }
    waiting_.emplace(operation, std::move(query));
    tell({{"event", "operationWaitingForContinue"}, {"operationId", operation}});
}

std::string Follow::new_operation() {
    return "op-" + std::to_string(++operations_);
}

json Follow::runtime_json() const {
    return {{"type", "valid"}, {"spec", runtime_spec_json(chain_.version())}};
}

}  // namespace redoubt::devchain::api
