#include <registry-client/transaction.hpp>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/hex.hpp>
#include <registry-client/calls.hpp>
#include <registry-client/pool_verdict.hpp>
#include <substrate/signing.hpp>
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
using tests::ScriptedRpcServer;

/// Remembers what was signed. An extrinsic is [0xee, nonce, how many times it was signed].
struct SigningLog {
    std::vector<std::uint32_t> nonces;
    std::optional<std::uint32_t> valid_until_block;
};

Task<Reply<SignedExtrinsic>> sign(std::shared_ptr<SigningLog> log, std::uint32_t nonce) {
    log->nonces.push_back(nonce);
    SignedExtrinsic out;
    out.bytes = {0xee, static_cast<std::uint8_t>(nonce), static_cast<std::uint8_t>(log->nonces.size())};
    out.valid_until_block = log->valid_until_block;
    co_return out;
}

class TransactionTest : public ::testing::Test {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
        chain_ = std::make_unique<ScriptedChain>(tests::paseo_metadata(folder));
        ConnectOptions options;
        options.rpc.url = chain_->server().url();
        options.rpc.backoff_min = 5ms;
        options.rpc.backoff_max = 20ms;
        client_ = run_task(context_, ChainClient::connect(context_.get_executor(), options)).value();
        options_.repeat_after = 40ms;
        options_.deadline = 30s;
    }
    void TearDown() override {
        client_.reset();
        static_cast<void>(run_until(
            context_, [this] { return context_.stopped(); }, 5s));
    }
    Reply<TransactionOutcome> submit() {
        Signer signer = [log = log_](std::uint32_t nonce) { return sign(log, nonce); };
        return run_task(context_, submit_until_finalized(client_, std::move(signer), options_));
    }
    using Exchange = ScriptedRpcServer::ExchangePtr;
    static constexpr auto kUpdate = "author_extrinsicUpdate";

    std::unique_ptr<ScriptedChain> chain_;
    boost::asio::io_context context_;
    ChainClientPtr client_;
    SubmitOptions options_;
    std::shared_ptr<SigningLog> log_ = std::make_shared<SigningLog>();
};

TEST_F(TransactionTest, returns_the_finalized_block_and_its_events) {
    chain_->set_nonce(4);
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w");
        exchange->notify(kUpdate, "w", "ready");
        exchange->notify(kUpdate, "w", json{{"inBlock", "0x00"}});
        chain_->add_block({{Bytes{1}, true}, {extrinsic, true}});
    };
    std::vector<TransactionStep> steps;
    options_.on_progress = [&](const TransactionProgress& progress) { steps.push_back(progress.step); };
    const auto outcome = submit();
    ASSERT_OK(outcome);
    EXPECT_TRUE(outcome.value().succeeded());
    EXPECT_EQ(outcome.value().block, chain_->head());
    EXPECT_EQ(outcome.value().extrinsic_index, 1U);
    EXPECT_EQ(outcome.value().nonce, 4U);
    ASSERT_EQ(outcome.value().events.size(), 1U);
    EXPECT_EQ(steps.front(), TransactionStep::kSigned);
    EXPECT_EQ(steps.back(), TransactionStep::kFinalized);
}

TEST_F(TransactionTest, describes_a_dispatch_error) {
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w");
        chain_->add_block({{extrinsic, false}});
    };
    const auto outcome = submit();
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome.value().dispatch_error, "BadOrigin");
}

TEST_F(TransactionTest, does_not_believe_a_status_without_the_block) {
    chain_->on_submit = [&](const Bytes&, Exchange exchange) {
        exchange->reply("w");
        exchange->notify(kUpdate, "w", json{{"finalized", "0x00"}});
    };
    options_.deadline = 300ms;
    const auto outcome = submit();
    EXPECT_ERROR(outcome, TransactionError::kFateUnknown);
}

TEST_F(TransactionTest, works_with_a_node_that_offers_no_watching) {
    chain_->server().on_exchange("author_submitAndWatchExtrinsic", [](const json&, Exchange exchange) {
        exchange->fail(-32601, "Method not found");
    });
    chain_->server().on("author_submitExtrinsic", [&](const json&) {
        chain_->add_block({{Bytes{0xee, 0, 1}, true}});
        return "0x" + std::string(64, '0');
    });
    EXPECT_OK(submit());
}

TEST_F(TransactionTest, passes_on_the_words_of_a_refusal) {
    chain_->on_submit = [](const Bytes&, Exchange exchange) {
        exchange->fail(1010, "Invalid Transaction",
                       "Inability to pay some fees , e.g. account balance too low");
    };
    const auto refused = submit();
    EXPECT_ERROR(refused, TransactionError::kRefused);
    EXPECT_NE(refused.error().describe().find("1010: Invalid Transaction: Inability to pay some fees"),
              std::string::npos);
    EXPECT_EQ(log_->nonces.size(), 1U);
}

TEST_F(TransactionTest, takes_another_nonce_when_the_first_is_taken_or_used) {
    std::uint32_t first = 5;
    for (const auto& [code, data] :
         {std::pair{1014, "priority"}, std::pair{1010, "Transaction is outdated"}}) {
        log_->nonces.clear();
        chain_->set_nonce(first);
        chain_->on_submit = [&, refusal = code, words = data](const Bytes& extrinsic, Exchange exchange) {
            if (extrinsic[1] == first) {
                chain_->set_nonce(first + 1);
                exchange->fail(refusal, "Refused", words);
                return;
            }
            exchange->reply("w");
            chain_->add_block({{extrinsic, true}});
        };
        const auto outcome = submit();
        ASSERT_OK(outcome);
        EXPECT_EQ(outcome.value().nonce, first + 1);
        EXPECT_EQ(log_->nonces, (std::vector<std::uint32_t>{first, first + 1}));
        first += 2;
    }
}

TEST_F(TransactionTest, submits_the_same_again_when_it_was_dropped) {
    std::vector<Bytes> seen;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        seen.push_back(extrinsic);
        exchange->reply("w" + std::to_string(seen.size()));
        if (seen.size() == 1) {
            exchange->notify(kUpdate, "w1", "dropped");
        } else {
            chain_->add_block({{extrinsic, true}});
        }
    };
    ASSERT_OK(submit());
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0], seen[1]);
    EXPECT_EQ(log_->nonces.size(), 1U);
}

TEST_F(TransactionTest, signs_afresh_when_another_transaction_used_the_nonce) {
    std::size_t submissions = 0;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w" + std::to_string(++submissions));
        if (submissions == 1) {
            exchange->notify(kUpdate, "w1", json{{"usurped", "0x00"}});
            chain_->set_nonce(1);
            chain_->add_block({{Bytes{0xaa}, true}});
        } else {
            chain_->add_block({{extrinsic, true}});
        }
    };
    const auto outcome = submit();
    ASSERT_OK(outcome);
    EXPECT_EQ(log_->nonces, (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(TransactionTest, does_not_sign_afresh_while_the_first_may_still_be_included) {
    std::vector<Bytes> seen;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        seen.push_back(extrinsic);
        exchange->reply("w" + std::to_string(seen.size()));
        exchange->notify(kUpdate, "w" + std::to_string(seen.size()), json{{"usurped", "0x00"}});
        if (seen.size() == 3) {
            chain_->add_block({{seen.front(), true}});
        }
    };
    ASSERT_OK(submit());
    EXPECT_EQ(log_->nonces, (std::vector<std::uint32_t>{0}));
}

TEST_F(TransactionTest, signs_afresh_when_the_mortality_ended) {
    log_->valid_until_block = 1;
    std::size_t submissions = 0;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w" + std::to_string(++submissions));
        if (submissions == 1) {
            exchange->notify(kUpdate, "w1", "invalid");
            log_->valid_until_block = 100;
            chain_->add_block();
        } else {
            chain_->add_block({{extrinsic, true}});
        }
    };
    ASSERT_OK(submit());
    EXPECT_EQ(log_->nonces.size(), 2U);
}

TEST_F(TransactionTest, signs_again_with_the_same_nonce_when_the_signature_does_not_fit) {
    std::size_t submissions = 0;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        if (++submissions == 1) {
            exchange->fail(1010, "Invalid Transaction", "Transaction has a bad signature");
            return;
        }
        exchange->reply("w");
        chain_->add_block({{extrinsic, true}});
    };
    ASSERT_OK(submit());
    EXPECT_EQ(log_->nonces, (std::vector<std::uint32_t>{0, 0}));
}

TEST_F(TransactionTest, signs_again_with_the_same_nonce_when_the_node_banned_what_it_had_taken) {
    std::vector<Bytes> seen;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        seen.push_back(extrinsic);
        if (seen.size() > 1 && extrinsic == seen.front()) {
            exchange->fail(1012, "Transaction is temporarily banned");
            return;
        }
        exchange->reply("w" + std::to_string(seen.size()));
        if (seen.size() == 1) {
            exchange->notify(kUpdate, "w1", "invalid");
        } else {
            chain_->add_block({{extrinsic, true}});
        }
    };
    ASSERT_OK(submit());
    EXPECT_EQ(seen.size(), 3U);
    EXPECT_EQ(log_->nonces, (std::vector<std::uint32_t>{0, 0}));
}

TEST_F(TransactionTest, counts_an_imported_extrinsic_as_submitted) {
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->fail(1013, "Transaction Already Imported");
        chain_->add_block({{extrinsic, true}});
    };
    ASSERT_OK(submit());
    EXPECT_EQ(log_->nonces.size(), 1U);
}

TEST_F(TransactionTest, goes_on_with_the_chain_after_forged_heads) {
    options_.deadline = 5s;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w");
        chain_->announce_forged();
        chain_->add_block();
        chain_->announce_forged();
        chain_->add_block({{extrinsic, true}}, false);
        chain_->announce_forged();
        chain_->add_block();
    };
    const auto outcome = submit();
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome.value().block.number, 2U);
    EXPECT_EQ(log_->nonces.size(), 1U);
}

TEST_F(TransactionTest, gives_up_on_a_finalized_block_that_the_node_keeps_back) {
    chain_->server().on("chain_getBlock", [](const json&) -> json { return nullptr; });
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w");
        chain_->add_block({{extrinsic, true}});
    };
    const auto began = std::chrono::steady_clock::now();
    const auto outcome = submit();
    EXPECT_ERROR(outcome, TransactionError::kFateUnknown);
    EXPECT_LT(std::chrono::steady_clock::now() - began, options_.deadline);
}

TEST_F(TransactionTest, does_not_sign_twice_when_the_connection_breaks_during_the_submission) {
    std::size_t submissions = 0;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        if (++submissions == 1) {
            chain_->add_block({{extrinsic, true}}, false);
            exchange->drop_connection();
            return;
        }
        exchange->fail(1010, "Invalid Transaction", "Transaction is outdated");
    };
    ASSERT_OK(submit());
    EXPECT_EQ(log_->nonces.size(), 1U);
}

TEST_F(TransactionTest, tries_again_when_the_pool_is_full) {
    std::size_t submissions = 0;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        if (++submissions < 3) {
            exchange->fail(1016, "Immediately Dropped", "The transaction couldn't enter the pool");
            return;
        }
        exchange->reply("w");
        chain_->add_block({{extrinsic, true}});
    };
    ASSERT_OK(submit());
    EXPECT_EQ(log_->nonces.size(), 1U);
}

TEST_F(TransactionTest, stops_after_the_allowed_signatures) {
    options_.signatures_max = 3;
    chain_->on_submit = [](const Bytes&, Exchange exchange) { exchange->fail(1014, "Priority is too low"); };
    EXPECT_ERROR(submit(), TransactionError::kTooManyAttempts);
    EXPECT_EQ(log_->nonces.size(), 3U);
}

TEST_F(TransactionTest, passes_on_an_error_of_the_signer) {
    Signer signer = [](std::uint32_t) -> Task<Reply<SignedExtrinsic>> {
        co_return rpc::Failure{make_error_code(ChainError::kUnknownPallet), "by the signer"};
    };
    EXPECT_ERROR(run_task(context_, submit_until_finalized(client_, std::move(signer), options_)),
                 ChainError::kUnknownPallet);
}

TEST_F(TransactionTest, gives_transactions_that_run_at_once_nonces_of_their_own) {
    std::vector<Bytes> pool;
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        pool.push_back(extrinsic);
        exchange->reply("w" + std::to_string(pool.size()));
        if (pool.size() == 3) {
            chain_->add_block({{pool[0], true}, {pool[1], true}, {pool[2], true}});
        }
    };
    int done = 0;
    for (int i = 0; i < 3; ++i) {
        Signer signer = [log = log_](std::uint32_t nonce) { return sign(log, nonce); };
        auto work = rpc::detail::optionally(submit_until_finalized(client_, std::move(signer), options_));
        boost::asio::co_spawn(
            context_, std::move(work),
            [&](const std::exception_ptr&, std::optional<Reply<TransactionOutcome>> outcome) {
                EXPECT_TRUE(outcome && tests::is_ok(*outcome));
                ++done;
            });
    }
    ASSERT_TRUE(run_until(context_, [&] { return done == 3; }));
    EXPECT_EQ(log_->nonces, (std::vector<std::uint32_t>{0, 1, 2}));
}

/// A signed extrinsic that the chain's metadata reads.
Bytes pooled_extrinsic(const ChainClientPtr& client, const crypto::KeyPair& key, std::uint32_t nonce) {
    substrate::SigningContext signing;
    signing.nonce = nonce;
    const auto& metadata = client->runtime()->metadata;
    const auto call = transfer_keep_alive_call(metadata, key.account_id(), 1).value();
    return substrate::sign_extrinsic(metadata, call, signing, key).value();
}

class NonceTest : public TransactionTest {
  protected:
    /// The node's pool holds transactions of `owner` with these nonces, and it counts every one of them.
    void pool_holds(const crypto::KeyPair& owner, std::vector<std::uint32_t> nonces) {
        json pool = json::array();
        for (const auto nonce : nonces) {
            pool.push_back(to_hex_0x(pooled_extrinsic(client_, owner, nonce)));
        }
        chain_->server().on("author_pendingExtrinsics", [pool](const json&) { return pool; });
        reports(state_nonce_ + static_cast<std::uint32_t>(nonces.size()));
    }
    void reports(std::uint32_t next_index) {
        chain_->server().on("system_accountNextIndex", [next_index](const json&) { return next_index; });
    }
    void state_has(std::uint32_t nonce) {
        state_nonce_ = nonce;
        chain_->set_nonce(nonce);
        chain_->add_block();
    }
    std::uint32_t next_nonce() {
        return run_task(context_, client_->account_nonce(own_.account_id())).value();
    }

    crypto::KeyPair own_ = crypto::KeyPair::from_secret_uri("//Own", crypto::Scheme::kSr25519).value();
    crypto::KeyPair other_ = crypto::KeyPair::from_secret_uri("//Other", crypto::Scheme::kEd25519).value();
    std::uint32_t state_nonce_ = 0;
};

TEST_F(NonceTest, fills_a_gap_below_pooled_transactions) {
    state_has(5);
    pool_holds(own_, {6, 8});
    EXPECT_EQ(next_nonce(), 5U);
}

TEST_F(NonceTest, goes_on_above_pooled_transactions_without_a_gap) {
    state_has(5);
    pool_holds(own_, {6, 5});
    EXPECT_EQ(next_nonce(), 7U);
}

TEST_F(NonceTest, counts_two_pooled_transactions_with_one_nonce_once) {
    state_has(5);
    pool_holds(own_, {5, 5});
    EXPECT_EQ(next_nonce(), 6U);
}

TEST_F(NonceTest, does_not_look_at_the_pool_when_the_node_counts_only_what_is_ready) {
    state_has(5);
    pool_holds(own_, {7});
    reports(5);
    EXPECT_EQ(next_nonce(), 5U);
    EXPECT_EQ(chain_->server().calls("author_pendingExtrinsics"), 0U);
}

TEST_F(NonceTest, passes_by_what_others_and_unknown_runtimes_have_in_the_pool) {
    state_has(5);
    const auto foreign = to_hex_0x(pooled_extrinsic(client_, other_, 5));
    const auto ours = to_hex_0x(pooled_extrinsic(client_, own_, 7));
    const json pool = json::array({foreign, "0x0c840102", "0x", ours});
    chain_->server().on("author_pendingExtrinsics", [pool](const json&) { return pool; });
    reports(6);
    EXPECT_EQ(next_nonce(), 5U);
}

TEST_F(NonceTest, believes_a_node_that_does_not_show_its_pool) {
    state_has(5);
    chain_->server().on("author_pendingExtrinsics", [](const json&) -> json {
        throw tests::ScriptedError{-32601, "Method not found"};
    });
    reports(9);
    EXPECT_EQ(next_nonce(), 9U);
}

TEST_F(NonceTest, believes_a_node_whose_pool_is_too_large_to_read) {
    state_has(5);
    json pool = json::array();
    pool.push_back(to_hex_0x(pooled_extrinsic(client_, own_, 7)));
    while (pool.size() <= 8192) {
        pool.push_back("0x00");
    }
    chain_->server().on("author_pendingExtrinsics", [pool](const json&) { return pool; });
    reports(9);
    EXPECT_EQ(next_nonce(), 9U);
}

TEST_F(NonceTest, a_worker_signs_at_the_gap_and_not_above_it_for_ever) {
    options_.account = own_.account_id();
    pool_holds(own_, {1});
    chain_->on_submit = [&](const Bytes& extrinsic, Exchange exchange) {
        exchange->reply("w");
        // What is above the gap waits for it; what fills the gap gets into a block.
        if (extrinsic[1] == 0) {
            chain_->set_nonce(1);
            chain_->add_block({{extrinsic, true}});
        }
    };
    options_.deadline = 2s;
    const auto outcome = submit();
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome.value().nonce, 0U);
}

TEST(PoolVerdict, reads_the_words_of_substrate_and_of_chopsticks) {
    const auto verdict = [](std::int64_t code, std::string message, std::string data) {
        return pool_verdict(rpc::Failure{rpc::RemoteError{code, std::move(message), std::move(data)}});
    };
    EXPECT_EQ(verdict(1010, "Invalid Transaction", "Transaction is outdated"), PoolVerdict::kStaleNonce);
    EXPECT_EQ(verdict(1010, R"({"invalid":{"stale":null}})", ""), PoolVerdict::kStaleNonce);
    EXPECT_EQ(verdict(1010, R"({"invalid":{"future":null}})", ""), PoolVerdict::kFutureNonce);
    EXPECT_EQ(verdict(1010, R"({"invalid":{"payment":null}})", ""), PoolVerdict::kRefused);
    EXPECT_EQ(verdict(1010, R"({"invalid":{"ancientBirthBlock":null}})", ""), PoolVerdict::kSignAgain);
    EXPECT_EQ(verdict(1010, "Invalid Transaction", "Transaction has an ancient birth block"),
              PoolVerdict::kSignAgain);
    EXPECT_EQ(verdict(1010, "Invalid Transaction", "Custom error: 7"), PoolVerdict::kRefused);
    EXPECT_EQ(verdict(1011, "Unknown Transaction Validity", ""), PoolVerdict::kTryLater);
    EXPECT_EQ(verdict(1012, "Transaction is temporarily banned", ""), PoolVerdict::kBanned);
    EXPECT_EQ(verdict(1013, "Transaction Already Imported", ""), PoolVerdict::kInPool);
    EXPECT_EQ(verdict(1014, "Priority is too low: (8 vs 8)", ""), PoolVerdict::kNonceTaken);
    EXPECT_EQ(verdict(-32601, "Method not found", ""), PoolVerdict::kNotOffered);
    EXPECT_EQ(pool_verdict(rpc::Failure{rpc::RpcError::kDeadline}), PoolVerdict::kUnknown);
}

}  // namespace
}  // namespace redoubt::registry_client
