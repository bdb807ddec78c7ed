#include <primitives/crypto/ss58.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/observation.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/subscribers.hpp>

namespace redoubt::devchain::api {
namespace {

class Justifications final : public Observation {
  public:
    using Observation::Observation;
    void on_finalized(const Finalization& finalization) override {
        if (finalization.justification && !subscribers_.empty()) {
            subscribers_.notify(hex_json(ByteView{*finalization.justification}));
        }
    }
    void add(const rpc::ServerSubscriptionPtr& subscription) { subscribers_.add(subscription); }

  private:
    Subscribers subscribers_;
};

/// Rounds take no time here, so that nobody has voted in the next one.
json round_state_json(const FinalityView& view) {
    json missing = json::array();
    for (const auto& authority : view.authorities) {
        missing.push_back(crypto::encode_ss58(authority.id.view(), kSs58Prefix));
    }
    const json votes{{"currentWeight", 0}, {"missing", std::move(missing)}};
    return {{"setId", view.set_id},
            {"best",
             {{"round", view.round},
              {"totalWeight", view.total_weight},
              {"thresholdWeight", view.threshold},
              {"prevotes", votes},
              {"precommits", votes}}},
            {"background", json::array()}};
}

}  // namespace

void add_grandpa_methods(rpc::MethodTable& table, Chain& chain) {
    table.add("grandpa_roundState", {}, [&chain](const json&, rpc::CallContext&) -> Answer {
        return round_state_json(chain.finality());
    });
    table.add("grandpa_proveFinality", {"block"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto number, Params{list}.u32(0, "block"));
        const auto proof = chain.prove_finality(number);
        if (!proof && proof.error() == make_error_code(ChainError::kNotCoveredByProofs)) {
            return rpc::ErrorObject{1, "Block not covered by authority set changes"};
        }
        if (!proof) {
            return chain_error(proof.error());
        }
        return hex_json(proof.value());
    });
    const auto justifications = std::make_shared<Justifications>(chain);
    table.add_subscription(
        "grandpa_subscribeJustifications", "grandpa_unsubscribeJustifications", "grandpa_justifications", {},
        [justifications](const json&,
                         const rpc::ServerSubscriptionPtr& subscription) -> Expected<std::monostate> {
            justifications->add(subscription);
            return std::monostate{};
        });
}

}  // namespace redoubt::devchain::api
