#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/observation.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/subscribers.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::devchain::api {
namespace {

/// Tells subscribers of new, best and finalized heads.
class Heads final : public Observation {
  public:
    explicit Heads(Chain& chain) : Observation(chain), last_finalized_(chain.finalized().number) {}

    void on_imported(const ImportedBlock& imported) override { tell(all_, imported.block.hash); }
    void on_best_changed(const BestChange& change) override { tell(best_, change.best.hash); }
    void on_finalized(const Finalization&) override {
        // A chain made to show a stale finalized head says nothing of blocks above it until it goes on.
        const auto highest = chain().finalized().number;
        for (auto next = last_finalized_ + 1; next <= highest; ++next) {
            const auto hash = finalized_.empty() ? std::nullopt : chain().hash_by_number(next);
            if (const auto header = hash ? chain().header(*hash) : std::nullopt) {
                finalized_.notify(header_json(*header));
            }
        }
        last_finalized_ = std::max(last_finalized_, highest);
    }

    void add_to_all(const rpc::ServerSubscriptionPtr& subscription) {
        add(all_, subscription, chain().best().hash);
    }
    void add_to_best(const rpc::ServerSubscriptionPtr& subscription) {
        add(best_, subscription, chain().best().hash);
    }
    void add_to_finalized(const rpc::ServerSubscriptionPtr& subscription) {
        add(finalized_, subscription, chain().finalized().hash);
    }

  private:
    void add(Subscribers& list, const rpc::ServerSubscriptionPtr& subscription, const Hash256& now) {
        if (const auto header = chain().header(now)) {
            subscription->notify(header_json(*header));
        }
        list.add(subscription);
    }
    void tell(Subscribers& list, const Hash256& hash) {
        const auto header = list.empty() ? std::nullopt : chain().header(hash);
        if (header) {
            list.notify(header_json(*header));
        }
    }

    Subscribers all_;
    Subscribers best_;
    Subscribers finalized_;
    std::uint32_t last_finalized_;  ///< the highest that subscribers were told of
};

void add_head_subscriptions(rpc::MethodTable& table, Chain& chain) {
    const auto heads = std::make_shared<Heads>(chain);
    const auto subscription = [&](std::string subscribe, std::string unsubscribe, std::string notification,
                                  void (Heads::*add)(const rpc::ServerSubscriptionPtr&)) {
        table.add_subscription(
            std::move(subscribe), std::move(unsubscribe), std::move(notification), {},
            [heads, add](const json&, const rpc::ServerSubscriptionPtr& made) -> Expected<std::monostate> {
                ((*heads).*add)(made);
                return std::monostate{};
            });
    };
    subscription("chain_subscribeAllHeads", "chain_unsubscribeAllHeads", "chain_allHead", &Heads::add_to_all);
    subscription("chain_subscribeNewHeads", "chain_unsubscribeNewHeads", "chain_newHead",
                 &Heads::add_to_best);
    subscription("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads", "chain_finalizedHead",
                 &Heads::add_to_finalized);
    table.add_alias("chain_subscribeNewHead", "chain_subscribeNewHeads");
    table.add_alias("chain_unsubscribeNewHead", "chain_unsubscribeNewHeads");
    table.add_alias("subscribe_newHead", "chain_subscribeNewHeads");
    table.add_alias("unsubscribe_newHead", "chain_unsubscribeNewHeads");
    table.add_alias("chain_subscribeFinalisedHeads", "chain_subscribeFinalizedHeads");
    table.add_alias("chain_unsubscribeFinalisedHeads", "chain_unsubscribeFinalizedHeads");
}

json bytes_as_numbers(ByteView bytes) {
    return json(std::vector<std::uint8_t>{bytes.begin(), bytes.end()});
}

Answer block_hash(const Chain& chain, const json& number) {
    if (number.is_null()) {
        return hex_json(chain.best().hash);
    }
    BOOST_OUTCOME_TRY(const auto wanted, read_u32(number, "number"));
    const auto hash = chain.hash_by_number(wanted);
    return hash ? hex_json(*hash) : json();
}

}  // namespace

void add_chain_methods(rpc::MethodTable& table, Chain& chain) {
    table.add("chain_getBlockHash", {"hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        const auto& wanted = Params{list}.at(0);
        if (!wanted.is_array()) {
            return block_hash(chain, wanted);
        }
        if (wanted.size() > kListItemsMax) {
            return rpc::invalid_params("too many block numbers");
        }
        json out = json::array();
        for (const auto& number : wanted) {
            BOOST_OUTCOME_TRY(auto hash, block_hash(chain, number));
            out.push_back(std::move(hash));
        }
        return out;
    });
    table.add_alias("chain_getHead", "chain_getBlockHash");
    table.add("chain_getHeader", {"hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto hash, Params{list}.optional_hash(0, "hash"));
        const auto header = chain.header(hash.value_or(chain.best().hash));
        return header ? header_json(*header) : json();
    });
    table.add("chain_getBlock", {"hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto wanted, Params{list}.optional_hash(0, "hash"));
        const auto hash = wanted.value_or(chain.best().hash);
        const auto header = chain.header(hash);
        const auto body = chain.body(hash);
        if (!header || !body) {
            return json();
        }
        json justifications;
        if (const auto justification = chain.justification(hash)) {
            justifications = json::array({json::array(
                {bytes_as_numbers(substrate::kGrandpaEngine), bytes_as_numbers(*justification)})});
        }
        return json{{"block", {{"header", header_json(*header)}, {"extrinsics", hex_list_json(*body)}}},
                    {"justifications", std::move(justifications)}};
    });
    table.add("chain_getFinalizedHead", {}, [&chain](const json&, rpc::CallContext&) -> Answer {
        return hex_json(chain.finalized().hash);
    });
    table.add_alias("chain_getFinalisedHead", "chain_getFinalizedHead");
    add_head_subscriptions(table, chain);
}

}  // namespace redoubt::devchain::api
