#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/transaction_watchers.hpp>

#include <utility>

namespace redoubt::devchain::api {
namespace {

/// Broadcasts have no notifications; as subscriptions of this kind they belong to their connection.
constexpr std::string_view kBroadcast = "transaction_v1_broadcast";
constexpr std::size_t kBroadcastsMax = 16;

json block_json(const PoolEvent& event) {
    return {{"hash", hex_json(event.subject)}, {"index", event.extrinsic_index}};
}

/// The event of transactionWatch_v1_watchEvent; null where it has none.
json event_json(const PoolEvent& event) {
    switch (event.kind) {
        case PoolEventKind::kFuture:
        case PoolEventKind::kReady:
            return {{"event", "validated"}};
        case PoolEventKind::kBroadcast:
            return {};
        case PoolEventKind::kInBlock:
            return {{"event", "bestChainBlockIncluded"}, {"block", block_json(event)}};
        case PoolEventKind::kRetracted:
            return {{"event", "bestChainBlockIncluded"}, {"block", nullptr}};
        case PoolEventKind::kFinalized:
            return {{"event", "finalized"}, {"block", block_json(event)}};
        case PoolEventKind::kFinalityTimeout:
            return {{"event", "dropped"}, {"error", "The block was not finalized for too long"}};
        case PoolEventKind::kUsurped:
            return {{"event", "invalid"}, {"error", "Another transaction took its place"}};
        case PoolEventKind::kDropped:
            return {{"event", "dropped"}, {"error", "The transaction gave way because the pool is full"}};
        case PoolEventKind::kInvalid:
            return {{"event", "invalid"}, {"error", "The transaction is not valid any more"}};
    }
    return {};
}

}  // namespace

void add_transaction_methods(rpc::MethodTable& table,
                             Chain& chain,
                             const std::shared_ptr<TransactionWatchers>& watchers) {
    table.add("transactionWatch_v1_submitAndWatch", {"transaction"},
              [watchers](const json& list, rpc::CallContext& context) -> Answer {
                  BOOST_OUTCOME_TRY(auto extrinsic, Params{list}.bytes(0, "transaction"));
                  BOOST_OUTCOME_TRY(const auto subscription,
                                    context.subscribe("transactionWatch_v1_watchEvent"));
                  auto id = subscription->id();
                  const auto submitted = watchers->submit(std::move(extrinsic), subscription, event_json);
                  if (!submitted) {
                      const auto& error = submitted.error();
                      const bool is_dropped = error.failure == SubmitFailure::kImmediatelyDropped;
                      subscription->notify(
                          {{"event", is_dropped ? "dropped" : "invalid"}, {"error", describe(error)}});
                      subscription->end();
                  }
                  return json(std::move(id));
              });
    table.add("transactionWatch_v1_unwatch", {"subscription"},
              [](const json& list, rpc::CallContext& context) -> Answer {
                  BOOST_OUTCOME_TRY(const auto id, Params{list}.text(0, "subscription"));
                  if (const auto subscription = context.find("transactionWatch_v1_watchEvent", id)) {
                      subscription->end();
                  }
                  return json();
              });
    // What the pool refuses is not tried again: nothing but another transaction could change its mind here.
    table.add("transaction_v1_broadcast", {"transaction"},
              [&chain](const json& list, rpc::CallContext& context) -> Answer {
                  BOOST_OUTCOME_TRY(auto extrinsic, Params{list}.bytes(0, "transaction"));
                  if (context.count(kBroadcast) >= kBroadcastsMax) {
                      return json();
                  }
                  BOOST_OUTCOME_TRY(const auto broadcast, context.subscribe(std::string{kBroadcast}));
                  static_cast<void>(chain.submit(std::move(extrinsic)));
                  return json(broadcast->id());
              });
    table.add("transaction_v1_stop", {"operationId"},
              [](const json& list, rpc::CallContext& context) -> Answer {
                  BOOST_OUTCOME_TRY(const auto id, Params{list}.text(0, "operationId"));
                  const auto broadcast = context.find(kBroadcast, id);
                  if (broadcast == nullptr) {
                      return rpc::invalid_params("there is no such broadcast");
                  }
                  broadcast->end();
                  return json();
              });
}

}  // namespace redoubt::devchain::api
