#include <tools/devchain/api/api.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <substrate/call.hpp>
#include <substrate/metadata.hpp>
#include <substrate/signing.hpp>
#include <substrate/storage_key.hpp>
#include <tests/support/rpc_listener.hpp>
#include <tools/devchain/api/trie_queries.hpp>
#include <trie/read_proof.hpp>
#include <utility>

namespace redoubt::devchain::api {
namespace {

using tests::Listener;

class SwitchOfOne final : public FaultSwitches {
  public:
    [[nodiscard]] std::vector<State> list() const override {
        return {{"silence", "Tests", "", "Says nothing.", "Nothing is said.", is_on, ""}};
    }
    Expected<std::monostate> set(const std::string& name, const json& setting) override {
        if (name != "silence") {
            return rpc::invalid_params("no such fault");
        }
        is_on = setting == true;
        return std::monostate{};
    }
    Expected<std::monostate> clear(const std::optional<std::string>&) override {
        is_on = false;
        return std::monostate{};
    }
    rpc::Delivery deliver(std::string&) override { return {}; }
    bool is_on = false;
};

crypto::KeyPair pair_of(const std::string& uri) {
    return crypto::KeyPair::from_secret_uri(uri, crypto::Scheme::kSr25519).value();
}

ChainOptions options_of_test() {
    ChainOptions options;
    options.seal = Seal::kManual;
    options.genesis.balances = {{pair_of("//Alice").account_id(), 1'000'000'000'000'000'000},
                                {pair_of("//Bob").account_id(), 1'000'000'000'000'000'000}};
    options.genesis.raw_children[Bytes{1}] = {{Bytes{2}, Bytes{3}}};
    options.now_ms = [] { return 1'700'000'000'000; };
    return options;
}

class ApiTest : public ::testing::Test {
  protected:
    ApiTest()
        : chain_(Chain::open(options_of_test()).value()),
          metadata_(substrate::Metadata::decode(chain_->metadata(14).value()).value()),
          table_(make_method_table(*chain_, faults_)) {}

    json answer(const std::string& method, json params = json::array()) {
        const json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}};
        return json::parse(table_->answer(request.dump(), {}, listener_).value());
    }
    json call(const std::string& method, json params = json::array()) {
        const auto reply = answer(method, std::move(params));
        EXPECT_TRUE(reply.contains("result")) << method << ": " << reply.dump();
        return reply.value("result", json());
    }
    std::int64_t error_of(const std::string& method, json params = json::array()) {
        const auto reply = answer(method, std::move(params));
        EXPECT_TRUE(reply.contains("error")) << method << ": " << reply.dump();
        return reply.contains("error") ? reply["error"]["code"].get<std::int64_t>() : 0;
    }
    std::vector<json>& said(const json& id) { return listener_.heard(id).said; }
    /// System.remark, signed.
    json remark(std::uint64_t nonce, std::uint8_t text = 1) {
        const auto index = substrate::call_index(metadata_, "System", "remark").value();
        substrate::SigningContext context{};
        context.nonce = nonce;
        context.genesis_hash = chain_->genesis_hash();
        context.birth_hash = chain_->genesis_hash();
        const Bytes encoded_call{index[0], index[1], 4, text};
        return to_hex_0x(
            substrate::sign_extrinsic(metadata_, encoded_call, context, pair_of("//Alice")).value());
    }
    json build() { return call("dev_newBlock"); }

    std::shared_ptr<SwitchOfOne> faults_ = std::make_shared<SwitchOfOne>();
    std::unique_ptr<Chain> chain_;
    substrate::Metadata metadata_;
    Listener listener_;
    std::shared_ptr<const rpc::MethodTable> table_;
};

TEST_F(ApiTest, lists_exactly_the_methods_that_exist) {
    const auto methods = call("rpc_methods").at("methods");
    EXPECT_EQ(methods.get<std::vector<std::string>>(), table_->names());
    for (const auto& name : methods) {
        EXPECT_NE(answer(name).value("error", json::object()).value("code", 0), rpc::code::kMethodNotFound);
    }
}

TEST_F(ApiTest, gives_headers_that_hash_to_their_block) {
    const auto hash = build();
    const auto header = call("chain_getHeader", {hash});
    EXPECT_EQ(header.at("number"), "0x1");
    EXPECT_EQ(header.at("parentHash"), call("chain_getBlockHash", {0}));
    const auto encoded = parse_hex(call("archive_v1_header", {hash}).get<std::string>()).value();
    EXPECT_EQ(hash, to_hex_0x(crypto::blake2b_256(encoded).view()));
    EXPECT_EQ(call("chain_getBlock", {hash}).at("block").at("header"), header);
}

TEST_F(ApiTest, finds_block_hashes_by_number) {
    const auto hash = build();
    EXPECT_EQ(call("chain_getBlockHash"), hash);
    EXPECT_EQ(call("chain_getBlockHash", {"0x1"}), hash);
    EXPECT_EQ(call("chain_getBlockHash", json::array({json::array({1, 2})})), (json{hash, nullptr}));
    EXPECT_EQ(call("chain_getHeader", {"0x" + std::string(64, '0')}), json());
    EXPECT_EQ(error_of("chain_getBlockHash", {"one"}), rpc::code::kInvalidParams);
    EXPECT_EQ(error_of("chain_getHeader", {"0x00"}), rpc::code::kInvalidParams);
}

TEST_F(ApiTest, tells_of_heads_from_the_present_one_on) {
    const auto best = call("chain_subscribeNewHeads");
    const auto finalized = call("chain_subscribeFinalizedHeads");
    build();
    ASSERT_EQ(said(best).size(), 2U);
    EXPECT_EQ(said(best)[0].at("number"), "0x0");
    EXPECT_EQ(said(best)[1].at("number"), "0x1");
    EXPECT_EQ(said(finalized).back().at("number"), "0x1");
    EXPECT_EQ(call("chain_unsubscribeNewHeads", {best}), true);
    build();
    EXPECT_EQ(said(best).size(), 2U);
}

TEST_F(ApiTest, follows_a_transaction_to_its_end) {
    const auto watch = call("author_submitAndWatchExtrinsic", {remark(0)});
    EXPECT_EQ(call("author_pendingExtrinsics").size(), 1U);
    EXPECT_EQ(call("system_accountNextIndex", {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"}), 1);
    const auto block = build();
    const auto& statuses = said(watch);
    ASSERT_GE(statuses.size(), 3U);
    EXPECT_EQ(statuses.front(), "ready");
    EXPECT_EQ(statuses[statuses.size() - 2], (json{{"inBlock", block}}));
    EXPECT_EQ(statuses.back(), (json{{"finalized", block}}));
    EXPECT_FALSE(listener_.heard(watch).is_open());
}

TEST_F(ApiTest, rejects_transactions_as_nodes_do) {
    EXPECT_EQ(error_of("author_submitExtrinsic", {"0x00"}), 1010);
    const auto first = remark(0);
    call("author_submitExtrinsic", {first});
    EXPECT_EQ(error_of("author_submitExtrinsic", {first}), 1013);
    EXPECT_EQ(error_of("author_submitAndWatchExtrinsic", {remark(0, 2)}), 1014);
    build();
    EXPECT_EQ(error_of("author_submitAndWatchExtrinsic", {remark(0, 3)}), 1010);
}

TEST_F(ApiTest, watches_a_transaction_through_the_new_api) {
    const auto watch = call("transactionWatch_v1_submitAndWatch", {remark(0)});
    const auto block = build();
    const json where{{"hash", block}, {"index", 1}};
    EXPECT_EQ(said(watch).front(), (json{{"event", "validated"}}));
    EXPECT_EQ(said(watch).back(), (json{{"event", "finalized"}, {"block", where}}));
    const auto refused = call("transactionWatch_v1_submitAndWatch", {"0x00"});
    EXPECT_EQ(said(refused).at(0).at("event"), "invalid");
}

TEST_F(ApiTest, proves_what_it_says_of_the_state) {
    const auto account = substrate::storage_prefix("System", "Account");
    const auto keys = call("state_getKeysPaged", {to_hex_0x(account), 10});
    ASSERT_EQ(keys.size(), 2U);
    const auto value = call("state_getStorage", {keys[0]});
    const auto answered = call("state_getReadProof", json::array({json::array({keys[0]})}));
    std::vector<Bytes> proof;
    for (const auto& node : answered.at("proof")) {
        proof.push_back(parse_hex(node.get<std::string>()).value());
    }
    const auto root = parse_hex_fixed<Hash256>(
                          call("chain_getHeader", {answered.at("at")}).at("stateRoot").get<std::string>())
                          .value();
    const auto read = trie::read_with_proof(root, proof, parse_hex(keys[0].get<std::string>()).value());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(value, to_hex_0x(read.value().value()));
    EXPECT_EQ(call("state_getStorageSize", {keys[0]}), read.value()->size());
    EXPECT_EQ(error_of("state_getStorage", {keys[0], "0x" + std::string(64, '1')}), 4003);
}

TEST_F(ApiTest, reads_child_tries) {
    const auto child = to_hex_0x(concat(bytes_of(kChildStoragePrefix), Bytes{1}));
    EXPECT_EQ(call("childstate_getStorage", {child, "0x02"}), "0x03");
    EXPECT_EQ(call("childstate_getStorage", {child, "0x04"}), json());
    EXPECT_EQ(call("childstate_getKeysPaged", {child, "0x", 10}), json{"0x02"});
    EXPECT_GE(call("state_getChildReadProof", {child, json::array({"0x02"})}).at("proof").size(), 2U);
    EXPECT_EQ(error_of("childstate_getStorage", {"0x01", "0x02"}), rpc::code::kInvalidParams);
}

TEST_F(ApiTest, tells_of_changed_storage_only) {
    const auto key = to_hex_0x(substrate::storage_prefix("System", "Number"));
    const auto watch = call("state_subscribeStorage", json::array({json::array({key, "0x00"})}));
    const auto block = build();
    ASSERT_EQ(said(watch).size(), 2U);
    EXPECT_EQ(said(watch)[0].at("changes").size(), 2U);
    EXPECT_EQ(said(watch)[1],
              (json{{"block", block}, {"changes", json::array({json::array({key, "0x01000000"})})}}));
}

TEST_F(ApiTest, follows_the_chain_through_the_new_api) {
    const auto follow = call("chainHead_v1_follow", {true});
    const auto block = build();
    auto& events = said(follow);
    ASSERT_EQ(events.size(), 5U);
    EXPECT_EQ(events[0].at("finalizedBlockHashes").size(), 1U);
    EXPECT_EQ(events[0].at("finalizedBlockRuntime").at("spec").at("specName"), "redoubt-dev");
    EXPECT_EQ(events[2].at("event"), "newBlock");
    EXPECT_EQ(events[3].at("bestBlockHash"), block);
    EXPECT_EQ(events[4].at("finalizedBlockHashes"), json{block});

    EXPECT_EQ(call("chainHead_v1_header", {follow, block}), call("archive_v1_header", {block}));
    const auto started = call("chainHead_v1_call", {follow, block, "Core_version", ""});
    EXPECT_EQ(events.back().at("operationId"), started.at("operationId"));
    EXPECT_EQ(events.back().at("output"), call("state_call", {"Core_version", "0x"}));
    call("chainHead_v1_body", {follow, block});
    EXPECT_EQ(events.back().at("value"), call("archive_v1_body", {block}));

    EXPECT_EQ(error_of("chainHead_v1_unpin", {follow, json::array({block, block})}), -32804);
    call("chainHead_v1_unpin", {follow, block});
    EXPECT_EQ(error_of("chainHead_v1_header", {follow, block}), -32801);
    EXPECT_EQ(error_of("chainHead_v1_continue", {follow, "op-1"}), -32803);
    call("chainHead_v1_unfollow", {follow});
    EXPECT_EQ(call("chainHead_v1_header", {follow, block}), json());
}

TEST_F(ApiTest, limits_follows_and_their_runtime_calls) {
    const auto block = call("chain_getBlockHash");
    const auto follow = call("chainHead_v1_follow", {false});
    EXPECT_EQ(error_of("chainHead_v1_call", {follow, block, "Core_version", "0x"}), -32802);
    for (int i = 1; i < 4; ++i) {
        call("chainHead_v1_follow", {false});
    }
    EXPECT_EQ(error_of("chainHead_v1_follow", {false}), -32800);
}

TEST_F(ApiTest, answers_storage_items_of_every_type) {
    const auto block = build();
    const auto follow = call("chainHead_v1_follow", {false});
    const auto number = to_hex_0x(substrate::storage_prefix("System", "Number"));
    const auto accounts = to_hex_0x(substrate::storage_prefix("System", "Account"));
    const auto started =
        call("chainHead_v1_storage", {follow,
                                      block,
                                      {{{"key", number}, {"type", "value"}},
                                       {{"key", number}, {"type", "hash"}},
                                       {{"key", "0x00"}, {"type", "value"}},
                                       {{"key", accounts}, {"type", "descendantsValues"}},
                                       {{"key", "0x"}, {"type", "closestDescendantMerkleValue"}}},
                                      nullptr});
    EXPECT_EQ(started.at("result"), "started");
    auto& events = said(follow);
    const auto& items = events[events.size() - 2].at("items");
    ASSERT_EQ(items.size(), 5U);
    EXPECT_EQ(items[0].at("value"), "0x01000000");
    EXPECT_EQ(items[1].at("hash"), to_hex_0x(crypto::blake2b_256(Bytes{1, 0, 0, 0}).view()));
    EXPECT_EQ(items[4].at("closestDescendantMerkleValue"), call("chain_getHeader").at("stateRoot"));
    EXPECT_EQ(events.back().at("event"), "operationStorageDone");
}

TEST_F(ApiTest, tells_what_changed_between_two_blocks) {
    const auto before = build();
    const auto after = build();
    const auto number = to_hex_0x(substrate::storage_prefix("System", "Number"));
    const auto diff = call("archive_v1_storageDiff",
                           {after, json::array({{{"key", number}, {"returnType", "value"}}}), before});
    EXPECT_EQ(
        said(diff).at(0),
        (json{{"event", "storageDiff"}, {"key", number}, {"type", "modified"}, {"value", "0x02000000"}}));
    EXPECT_EQ(said(diff).back(), (json{{"event", "storageDiffDone"}}));
}

TEST_F(ApiTest, makes_forks_and_lets_one_of_them_be_final) {
    call("dev_setFinality", {"stall"});
    const auto left = build();
    const auto right = call("dev_forkAt", {0, 2});
    ASSERT_EQ(right.size(), 2U);
    EXPECT_NE(right[0], left);
    EXPECT_EQ(call("archive_v1_hashByHeight", {1}).size(), 2U);
    EXPECT_EQ(call("chain_getBlockHash"), right[1]);
    EXPECT_EQ(call("dev_setFinality", {"resume"}).at("finalized").at("hash"), right[1]);
    EXPECT_EQ(call("archive_v1_hashByHeight", {1}), json{right[0]});
}

TEST_F(ApiTest, proves_finality_and_announces_authority_changes) {
    const auto justifications = call("grandpa_subscribeJustifications");
    EXPECT_EQ(call("dev_scheduleAuthorityChange", {2, 0}).size(), 2U);
    build();
    EXPECT_EQ(said(justifications).size(), 1U);
    EXPECT_EQ(call("grandpa_roundState").at("setId"), 1);
    EXPECT_TRUE(call("grandpa_proveFinality", {1}).is_string());
    EXPECT_EQ(call("grandpa_roundState").at("best").at("totalWeight"), 2);
}

TEST_F(ApiTest, switches_faults) {
    call("dev_setFault", {"silence"});
    EXPECT_TRUE(faults_->is_on);
    const auto listed = call("dev_faults");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].at("name"), "silence");
    EXPECT_EQ(listed[0].at("lie"), "Says nothing.");
    EXPECT_EQ(listed[0].at("on"), true);
    call("dev_clearFault");
    EXPECT_FALSE(faults_->is_on);
    call("dev_setFault", {"silence"});
    call("dev_setFault", {"silence", false});
    EXPECT_FALSE(faults_->is_on);
    EXPECT_EQ(error_of("dev_setFault", {"noise"}), rpc::code::kInvalidParams);
}

TEST_F(ApiTest, keeps_keys_of_authorities) {
    const auto rotated = call("author_rotateKeys").get<std::string>();
    ASSERT_EQ(rotated.size(), 2U + 128);
    EXPECT_EQ(call("author_hasSessionKeys", {rotated}), true);
    const auto voter = "0x" + rotated.substr(66);
    EXPECT_EQ(call("author_hasKey", {voter, "gran"}), true);
    EXPECT_EQ(call("author_hasKey", {voter, "aura"}), false);
    EXPECT_EQ(error_of("author_hasKey", {voter, "babe"}), rpc::code::kInvalidParams);
    EXPECT_EQ(error_of("author_insertKey", {"gran", "//Stranger", voter}), rpc::code::kInvalidParams);

    // The chain can vote with it.
    call("dev_scheduleAuthorityChange", json::array({json::array({json::array({voter, 1})}), 0}));
    build();
    const auto block = build();
    EXPECT_EQ(call("chain_getFinalizedHead"), block);
    EXPECT_EQ(call("grandpa_roundState").at("setId"), 1);
}

TEST_F(ApiTest, takes_over_a_key_by_its_secret) {
    const auto pair = crypto::KeyPair::from_secret_uri("//Stranger", crypto::Scheme::kEd25519).value();
    const auto voter = to_hex_0x(pair.public_key());
    EXPECT_EQ(call("author_hasKey", {voter, "gran"}), false);
    call("author_insertKey", {"gran", "//Stranger", voter});
    EXPECT_EQ(call("author_hasKey", {voter, "gran"}), true);
}

TEST_F(ApiTest, makes_a_checkpoint_for_light_clients) {
    build();
    const auto head = build();
    const auto state = call("sync_state_genSyncSpec", {true}).at("lightSyncState");
    EXPECT_EQ(state.at("finalizedBlockHeader"), call("archive_v1_header", {head}));
    const auto authorities = parse_hex(state.at("grandpaAuthoritySet").get<std::string>()).value();
    ByteCursor in{authorities};
    EXPECT_EQ(scale::read<light_client::AuthorityList>(in).value(), chain_->finality().authorities);
    EXPECT_EQ(scale::read<std::uint64_t>(in).value(), 0U);
    EXPECT_EQ(to_bytes(in.rest()), Bytes(4, 0));

    call("dev_scheduleAuthorityChange", {1, 5});
    build();
    EXPECT_EQ(error_of("sync_state_genSyncSpec", {true}), -32000);
}

TEST_F(ApiTest, follow_catches_up_when_a_stale_head_moves_again) {
    const auto finalized = call("chain_subscribeFinalizedHeads");
    const auto follow = call("chainHead_v1_follow", {false});
    const auto genesis = chain_->finalized();
    chain_->hooks().finalized_head = [genesis](const light_client::BlockRef&) { return genesis; };
    build();
    const auto second = build();
    for (const auto& event : said(follow)) {
        EXPECT_NE(event.at("event"), "finalized");
    }
    EXPECT_EQ(said(finalized).size(), 1U);
    EXPECT_EQ(error_of("grandpa_proveFinality", {1}), 1);
    chain_->hooks() = {};
    const auto third = build();
    const auto first = call("chain_getBlockHash", {1});
    EXPECT_EQ(said(follow).back().at("finalizedBlockHashes"), (json{first, second, third}));
    EXPECT_EQ(said(finalized).size(), 4U);
}

TEST_F(ApiTest, follow_hears_of_withheld_blocks_when_they_come_back) {
    const auto follow = call("chainHead_v1_follow", {false});
    chain_->hooks().header = [](const Hash256&, substrate::Header header) {
        return header.number == 1 ? std::nullopt : std::optional{std::move(header)};
    };
    const auto hidden = build();
    const auto shown = build();
    EXPECT_EQ(said(follow).size(), 2U) << "nothing can be told of a block whose parent is withheld";
    chain_->hooks() = {};
    const auto last = build();
    std::vector<json> told;
    for (const auto& event : said(follow)) {
        if (event.at("event") == "newBlock") {
            told.push_back(event.at("blockHash"));
        }
    }
    EXPECT_EQ(told, (std::vector<json>{hidden, shown, last}));
    EXPECT_EQ(said(follow).back().at("finalizedBlockHashes"), (json{hidden, shown, last}));
}

TEST_F(ApiTest, estimates_fees) {
    const auto info = call("payment_queryInfo", {remark(0)});
    EXPECT_EQ(info.at("class"), "normal");
    EXPECT_GT(std::stoull(info.at("partialFee").get<std::string>()), 0U);
    EXPECT_TRUE(call("payment_queryFeeDetails", {remark(0)}).at("inclusionFee").contains("baseFee"));
    EXPECT_EQ(call("system_dryRun", {remark(0)}), "0x0000");
}

TEST(TrieQueries, names_the_node_closest_below_a_key) {
    trie::StateTrie trie;
    EXPECT_EQ(closest_merkle_value(trie, Bytes{}), std::nullopt);
    const Bytes value(40, 7);
    trie.put(Bytes{0x12, 0x34}, value);
    trie.put(Bytes{0x12, 0x56}, value);
    const auto root = to_bytes(trie.root().view());
    EXPECT_EQ(closest_merkle_value(trie, Bytes{}), root);
    EXPECT_EQ(closest_merkle_value(trie, Bytes{0x12}), root);
    EXPECT_EQ(closest_merkle_value(trie, Bytes{0x13}), std::nullopt);
    EXPECT_EQ(closest_merkle_value(trie, Bytes{0x12, 0x34, 0x56}), std::nullopt);
    const auto leaf = closest_merkle_value(trie, Bytes{0x12, 0x34});
    ASSERT_TRUE(leaf.has_value());
    EXPECT_NE(*leaf, root);
    EXPECT_NE(leaf, closest_merkle_value(trie, Bytes{0x12, 0x56}));
}

}  // namespace
}  // namespace redoubt::devchain::api
