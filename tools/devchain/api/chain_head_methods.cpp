#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/child_key.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/follow.hpp>
#include <tools/devchain/api/observation.hpp>
#include <tools/devchain/api/params.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace redoubt::devchain::api {
namespace {

constexpr std::string_view kFollowEvent = "chainHead_v1_followEvent";
/// Of one connection.
constexpr std::size_t kFollowsMax = 4;

/// All follows of all connections, by subscription id.
class Follows final : public Observation, public std::enable_shared_from_this<Follows> {
  public:
    using Observation::Observation;

    void on_imported(const ImportedBlock& imported) override {
        for_each([&](Follow& each) { each.on_imported(imported); });
    }
    void on_best_changed(const BestChange&) override {
        for_each([](Follow& each) { each.on_best_changed(); });
    }
    void on_finalized(const Finalization& finalization) override {
        for_each([&](Follow& each) { each.on_finalized(finalization); });
    }

    Answer add(const json& list, rpc::CallContext& context) {
        const auto& with_runtime = Params{list}.at(0);
        if (!with_runtime.is_boolean()) {
            return rpc::invalid_params("withRuntime has to be true or false");
        }
        if (context.count(kFollowEvent) >= kFollowsMax) {
            return rpc::ErrorObject{-32800, "Maximum number of chainHead_follow has been reached"};
        }
        BOOST_OUTCOME_TRY(const auto subscription, context.subscribe(std::string{kFollowEvent}));
        const auto follow = std::make_shared<Follow>(chain(), subscription, with_runtime.get<bool>());
        follows_.emplace(subscription->id(), follow);
        subscription->on_end([weak = weak_from_this(), id = subscription->id()] {
            if (const auto self = weak.lock()) {
                self->follows_.erase(id);
            }
        });
        follow->start();
        return json(subscription->id());
    }

    /// The follow of this connection that the first parameter names; nullptr for any other id.
    Expected<std::shared_ptr<Follow>> find(const Params& params, rpc::CallContext& context) const {
        BOOST_OUTCOME_TRY(const auto id, params.text(0, "followSubscription"));
        const auto found = follows_.find(id);
        const bool is_here = found != follows_.end() && context.find(kFollowEvent, id) != nullptr;
        return is_here ? found->second : nullptr;
    }

  private:
    void for_each(const std::function<void(Follow&)>& action) {
        // Follows end while they are told, for example because their connection is too slow.
        const auto told = follows_;
        for (const auto& [id, follow] : told) {
            if (follow->is_open()) {
                action(*follow);
            }
        }
    }

    std::map<std::string, std::shared_ptr<Follow>> follows_;
};
using FollowsPtr = std::shared_ptr<Follows>;

/// Parameters 2 and 3 of chainHead_v1_storage.
Answer storage(Follow& follow, const Params& params, const Hash256& block) {
    BOOST_OUTCOME_TRY(auto items, read_storage_items(params.at(2)));
    std::optional<Bytes> child;
    if (!params.is_absent(3)) {
        BOOST_OUTCOME_TRY(child, read_child_key(params.at(3), "childTrie"));
    }
    return follow.storage(block, std::move(items), std::move(child));
}

Expected<std::vector<Hash256>> read_hash_or_hashes(const json& value) {
    std::vector<Hash256> out;
    for (const auto& each : value.is_array() ? value : json::array({value})) {
        BOOST_OUTCOME_TRY(const auto hash, read_hash(each, "hashOrHashes"));
        out.push_back(hash);
    }
    return out;
}

/// What a method answers for a follow that has ended: the client may not know yet.
json limit_reached() {
    return {{"result", "limitReached"}};
}

/// A method of one pinned block. @param when_ended  the answer when there is no such follow
void add_block_method(rpc::MethodTable& table,
                      const FollowsPtr& follows,
                      const std::string& name,
                      std::vector<std::string> further_names,
                      json when_ended,
                      std::function<Answer(Follow&, const Params&, const Hash256&)> method) {
    std::vector<std::string> names{"followSubscription", "hash"};
    names.insert(names.end(), further_names.begin(), further_names.end());
    table.add("chainHead_v1_" + name, std::move(names),
              [follows, when_ended = std::move(when_ended), method = std::move(method)](
                  const json& list, rpc::CallContext& context) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto block, params.hash(1, "hash"));
                  BOOST_OUTCOME_TRY(const auto follow, follows->find(params, context));
                  return follow == nullptr ? when_ended : method(*follow, params, block);
              });
}

void add_operations(rpc::MethodTable& table, const FollowsPtr& follows) {
    add_block_method(
        table, follows, "header", {}, nullptr,
        [](Follow& follow, const Params&, const Hash256& block) { return follow.header(block); });
    add_block_method(table, follows, "body", {}, limit_reached(),
                     [](Follow& follow, const Params&, const Hash256& block) { return follow.body(block); });
    add_block_method(table, follows, "call", {"function", "callParameters"}, limit_reached(),
                     [](Follow& follow, const Params& params, const Hash256& block) -> Answer {
                         BOOST_OUTCOME_TRY(const auto function, params.text(2, "function"));
                         BOOST_OUTCOME_TRY(const auto bytes, params.bytes(3, "callParameters"));
                         return follow.call(block, function, bytes);
                     });
    add_block_method(table, follows, "storage", {"items", "childTrie"}, limit_reached(), storage);
}

}  // namespace

void add_chain_head_methods(rpc::MethodTable& table, Chain& chain) {
    const auto follows = std::make_shared<Follows>(chain);
    table.add("chainHead_v1_follow", {"withRuntime"},
              [follows](const json& list, rpc::CallContext& context) { return follows->add(list, context); });
    table.add("chainHead_v1_unfollow", {"followSubscription"},
              [](const json& list, rpc::CallContext& context) -> Answer {
                  BOOST_OUTCOME_TRY(const auto id, Params{list}.text(0, "followSubscription"));
                  if (const auto subscription = context.find(kFollowEvent, id)) {
                      subscription->end();
                  }
                  return json();
              });
    add_operations(table, follows);
    table.add("chainHead_v1_continue", {"followSubscription", "operationId"},
              [follows](const json& list, rpc::CallContext& context) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto operation, params.text(1, "operationId"));
                  BOOST_OUTCOME_TRY(const auto follow, follows->find(params, context));
                  return follow == nullptr ? json() : follow->go_on(operation);
              });
    table.add("chainHead_v1_stopOperation", {"followSubscription", "operationId"},
              [follows](const json& list, rpc::CallContext& context) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto operation, params.text(1, "operationId"));
                  BOOST_OUTCOME_TRY(const auto follow, follows->find(params, context));
                  if (follow != nullptr) {
                      follow->stop_operation(operation);
                  }
                  return json();
              });
    table.add("chainHead_v1_unpin", {"followSubscription", "hashOrHashes"},
              [follows](const json& list, rpc::CallContext& context) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto blocks, read_hash_or_hashes(params.at(1)));
                  BOOST_OUTCOME_TRY(const auto follow, follows->find(params, context));
                  return follow == nullptr ? json() : follow->unpin(blocks);
              });
}

}  // namespace redoubt::devchain::api
