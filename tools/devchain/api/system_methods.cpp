#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/scale.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>

#include <set>
#include <string>

namespace redoubt::devchain::api {
namespace {

constexpr std::string_view kNodeName = "Redoubt Devchain";

/// The identity multihash of an Ed25519 public key, as libp2p writes peers. No such key exists: nobody can
/// connect to this peer.
std::string local_peer_id() {
    Bytes id{0x00, 0x24, 0x08, 0x01, 0x12, 0x20};
    id.resize(38);
    return crypto::encode_base58(id);
}

/// The next nonce of an account when everything that is ready in the pool is counted.
Expected<std::uint32_t> next_nonce(const Chain& chain, const AccountId& account) {
    BOOST_OUTCOME_TRY(
        const auto encoded,
        answered(chain.call(chain.best().hash, "AccountNonceApi_account_nonce", account.view())));
    const auto nonce = encoded ? scale::decode<std::uint32_t>(*encoded) : DecodeError::kUnexpectedEnd;
    if (!nonce) {
        return rpc::internal_error("the runtime gives no nonce");
    }
    std::set<Bytes> provided;
    for (const auto* pending : chain.pool().ready()) {
        provided.insert(pending->validity.provides_tags.begin(), pending->validity.provides_tags.end());
    }
    auto next = nonce.value();
    while (provided.contains(scale::encode(std::pair{account, next}))) {
        ++next;
    }
    return next;
}

void add_constants(rpc::MethodTable& table, Chain& chain) {
    const auto constant = [&table](std::string name, json value) {
        table.add(std::move(name), {},
                  [value = std::move(value)](const json&, rpc::CallContext&) -> Answer { return value; });
    };
    constant("system_chain", chain.options().name);
    constant("system_chainType", "Development");
    constant("system_name", kNodeName);
    constant("system_version", REDOUBT_VERSION);
    constant("system_properties", properties_json());
    constant("system_health", {{"peers", 0}, {"isSyncing", false}, {"shouldHavePeers", false}});
    constant("system_peers", json::array());
    constant("system_nodeRoles", json::array({"Authority"}));
    constant("system_localPeerId", local_peer_id());
    constant("system_localListenAddresses", json::array());
    constant("chainSpec_v1_chainName", chain.options().name);
    constant("chainSpec_v1_properties", properties_json());
    table.add("chainSpec_v1_genesisHash", {},
              [&chain](const json&, rpc::CallContext&) -> Answer { return hex_json(chain.genesis_hash()); });
}

/// A chain spec from which a light client starts at the finalized block. There is no BABE: what is said of it
/// is empty.
Answer sync_spec(const Chain& chain) {
    const auto genesis = chain.header(chain.genesis_hash());
    const auto finalized = chain.header(chain.finalized().hash);
    const auto authorities = chain.authority_set_checkpoint();
    if (!genesis || !finalized || !authorities) {
        return rpc::ErrorObject{-32000,
                                "a change of authorities is announced: ask again when it is in force"};
    }
    return json{{"name", chain.options().name},
                {"id", chain.options().id},
                {"chainType", "Development"},
                {"bootNodes", json::array()},
                {"telemetryEndpoints", nullptr},
                {"protocolId", nullptr},
                {"properties", properties_json()},
                {"codeSubstitutes", json::object()},
                {"genesis", {{"stateRootHash", hex_json(genesis->state_root)}}},
                {"lightSyncState",
                 {{"finalizedBlockHeader", hex_json(ByteView{substrate::encode(*finalized)})},
                  {"grandpaAuthoritySet", hex_json(ByteView{*authorities})},
                  {"babeEpochChanges", "0x000000"},
                  {"babeFinalizedBlockWeight", 0}}}};
}

}  // namespace

void add_system_methods(rpc::MethodTable& table, Chain& chain) {
    add_constants(table, chain);
    table.add("system_syncState", {}, [&chain](const json&, rpc::CallContext&) -> Answer {
        const auto best = chain.best().number;
        return json{{"startingBlock", 0}, {"currentBlock", best}, {"highestBlock", best}};
    });
    table.add("system_accountNextIndex", {"account"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  BOOST_OUTCOME_TRY(const auto text, Params{list}.text(0, "account"));
                  const auto account = crypto::parse_account_id(text, std::nullopt);
                  if (!account) {
                      return rpc::invalid_params("account: " + account.error().message());
                  }
                  BOOST_OUTCOME_TRY(const auto nonce, next_nonce(chain, account.value()));
                  return json(nonce);
              });
    table.add_alias("account_nextIndex", "system_accountNextIndex");
    table.add("sync_state_genSyncSpec", {"raw"},
              [&chain](const json&, rpc::CallContext&) -> Answer { return sync_spec(chain); });
    table.add("system_dryRun", {"extrinsic", "at"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        const Params params{list};
        BOOST_OUTCOME_TRY(const auto extrinsic, params.bytes(0, "extrinsic"));
        BOOST_OUTCOME_TRY(const auto at, params.optional_hash(1, "at"));
        BOOST_OUTCOME_TRY(const auto result,
                          answered(chain.dry_run(at.value_or(chain.best().hash), extrinsic)));
        return hex_json(ByteView{encode(result)});
    });
    table.add_alias("system_dryRunAt", "system_dryRun");
}

}  // namespace redoubt::devchain::api
