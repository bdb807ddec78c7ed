#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/child_key.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/storage_diff.hpp>
#include <tools/devchain/api/storage_query.hpp>

#include <string>
#include <utility>

namespace redoubt::devchain::api {
namespace {

constexpr std::string_view kStorageEvent = "archive_v1_storageEvent";
constexpr std::string_view kDiffEvent = "archive_v1_storageDiffEvent";

/// Sends what `source` yields, a portion whenever the reader has taken the one before.
template <class Source>
void stream(const rpc::ServerSubscriptionPtr& subscription,
            const std::shared_ptr<Source>& source,
            const char* item_event,
            const char* done_event) {
    for (auto& item : source->next_portion()) {
        item["event"] = item_event;
        subscription->notify(std::move(item));
    }
    if (source->is_done()) {
        subscription->notify({{"event", done_event}});
        subscription->end();
        return;
    }
    subscription->when_drained([=] { stream(subscription, source, item_event, done_event); });
}

/// Opens a stream; a block that is not there is told as the event `error_event`.
template <class Source>
Answer open_stream(rpc::CallContext& context,
                   std::string_view notification,
                   Expected<std::shared_ptr<Source>> source,
                   const char* item_event,
                   const char* done_event,
                   const char* error_event) {
    BOOST_OUTCOME_TRY(const auto subscription, context.subscribe(std::string{notification}));
    auto id = subscription->id();
    if (source) {
        stream(subscription, source.value(), item_event, done_event);
    } else {
        subscription->notify({{"event", error_event}, {"error", source.error().message}});
        subscription->end();
    }
    return json(std::move(id));
}

rpc::Method stopping(std::string_view notification) {
    return [notification](const json& list, rpc::CallContext& context) -> Answer {
        BOOST_OUTCOME_TRY(const auto id, Params{list}.text(0, "subscription"));
        if (const auto subscription = context.find(notification, id)) {
            subscription->end();
        }
        return json();
    };
}

Answer archive_call(const Chain& chain, const Params& params) {
    BOOST_OUTCOME_TRY(const auto block, params.hash(0, "hash"));
    BOOST_OUTCOME_TRY(const auto function, params.text(1, "function"));
    BOOST_OUTCOME_TRY(const auto parameters, params.bytes(2, "callParameters"));
    if (!chain.header(block)) {
        return json();
    }
    const auto result = chain.call(block, function, parameters);
    if (!result) {
        return json{{"success", false}, {"error", result.error().message()}};
    }
    if (!result.value()) {
        return json{{"success", false},
                    {"error", "the runtime has no function " + function + " with these parameters"}};
    }
    return json{{"success", true}, {"value", hex_json(result.value())}};
}

Answer archive_storage(const Chain& chain, const Params& params, rpc::CallContext& context) {
    BOOST_OUTCOME_TRY(const auto block, params.hash(0, "hash"));
    BOOST_OUTCOME_TRY(auto items, read_storage_items(params.at(1)));
    std::optional<Bytes> child;
    if (!params.is_absent(2)) {
        BOOST_OUTCOME_TRY(child, read_child_key(params.at(2), "childTrie"));
    }
    const auto made = [&]() -> Expected<std::shared_ptr<StorageQuery>> {
        BOOST_OUTCOME_TRY(auto state, answered(chain.state(block)));
        return std::make_shared<StorageQuery>(std::move(state), std::move(items), std::move(child));
    };
    return open_stream(context, kStorageEvent, made(), "storage", "storageDone", "storageError");
}

Answer archive_storage_diff(const Chain& chain, const Params& params, rpc::CallContext& context) {
    BOOST_OUTCOME_TRY(const auto block, params.hash(0, "hash"));
    BOOST_OUTCOME_TRY(auto items, read_diff_items(params.at(1)));
    BOOST_OUTCOME_TRY(const auto previous, params.optional_hash(2, "previousHash"));
    const auto made = [&]() -> Expected<std::shared_ptr<StorageDiff>> {
        const auto header = chain.header(block);
        if (!header) {
            return chain_error(make_error_code(ChainError::kUnknownBlock));
        }
        BOOST_OUTCOME_TRY(auto after, answered(chain.state(block)));
        BOOST_OUTCOME_TRY(auto before, answered(chain.state(previous.value_or(header->parent_hash))));
        return std::make_shared<StorageDiff>(std::move(before), std::move(after), std::move(items));
    };
    return open_stream(context, kDiffEvent, made(), "storageDiff", "storageDiffDone", "storageDiffError");
}

void add_blocks(rpc::MethodTable& table, Chain& chain) {
    table.add("archive_v1_finalizedHeight", {},
              [&chain](const json&, rpc::CallContext&) -> Answer { return json(chain.finalized().number); });
    table.add("archive_v1_genesisHash", {},
              [&chain](const json&, rpc::CallContext&) -> Answer { return hex_json(chain.genesis_hash()); });
    table.add("archive_v1_hashByHeight", {"height"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto number, Params{list}.u32(0, "height"));
        return hash_list_json(chain.hashes_at(number));
    });
    table.add("archive_v1_header", {"hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto block, Params{list}.hash(0, "hash"));
        const auto header = chain.header(block);
        return header ? hex_json(ByteView{substrate::encode(*header)}) : json();
    });
    table.add("archive_v1_body", {"hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto block, Params{list}.hash(0, "hash"));
        const auto body = chain.body(block);
        return body ? hex_list_json(*body) : json();
    });
}

}  // namespace

void add_archive_methods(rpc::MethodTable& table, Chain& chain) {
    add_blocks(table, chain);
    table.add("archive_v1_call", {"hash", "function", "callParameters"},
              [&chain](const json& list, rpc::CallContext&) { return archive_call(chain, Params{list}); });
    table.add("archive_v1_storage", {"hash", "items", "childTrie"},
              [&chain](const json& list, rpc::CallContext& context) {
                  return archive_storage(chain, Params{list}, context);
              });
    table.add("archive_v1_stopStorage", {"subscription"}, stopping(kStorageEvent));
    table.add("archive_v1_storageDiff", {"hash", "items", "previousHash"},
              [&chain](const json& list, rpc::CallContext& context) {
                  return archive_storage_diff(chain, Params{list}, context);
              });
    table.add("archive_v1_stopStorageDiff", {"subscription"}, stopping(kDiffEvent));
}

}  // namespace redoubt::devchain::api
