#include <primitives/crypto/hashing.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/child_key.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/observation.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/subscribers.hpp>
#include <tools/devchain/api/trie_queries.hpp>

#include <list>
#include <utility>

namespace redoubt::devchain::api {
namespace {

/// Between two blocks of one state_queryStorage.
constexpr std::uint32_t kQueriedBlocksMax = 1'024;

Expected<BlockStatePtr> state_at(const Chain& chain, const Params& params, std::size_t position) {
    BOOST_OUTCOME_TRY(const auto at, params.optional_hash(position, "at"));
    return answered(chain.state(at.value_or(chain.best().hash)), kStateErrorCode);
}

json value_json(const trie::StateTrie& trie, ByteView key) {
    const auto value = trie.get(key);
    return value ? hex_json(*value) : json();
}

/// Tells subscribers of storage what the best chain changed in their keys.
class StorageChanges final : public Observation {
  public:
    using Observation::Observation;

    void on_best_changed(const BestChange& change) override {
        watched_.remove_if([](const Watched& each) { return !each.subscription->is_open(); });
        if (watched_.empty()) {
            return;
        }
        const auto state = chain().state(change.best.hash);
        if (!state) {
            return;
        }
        for (auto& each : watched_) {
            tell(each, change.best.hash, state.value()->main());
        }
    }

    Expected<std::monostate> add(std::vector<Bytes> keys, const rpc::ServerSubscriptionPtr& subscription) {
        const auto best = chain().best().hash;
        BOOST_OUTCOME_TRY(const auto state, answered(chain().state(best), kStateErrorCode));
        Watched made{subscription, std::move(keys), {}};
        json changes = json::array();
        for (const auto& key : made.keys) {
            made.values.push_back(value_json(state->main(), key));
            changes.push_back(json::array({hex_json(ByteView{key}), made.values.back()}));
        }
        subscription->notify({{"block", hex_json(best)}, {"changes", std::move(changes)}});
        watched_.push_back(std::move(made));
        return std::monostate{};
    }

  private:
    struct Watched {
        rpc::ServerSubscriptionPtr subscription;
        std::vector<Bytes> keys;
        std::vector<json> values;  ///< as last told
    };

    static void tell(Watched& watched, const Hash256& block, const trie::StateTrie& trie) {
        json changes = json::array();
        for (std::size_t i = 0; i < watched.keys.size(); ++i) {
            auto value = value_json(trie, watched.keys[i]);
            if (value != watched.values[i]) {
                watched.values[i] = std::move(value);
                changes.push_back(json::array({hex_json(ByteView{watched.keys[i]}), watched.values[i]}));
            }
        }
        if (!changes.empty()) {
            watched.subscription->notify({{"block", hex_json(block)}, {"changes", std::move(changes)}});
        }
    }

    std::list<Watched> watched_;
};

/// What changed in `keys`, block by block from the first to the last, which descends from it.
Answer query_storage(const Chain& chain, const Params& params) {
    BOOST_OUTCOME_TRY(const auto keys, params.bytes_list(0, "keys"));
    BOOST_OUTCOME_TRY(const auto first, params.hash(1, "block"));
    BOOST_OUTCOME_TRY(const auto last, params.optional_hash(2, "hash"));
    std::vector<Hash256> blocks{last.value_or(chain.best().hash)};
    while (blocks.back() != first) {
        const auto header = chain.header(blocks.back());
        if (!header || header->number == 0 || blocks.size() > kQueriedBlocksMax) {
            return rpc::ErrorObject{4001, "Cannot resolve a block range"};
        }
        blocks.push_back(header->parent_hash);
    }
    json out = json::array();
    std::vector<std::optional<json>> values(keys.size());
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
        BOOST_OUTCOME_TRY(const auto state, answered(chain.state(*block), kStateErrorCode));
        json changes = json::array();
        for (std::size_t i = 0; i < keys.size(); ++i) {
            auto value = value_json(state->main(), keys[i]);
            if (values[i] != value) {
                changes.push_back(json::array({hex_json(ByteView{keys[i]}), value}));
                values[i] = std::move(value);
            }
        }
        if (!changes.empty()) {
            out.push_back({{"block", hex_json(*block)}, {"changes", std::move(changes)}});
        }
    }
    return out;
}

void add_storage_reads(rpc::MethodTable& table, Chain& chain) {
    table.add("state_getStorage", {"key", "hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        const Params params{list};
        BOOST_OUTCOME_TRY(const auto key, params.bytes(0, "key"));
        BOOST_OUTCOME_TRY(const auto state, state_at(chain, params, 1));
        return value_json(state->main(), key);
    });
    table.add("state_getStorageHash", {"key", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto key, params.bytes(0, "key"));
                  BOOST_OUTCOME_TRY(const auto state, state_at(chain, params, 1));
                  const auto value = state->main().get(key);
                  return value ? hex_json(crypto::blake2b_256(*value)) : json();
              });
    table.add("state_getStorageSize", {"key", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto key, params.bytes(0, "key"));
                  BOOST_OUTCOME_TRY(const auto state, state_at(chain, params, 1));
                  const auto value = state->main().get(key);
                  return value ? json(value->size()) : json();
              });
    table.add("state_getKeysPaged", {"prefix", "count", "startKey", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto page, read_keys_page(params, 0));
                  BOOST_OUTCOME_TRY(const auto state, state_at(chain, params, 3));
                  return keys_page_json(state->main(), page);
              });
    table.add(
        "state_queryStorageAt", {"keys", "at"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
            const Params params{list};
            BOOST_OUTCOME_TRY(const auto keys, params.bytes_list(0, "keys"));
            BOOST_OUTCOME_TRY(const auto at, params.optional_hash(1, "at"));
            const auto block = at.value_or(chain.best().hash);
            BOOST_OUTCOME_TRY(const auto state, answered(chain.state(block), kStateErrorCode));
            json changes = json::array();
            for (const auto& key : keys) {
                changes.push_back(json::array({hex_json(ByteView{key}), value_json(state->main(), key)}));
            }
            return json::array({json{{"block", hex_json(block)}, {"changes", std::move(changes)}}});
        });
    table.add("state_queryStorage", {"keys", "block", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  return query_storage(chain, Params{list});
              });
    for (const auto* name :
         {"state_getStorage", "state_getStorageHash", "state_getStorageSize", "state_getKeysPaged"}) {
        table.add_alias(std::string{name} + "At", name);
    }
}

void add_proofs(rpc::MethodTable& table, Chain& chain) {
    table.add("state_getReadProof", {"keys", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto keys, params.bytes_list(0, "keys"));
                  BOOST_OUTCOME_TRY(const auto wanted, params.optional_hash(1, "hash"));
                  const auto at = wanted.value_or(chain.best().hash);
                  BOOST_OUTCOME_TRY(const auto proof, answered(chain.read_proof(at, keys), kStateErrorCode));
                  return json{{"at", hex_json(at)}, {"proof", hex_list_json(proof)}};
              });
    table.add("state_getChildReadProof", {"childStorageKey", "keys", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto child, read_child_key(params.at(0), "childStorageKey"));
                  BOOST_OUTCOME_TRY(const auto keys, params.bytes_list(1, "keys"));
                  BOOST_OUTCOME_TRY(const auto wanted, params.optional_hash(2, "hash"));
                  const auto at = wanted.value_or(chain.best().hash);
                  BOOST_OUTCOME_TRY(const auto proof,
                                    answered(chain.child_read_proof(at, child, keys), kStateErrorCode));
                  return json{{"at", hex_json(at)}, {"proof", hex_list_json(proof)}};
              });
    table.add_alias("childstate_getReadProof", "state_getChildReadProof");
}

void add_runtime_reads(rpc::MethodTable& table, Chain& chain) {
    table.add("state_getMetadata", {"hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(state_at(chain, Params{list}, 0));
        return hex_json(chain.metadata(14));
    });
    table.add("state_call", {"name", "bytes", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto name, params.text(0, "name"));
                  BOOST_OUTCOME_TRY(const auto bytes, params.bytes(1, "bytes"));
                  BOOST_OUTCOME_TRY(const auto at, params.optional_hash(2, "hash"));
                  BOOST_OUTCOME_TRY(
                      const auto result,
                      answered(chain.call(at.value_or(chain.best().hash), name, bytes), kStateErrorCode));
                  if (!result) {
                      return rpc::ErrorObject{kStateErrorCode,
                                              "Client error: Execution failed: the runtime has no function " +
                                                  name + " with these parameters"};
                  }
                  return hex_json(result);
              });
    table.add_alias("state_callAt", "state_call");
    table.add("state_getRuntimeVersion", {"at"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto at, Params{list}.optional_hash(0, "at"));
        if (at && !chain.header(*at)) {
            return chain_error(make_error_code(ChainError::kUnknownBlock), kStateErrorCode);
        }
        return version_json(chain.version());
    });
    table.add_alias("chain_getRuntimeVersion", "state_getRuntimeVersion");
    // The runtime is part of the program, so that one notification says everything.
    table.add_subscription(
        "state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion", "state_runtimeVersion", {},
        [&chain](const json&, const rpc::ServerSubscriptionPtr& subscription) -> Expected<std::monostate> {
            subscription->notify(version_json(chain.version()));
            return std::monostate{};
        });
    table.add_alias("chain_subscribeRuntimeVersion", "state_subscribeRuntimeVersion");
    table.add_alias("chain_unsubscribeRuntimeVersion", "state_unsubscribeRuntimeVersion");
}

}  // namespace

void add_state_methods(rpc::MethodTable& table, Chain& chain) {
    add_storage_reads(table, chain);
    add_proofs(table, chain);
    add_runtime_reads(table, chain);
    const auto changes = std::make_shared<StorageChanges>(chain);
    table.add_subscription(
        "state_subscribeStorage", "state_unsubscribeStorage", "state_storage", {"keys"},
        [changes](const json& list,
                  const rpc::ServerSubscriptionPtr& subscription) -> Expected<std::monostate> {
            BOOST_OUTCOME_TRY(auto keys, Params{list}.bytes_list(0, "keys"));
            return changes->add(std::move(keys), subscription);
        });
}

}  // namespace redoubt::devchain::api
