#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/transaction_watchers.hpp>

#include <substrate/extrinsic.hpp>
#include <utility>

namespace redoubt::devchain::api {
namespace {

/// The status of author_extrinsicUpdate.
json status_json(const PoolEvent& event) {
    switch (event.kind) {
        case PoolEventKind::kFuture:
            return "future";
        case PoolEventKind::kReady:
            return "ready";
        case PoolEventKind::kBroadcast:
            return {{"broadcast", event.peers}};
        case PoolEventKind::kInBlock:
            return {{"inBlock", hex_json(event.subject)}};
        case PoolEventKind::kRetracted:
            return {{"retracted", hex_json(event.subject)}};
        case PoolEventKind::kFinalityTimeout:
            return {{"finalityTimeout", hex_json(event.subject)}};
        case PoolEventKind::kFinalized:
            return {{"finalized", hex_json(event.subject)}};
        case PoolEventKind::kUsurped:
            return {{"usurped", hex_json(event.subject)}};
        case PoolEventKind::kDropped:
            return "dropped";
        case PoolEventKind::kInvalid:
            return "invalid";
    }
    return {};
}

Answer remove_extrinsics(Chain& chain, const json& wanted) {
    if (!wanted.is_array() || wanted.size() > kListItemsMax) {
        return rpc::invalid_params("bytesOrHash has to be a list");
    }
    json removed = json::array();
    for (const auto& each : wanted) {
        Hash256 txn;
        if (each.is_object() && each.contains("extrinsic")) {
            BOOST_OUTCOME_TRY(const auto bytes, read_bytes(member(each, "extrinsic"), "extrinsic"));
            txn = substrate::extrinsic_hash(bytes);
        } else {
            BOOST_OUTCOME_TRY(txn, read_hash(member(each, "hash"), "hash"));
        }
        if (chain.remove_transaction(txn)) {
            removed.push_back(hex_json(txn));
        }
    }
    return removed;
}

}  // namespace

void add_author_methods(rpc::MethodTable& table,
                        Chain& chain,
                        const std::shared_ptr<TransactionWatchers>& watchers) {
    table.add("author_submitExtrinsic", {"extrinsic"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  BOOST_OUTCOME_TRY(auto extrinsic, Params{list}.bytes(0, "extrinsic"));
                  const auto submitted = chain.submit(std::move(extrinsic));
                  if (!submitted) {
                      return submit_error(submitted.error());
                  }
                  return hex_json(submitted.value());
              });
    table.add_subscription(
        "author_submitAndWatchExtrinsic", "author_unwatchExtrinsic", "author_extrinsicUpdate", {"extrinsic"},
        [watchers](const json& list,
                   const rpc::ServerSubscriptionPtr& subscription) -> Expected<std::monostate> {
            BOOST_OUTCOME_TRY(auto extrinsic, Params{list}.bytes(0, "extrinsic"));
            const auto submitted = watchers->submit(std::move(extrinsic), subscription, status_json);
            if (!submitted) {
                return submit_error(submitted.error());
            }
            return std::monostate{};
        });
    table.add("author_pendingExtrinsics", {}, [&chain](const json&, rpc::CallContext&) -> Answer {
        json out = json::array();
        for (const auto* pending : chain.pool().ready()) {
            out.push_back(to_hex_0x(pending->extrinsic));
        }
        return out;
    });
    table.add("author_removeExtrinsic", {"bytesOrHash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  return remove_extrinsics(chain, Params{list}.at(0));
              });
}

}  // namespace redoubt::devchain::api
