// The program against a chain whose every answer is scripted.
#include <gtest/gtest.h>

#include <sys/types.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <sstream>
#include <tests/support/scripted_chain.hpp>
#include <tests/support/shared_material.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

using tests::ScriptedChain;

struct Finished {
    int status = 0;
    Json json;
    std::string out;
    std::string err;
};

class Flows : public ::testing::Test {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
        chain_ = std::make_unique<ScriptedChain>(tests::paseo_metadata(folder));
    }
    Finished wallet(std::vector<std::string> arguments) {
        std::vector<std::string> all{"--json", "--chain", chain_->server().url(), "--keystore",
                                     folder_.path().string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        std::ostringstream out;
        std::ostringstream err;
        Finished finished;
        finished.status = run_program(std::move(all), out, err);
        finished.out = out.str();
        finished.err = err.str();
        finished.json = Json::parse(finished.out, nullptr, false);
        return finished;
    }
    /// The chain takes each extrinsic into a block of its own.
    void include_everything(bool succeeds) {
        chain_->on_submit = [this, succeeds](const Bytes& extrinsic,
                                             tests::ScriptedRpcServer::ExchangePtr exchange) {
            exchange->reply("watch");
            chain_->set_nonce(1);
            chain_->add_block({{extrinsic, succeeds}});
        };
    }

    TestFolder folder_;
    std::unique_ptr<ScriptedChain> chain_;
};

TEST_F(Flows, shows_a_balance_with_its_unit) {
    const auto finished = wallet({"balance", "//Alice"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.json["address"], "2P2pRoXYwZAWVPXXtR6is5o7L34Me72iuNdiMZxeNV2BkgsH");
    EXPECT_TRUE(finished.json["free"].is_string());
    EXPECT_EQ(finished.json["symbol"], "TEER");
}

TEST_F(Flows, a_transfer_is_followed_until_its_block_is_final) {
    include_everything(true);
    const auto finished = wallet({"transfer", "//Alice", "//Bob", "1.5"});
    EXPECT_EQ(finished.status, 0) << finished.json;
    EXPECT_EQ(finished.json["amount"], "1500000000000");
    EXPECT_EQ(finished.json["block_number"], chain_->head().number);
}

TEST_F(Flows, a_transfer_that_the_chain_refuses_is_exit_code_1_and_names_its_block) {
    include_everything(false);
    const auto finished = wallet({"transfer", "//Alice", "//Bob", "1.5"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(finished.json["error"]["code"], "dispatch_failed");
    EXPECT_EQ(finished.json["error"]["details"]["block_number"], chain_->head().number);
}

TEST_F(Flows, a_transfer_that_is_never_included_is_exit_code_4_and_names_its_extrinsic) {
    const auto finished = wallet({"--timeout", "2", "transfer", "//Alice", "//Bob", "1"});
    EXPECT_EQ(finished.status, 4);
    EXPECT_TRUE(finished.json["error"]["details"]["extrinsic_hash"].is_string()) << finished.json;
}

TEST_F(Flows, a_timeout_speaks_of_what_was_submitted_only_when_something_was) {
    chain_->server().on_exchange("system_accountNextIndex", [](const auto&, auto) {});
    const auto before = wallet({"--timeout", "1", "transfer", "//Alice", "//Bob", "1"});
    EXPECT_EQ(before.status, 4);
    EXPECT_EQ(before.json["error"]["code"], "timed_out");
    EXPECT_FALSE(before.json["error"].contains("details")) << before.json;
    EXPECT_EQ(before.out.find("submitted"), std::string::npos) << before.out;
    EXPECT_EQ(before.err.find("submitted"), std::string::npos) << before.err;
}

TEST_F(Flows, a_timeout_while_the_node_has_the_extrinsic_names_it) {
    chain_->on_submit = [](const Bytes&, tests::ScriptedRpcServer::ExchangePtr) {};
    const auto after = wallet({"--timeout", "1", "transfer", "//Alice", "//Bob", "1"});
    EXPECT_EQ(after.status, 4);
    EXPECT_TRUE(after.json["error"]["details"]["extrinsic_hash"].is_string()) << after.json;
}

TEST_F(Flows, a_signal_after_the_submission_is_exit_code_130_and_names_the_extrinsic) {
    for (const int number : {SIGINT, SIGTERM}) {
        chain_->on_submit = [number](const Bytes&, tests::ScriptedRpcServer::ExchangePtr) {
            kill(getpid(), number);
        };
        const auto stopped = wallet({"transfer", "//Alice", "//Bob", "1"});
        EXPECT_EQ(stopped.status, 130);
        EXPECT_EQ(stopped.json["error"]["code"], "interrupted") << stopped.out;
        EXPECT_NE(stopped.err.find("may still take effect"), std::string::npos) << stopped.err;
        EXPECT_TRUE(stopped.json["error"]["details"]["extrinsic_hash"].is_string()) << stopped.json;
    }
}

TEST_F(Flows, a_signal_before_the_submission_says_that_nothing_was_submitted) {
    chain_->server().on_exchange("system_accountNextIndex",
                                 [](const auto&, auto) { kill(getpid(), SIGINT); });
    const auto stopped = wallet({"transfer", "//Alice", "//Bob", "1"});
    EXPECT_EQ(stopped.status, 130);
    EXPECT_EQ(stopped.json["error"]["remedy"], "Nothing was submitted.");
    EXPECT_FALSE(stopped.json["error"].contains("details")) << stopped.json;
}

TEST_F(Flows, a_transfer_whose_result_cannot_be_printed_names_its_extrinsic_all_the_same) {
    include_everything(true);
    std::ofstream full{"/dev/full"};
    std::ostringstream err;
    EXPECT_EQ(
        run_program({"--chain", chain_->server().url(), "transfer", "//Alice", "//Bob", "1"}, full, err), 1);
    EXPECT_NE(err.str().find("error: standard output cannot be written"), std::string::npos) << err.str();
    EXPECT_NE(err.str().find("extrinsic_hash: 0x"), std::string::npos) << err.str();
}

TEST_F(Flows, a_refusal_before_anything_was_taken_names_no_extrinsic) {
    chain_->on_submit = [](const Bytes&, tests::ScriptedRpcServer::ExchangePtr exchange) {
        exchange->fail(1010, "Invalid Transaction", "Inability to pay some fees");
    };
    const auto refused = wallet({"transfer", "//Alice", "//Bob", "1"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.json["error"]["code"], "transaction_refused");
    EXPECT_FALSE(refused.json["error"].contains("details")) << refused.json;
}

TEST_F(Flows, a_broken_connection_leaves_no_log_in_the_output) {
    chain_->on_submit = [this](const Bytes& extrinsic, tests::ScriptedRpcServer::ExchangePtr exchange) {
        chain_->set_nonce(1);
        chain_->add_block({{extrinsic, true}}, false);
        exchange->drop_connection();
    };
    for (const auto* verbosity : {"--planck", "--verbose"}) {
        const auto finished = wallet({verbosity, "transfer", "//Alice", "//Bob", "1000"});
        ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
        EXPECT_EQ(finished.out.find("connected again"), std::string::npos);
        EXPECT_EQ(finished.err.find("connected again") != std::string::npos,
                  std::string_view{verbosity} == "--verbose")
            << finished.err;
    }
}

TEST_F(Flows, nothing_is_sent_when_the_amount_is_wrong) {
    EXPECT_EQ(wallet({"transfer", "//Alice", "//Bob", "0.0000000000001"}).status, 2);
    const auto nothing = wallet({"transfer", "//Alice", "//Bob", "0"});
    EXPECT_EQ(nothing.status, 2);
    EXPECT_EQ(nothing.json["error"]["code"], "amount_zero");
    EXPECT_EQ(chain_->server().calls("author_submitAndWatchExtrinsic"), 0U);
}

TEST_F(Flows, storage_and_pallets_that_do_not_exist_are_told_apart) {
    const auto pallet = wallet({"chain", "storage", "Nonsense", "Item"});
    EXPECT_EQ(pallet.status, 1);
    EXPECT_EQ(pallet.json["error"]["code"], "pallet_missing");
    const auto item = wallet({"chain", "storage", "System", "Item"});
    EXPECT_EQ(item.status, 2);
    EXPECT_EQ(item.json["error"]["code"], "storage_item_missing");
    EXPECT_EQ(wallet({"chain", "storage", "System", "Account", "nobody"}).json["error"]["code"],
              "account_unknown");
    EXPECT_EQ(wallet({"chain", "storage", "System", "Account", "//Alice", "//Bob"}).json["error"]["code"],
              "storage_key_malformed");
}

TEST_F(Flows, finds_blocks_by_number_and_hash) {
    chain_->add_block();
    const auto events = wallet({"chain", "events", "1"});
    ASSERT_EQ(events.status, 0) << events.json;
    EXPECT_EQ(wallet({"chain", "events", events.json["block_hash"].get<std::string>()}).json["block_number"],
              1);
    EXPECT_EQ(wallet({"chain", "events", "4000000"}).json["error"]["code"], "block_unknown");
    EXPECT_EQ(wallet({"chain", "events", "soon"}).json["error"]["code"], "block_malformed");
}

}  // namespace
}  // namespace redoubt::wallet
