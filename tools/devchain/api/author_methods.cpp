#include <primitives/crypto/random.hpp>
#include <primitives/hex.hpp>
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

using PublicKey = FixedBytes<32>;

Expected<KeyKind> read_key_kind(const json& value) {
    BOOST_OUTCOME_TRY(const auto kind, read_text(value, "keyType"));
    if (kind != "gran" && kind != "aura") {
        return rpc::invalid_params("keyType has to be gran or aura");
    }
    return kind == "gran" ? KeyKind::kGrandpa : KeyKind::kAura;
}

Expected<PublicKey> read_public_key(const json& value) {
    BOOST_OUTCOME_TRY(const auto bytes, read_hash(value, "publicKey"));
    return PublicKey::copy_of(std::span<const std::uint8_t, 32>{bytes.bytes});
}

Answer insert_key(Chain& chain, const Params& params) {
    BOOST_OUTCOME_TRY(const auto kind, read_key_kind(params.at(0)));
    BOOST_OUTCOME_TRY(const auto uri, params.text(1, "suri"));
    BOOST_OUTCOME_TRY(const auto expected, read_public_key(params.at(2)));
    const auto inserted = chain.insert_key(kind, uri);
    if (!inserted) {
        return rpc::invalid_params("suri: " + inserted.error().message());
    }
    if (inserted.value() != expected) {
        return rpc::invalid_params("publicKey is not the key of suri");
    }
    return json();
}

/// Public keys of a new author and a new voter, in this order.
Answer rotate_keys(Chain& chain) {
    Bytes out;
    for (const auto kind : {KeyKind::kAura, KeyKind::kGrandpa}) {
        Bytes seed(32);
        crypto::fill_random(seed);
        const auto key = chain.insert_key(kind, to_hex_0x(seed));
        if (!key) {
            return chain_error(key.error());
        }
        append(out, key.value().view());
    }
    return hex_json(ByteView{out});
}

void add_key_methods(rpc::MethodTable& table, Chain& chain) {
    table.add("author_insertKey", {"keyType", "suri", "publicKey"},
              [&chain](const json& list, rpc::CallContext&) { return insert_key(chain, Params{list}); });
    table.add("author_hasKey", {"publicKey", "keyType"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto key, read_public_key(params.at(0)));
                  BOOST_OUTCOME_TRY(const auto kind, read_key_kind(params.at(1)));
                  return json(chain.has_key(kind, key));
              });
    table.add("author_hasSessionKeys", {"sessionKeys"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  BOOST_OUTCOME_TRY(const auto keys, Params{list}.bytes(0, "sessionKeys"));
                  if (keys.size() != 2 * PublicKey::kSize) {
                      return rpc::invalid_params("sessionKeys has to be a key of aura and one of gran");
                  }
                  const auto all = ByteView{keys};
                  return json(chain.has_key(KeyKind::kAura, PublicKey::copy_of(all.first<32>())) &&
                              chain.has_key(KeyKind::kGrandpa, PublicKey::copy_of(all.last<32>())));
              });
    table.add("author_rotateKeys", {},
              [&chain](const json&, rpc::CallContext&) { return rotate_keys(chain); });
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
    add_key_methods(table, chain);
    table.add("author_removeExtrinsic", {"bytesOrHash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  return remove_extrinsics(chain, Params{list}.at(0));
              });
}

}  // namespace redoubt::devchain::api
