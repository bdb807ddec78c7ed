#include <registry-client/chain_client.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_chain.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::registry_client {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using tests::run_task;
using tests::run_until;
using tests::ScriptedChain;

class ChainClientTest : public ::testing::Test {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
        chain_ = std::make_unique<ScriptedChain>(tests::paseo_metadata(folder));
        options_.rpc.url = chain_->server().url();
        options_.rpc.backoff_min = 5ms;
        options_.rpc.backoff_max = 20ms;
    }
    void TearDown() override {
        client_.reset();
        static_cast<void>(run_until(
            context_, [this] { return context_.stopped(); }, 5s));
    }
    Reply<void> connect() {
        auto connected = run_task(context_, ChainClient::connect(context_.get_executor(), options_));
        if (!connected) {
            return connected.error();
        }
        client_ = std::move(connected).value();
        return success();
    }
    FinalizedHeads heads(std::optional<BlockReference> after = std::nullopt) {
        return run_task(context_, client_->finalized_heads(after)).value();
    }
    Reply<BlockHeader> next(FinalizedHeads& heads, std::chrono::milliseconds limit = 10s) {
        return run_task(context_, heads.next(limit));
    }

    std::unique_ptr<ScriptedChain> chain_;
    ConnectOptions options_;
    boost::asio::io_context context_;
    ChainClientPtr client_;
};

TEST_F(ChainClientTest, returns_genesis_runtime_and_properties_once_connected) {
    ASSERT_OK(connect());
    EXPECT_EQ(client_->genesis_hash(), chain_->genesis());
    const auto runtime = client_->runtime();
    EXPECT_EQ(runtime->version.spec_version, 50U);
    EXPECT_EQ(runtime->ss58_prefix, 13);
    EXPECT_EQ(runtime->decimals, 12);
    EXPECT_EQ(runtime->symbol, "TEER");
    EXPECT_EQ(runtime->metadata.version(), 14U);
}

TEST_F(ChainClientTest, rejects_a_node_of_another_genesis_and_names_both) {
    options_.expected_genesis = Hash256{};
    const auto refused = connect();
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error() == ChainError::kWrongGenesis);
    EXPECT_NE(refused.error().detail.find(to_hex_0x(Hash256{}.view())), std::string::npos);
    EXPECT_NE(refused.error().detail.find(to_hex_0x(chain_->genesis().view())), std::string::npos);
}

TEST_F(ChainClientTest, rejects_a_node_whose_genesis_changed_after_a_reconnect) {
    ASSERT_OK(connect());
    auto stream = heads();
    ASSERT_OK(next(stream));
    chain_->restart_as_another_chain();
    chain_->server().drop_connections();
    EXPECT_ERROR(next(stream), ChainError::kWrongGenesis);
    EXPECT_ERROR(run_task(context_, client_->finalized_head()), ChainError::kWrongGenesis);
}

TEST_F(ChainClientTest, rejects_a_header_that_does_not_hash_to_what_was_asked) {
    ASSERT_OK(connect());
    chain_->add_block();
    const auto other = run_task(context_, client_->best_head()).value();
    chain_->server().on("chain_getHeader", [](const json&) {
        const std::string zeros(64, '0');
        return json{{"parentHash", "0x" + zeros},
                    {"number", "0x5"},
                    {"stateRoot", "0x" + zeros},
                    {"extrinsicsRoot", "0x" + zeros},
                    {"digest", {{"logs", json::array()}}}};
    });
    EXPECT_ERROR(run_task(context_, client_->header(other.hash)), ChainError::kBadAnswer);
}

TEST_F(ChainClientTest, rejects_malformed_answers) {
    ASSERT_OK(connect());
    auto& server = chain_->server();
    for (const auto& bad : json::array({"0x123", "123456", 5, "0xzz"})) {
        server.on("state_getStorage", [bad](const json&) { return bad; });
        EXPECT_ERROR(run_task(context_, client_->storage(Bytes{1})), ChainError::kBadAnswer) << bad;
    }
    server.on("chain_getBlockHash", [](const json&) { return "0x1234"; });
    EXPECT_ERROR(run_task(context_, client_->block_hash(1)), ChainError::kBadAnswer);
    server.on("system_accountNextIndex", [](const json&) { return 4'294'967'296U; });
    EXPECT_ERROR(run_task(context_, client_->account_nonce(AccountId{})), ChainError::kBadAnswer);
    server.on("state_getKeysPaged", [](const json&) { return json::array({"0x0102", "0x0101"}); });
    EXPECT_ERROR(run_task(context_, client_->storage_keys(Bytes{1})), ChainError::kBadAnswer);
    server.on("state_getKeysPaged", [](const json&) { return json::array({"0x02"}); });
    EXPECT_ERROR(run_task(context_, client_->storage_keys(Bytes{1})), ChainError::kBadAnswer);
}

TEST_F(ChainClientTest, says_when_the_node_does_not_have_a_block) {
    ASSERT_OK(connect());
    EXPECT_ERROR(run_task(context_, client_->header(Hash256{})), ChainError::kNoSuchBlock);
    EXPECT_ERROR(run_task(context_, client_->block(Hash256{})), ChainError::kNoSuchBlock);
    EXPECT_EQ(run_task(context_, client_->block_hash(99)).value(), std::nullopt);
}

TEST_F(ChainClientTest, gives_every_finalized_header_even_when_the_node_skips_some) {
    ASSERT_OK(connect());
    auto stream = heads();
    EXPECT_EQ(next(stream).value().header.number, 0U);
    chain_->add_block({}, false);
    chain_->add_block({}, false);
    chain_->add_block();
    for (const std::uint32_t expected : {1U, 2U, 3U}) {
        const auto header = next(stream);
        ASSERT_OK(header);
        EXPECT_EQ(header.value().header.number, expected);
    }
    EXPECT_ERROR(next(stream, 20ms), rpc::RpcError::kDeadline);
    chain_->add_block();
    EXPECT_EQ(next(stream).value().header.number, 4U);
}

TEST_F(ChainClientTest, goes_on_after_a_reconnect_without_a_gap) {
    ASSERT_OK(connect());
    auto stream = heads();
    ASSERT_OK(next(stream));
    chain_->server().stop_listening();
    chain_->add_block({}, false);
    chain_->add_block({}, false);
    chain_->server().listen();
    EXPECT_EQ(next(stream).value().header.number, 1U);
    EXPECT_EQ(next(stream).value().header.number, 2U);
}

TEST_F(ChainClientTest, starts_after_a_given_block) {
    ASSERT_OK(connect());
    chain_->add_block();
    const auto first = chain_->head();
    chain_->add_block();
    chain_->add_block();
    auto stream = heads(first);
    EXPECT_EQ(next(stream).value().header.number, 2U);
    EXPECT_EQ(next(stream).value().header.number, 3U);
}

TEST_F(ChainClientTest, reports_a_finalized_block_that_was_replaced) {
    ASSERT_OK(connect());
    chain_->add_block();
    const auto lost = chain_->head();
    auto stream = heads(BlockReference{0, chain_->genesis()});
    EXPECT_EQ(next(stream).value().hash, lost.hash);
    chain_->roll_back_to(1);
    chain_->add_block({}, false);
    chain_->add_block();
    EXPECT_ERROR(next(stream), ChainError::kFinalizedReorg);
    EXPECT_ERROR(next(stream), ChainError::kFinalizedReorg);
    EXPECT_ERROR(run_task(context_, client_->finalized_heads(lost)), ChainError::kFinalizedReorg);
    auto foreign = heads(chain_->head());
    chain_->roll_back_to(1);
    EXPECT_ERROR(run_task(context_, foreign.take_back()), ChainError::kFinalizedReorg);
}

TEST_F(ChainClientTest, takes_back_headers_that_are_no_blocks) {
    ASSERT_OK(connect());
    chain_->add_block();
    auto stream = heads(BlockReference{0, chain_->genesis()});
    EXPECT_EQ(next(stream).value().hash, chain_->head().hash);
    EXPECT_EQ(run_task(context_, stream.take_back()).value(), false);
    chain_->announce_forged();
    EXPECT_EQ(next(stream).value().header.number, 2U);
    chain_->add_block();
    EXPECT_ERROR(next(stream), ChainError::kFinalizedReorg);
    EXPECT_EQ(run_task(context_, stream.take_back()).value(), true);
    EXPECT_EQ(stream.last()->number, 1U);
    EXPECT_EQ(next(stream).value().hash, chain_->head().hash);
}

TEST_F(ChainClientTest, forgets_an_announced_block_that_the_node_does_not_have) {
    ASSERT_OK(connect());
    auto stream = heads(BlockReference{0, chain_->genesis()});
    EXPECT_ERROR(next(stream, 20ms), rpc::RpcError::kDeadline);
    const auto root = to_hex_0x(Hash256{}.view());
    chain_->server().notify_all("chain_finalizedHead", {{"parentHash", root},
                                                        {"number", "0xffffffff"},
                                                        {"stateRoot", root},
                                                        {"extrinsicsRoot", root},
                                                        {"digest", {{"logs", json::array()}}}});
    EXPECT_ERROR(next(stream), ChainError::kNoSuchBlock);
    EXPECT_ERROR(next(stream, 20ms), rpc::RpcError::kDeadline);
    chain_->add_block();
    EXPECT_EQ(next(stream).value().header.number, 1U);
}

TEST_F(ChainClientTest, waits_for_a_node_that_fell_behind) {
    ASSERT_OK(connect());
    chain_->add_block();
    const auto ahead = BlockReference{2, {}};
    auto stream = heads(ahead);
    EXPECT_ERROR(next(stream, 20ms), rpc::RpcError::kDeadline);
}

TEST_F(ChainClientTest, reads_account_and_events_through_the_metadata) {
    ASSERT_OK(connect());
    chain_->set_nonce(7);
    chain_->add_block({{Bytes{1, 2}, true}, {Bytes{3, 4}, false}});
    const auto head = chain_->head();
    EXPECT_EQ(run_task(context_, client_->account_info(AccountId{}, head.hash)).value().nonce, 7U);
    const auto events = run_task(context_, client_->events(head.hash));
    ASSERT_OK(events);
    ASSERT_EQ(events.value().size(), 2U);
    EXPECT_TRUE(events.value()[0].is("System", "ExtrinsicSuccess"));
    EXPECT_TRUE(events.value()[1].is("System", "ExtrinsicFailed"));
}

}  // namespace
}  // namespace redoubt::registry_client
