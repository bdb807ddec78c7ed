// The chain client against a node that executes Integritee's real runtime; registry_client_realnode.py starts
// the node, names it in REDOUBT_CHAIN_URL, and runs this program.
#include <gtest/gtest.h>

#include <cstdlib>
#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <registry-client/calls.hpp>
#include <registry-client/chain_client.hpp>
#include <registry-client/registry.hpp>
#include <registry-client/transaction.hpp>
#include <substrate/call.hpp>
#include <substrate/signing.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>

namespace redoubt::registry_client {
namespace {

using namespace std::chrono_literals;
using substrate::Value;
using tests::run_task;

using KeyPtr = std::shared_ptr<const crypto::KeyPair>;

KeyPtr key_of(std::string_view uri) {
    return std::make_shared<crypto::KeyPair>(
        crypto::KeyPair::from_secret_uri(uri, crypto::Scheme::kSr25519).value());
}

Task<Reply<SignedExtrinsic>> sign(ChainClientPtr client, KeyPtr key, Bytes call, std::uint32_t nonce) {
    BOOST_OUTCOME_CO_TRY(const auto head, co_await client->finalized_head());
    substrate::SigningContext context;
    context.nonce = nonce;
    context.era = substrate::Era::mortal(64, head.number);
    context.genesis_hash = client->genesis_hash();
    context.birth_hash = head.hash;
    SignedExtrinsic out;
    BOOST_OUTCOME_CO_TRY(out.bytes,
                         substrate::sign_extrinsic(client->runtime()->metadata, call, context, *key));
    out.valid_until_block = static_cast<std::uint32_t>(context.era.death(head.number) - 1);
    co_return out;
}

class RealNodeTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const char* url = std::getenv("REDOUBT_CHAIN_URL");
        if (url == nullptr) {
            GTEST_SKIP() << "no node here: registry_client_realnode.py starts one";
        }
        ConnectOptions options;
        options.rpc.url = url;
        auto connected = run_task(context_, ChainClient::connect(context_.get_executor(), options));
        ASSERT_TRUE(tests::is_ok(connected));
        client_ = std::move(connected).value();
    }
    void TearDown() override {
        client_.reset();
        static_cast<void>(tests::run_until(
            context_, [this] { return context_.stopped(); }, 5s));
    }
    Reply<TransactionOutcome> submit(const KeyPtr& key, const Bytes& call) {
        SubmitOptions options;
        options.account = key->account_id();
        Signer signer = [client = client_, key, call](std::uint32_t nonce) {
            return sign(client, key, call, nonce);
        };
        return run_task(context_, submit_until_finalized(client_, std::move(signer), options));
    }

    boost::asio::io_context context_;
    ChainClientPtr client_;
};

TEST_F(RealNodeTest, reads_the_runtime) {
    const auto runtime = client_->runtime();
    EXPECT_EQ(runtime->version.spec_name, "integritee-parachain");
    EXPECT_EQ(runtime->metadata.version(), 15U);
    EXPECT_EQ(runtime->ss58_prefix, 13);
    EXPECT_EQ(runtime->decimals, 12);
    EXPECT_EQ(existential_deposit(*runtime).value(), 1'000'000'000U);
}

TEST_F(RealNodeTest, transfers_until_finalized) {
    const auto alice = key_of("//Alice");
    const auto bob = key_of("//Bob")->account_id();
    const auto before = run_task(context_, client_->account_info(bob)).value().free;
    const auto call = transfer_keep_alive_call(client_->runtime()->metadata, bob, 5'000'000'000'000).value();
    const auto outcome = submit(alice, call);
    ASSERT_TRUE(tests::is_ok(outcome));
    EXPECT_TRUE(outcome.value().succeeded());
    const auto after =
        run_task(context_, client_->account_info(bob, outcome.value().block.hash)).value().free;
    EXPECT_EQ(after - before, 5'000'000'000'000U);
}

TEST_F(RealNodeTest, describes_a_dispatch_error_of_the_real_runtime) {
    const auto alice = key_of("//Alice");
    const auto nobody = key_of("//Nobody here")->account_id();
    // Below the existential deposit.
    const auto call = transfer_keep_alive_call(client_->runtime()->metadata, nobody, 1).value();
    const auto outcome = submit(alice, call);
    ASSERT_TRUE(tests::is_ok(outcome));
    EXPECT_EQ(outcome.value().dispatch_error, "Token.BelowMinimum");
}

TEST_F(RealNodeTest, passes_on_the_refusal_of_an_account_without_funds) {
    const auto poor = key_of("//Nobody here");
    const auto call = transfer_keep_alive_call(client_->runtime()->metadata, poor->account_id(), 1).value();
    const auto refused = submit(poor, call);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error() == TransactionError::kRefused) << refused.error().describe();
}

TEST_F(RealNodeTest, reads_the_registry_after_a_registration_and_an_invoke) {
    const auto worker = key_of("//Charlie");
    const Bytes measurement(32, 0x5a);
    const auto url = bytes_of("wss://worker.example:2000");
    Value::Fields proxied;
    proxied.push_back({"proxied", Value::boolean(false)});
    Value::List some_url{Value::bytes(url)};
    Value::Fields arguments;
    arguments.push_back({"proof", Value::bytes(measurement)});
    arguments.push_back({"worker_url", Value::variant("Some", Value::list(std::move(some_url)))});
    arguments.push_back({"attestation_method", Value::variant("Skip", Value::fields(std::move(proxied)))});
    const auto call = substrate::encode_call(client_->runtime()->metadata, "Teerex", "register_sgx_enclave",
                                             Value::fields(std::move(arguments)));
    ASSERT_OK(call);
    const auto registered = submit(worker, call.value());
    ASSERT_TRUE(tests::is_ok(registered));
    ASSERT_TRUE(registered.value().succeeded()) << *registered.value().dispatch_error;

    const auto all = run_task(context_, enclaves(client_));
    ASSERT_TRUE(tests::is_ok(all));
    ASSERT_EQ(all.value().size(), 1U);
    const auto& entry = all.value().front();
    EXPECT_EQ(entry.account, worker->account_id());
    EXPECT_TRUE(equal(entry.fingerprint.view(), measurement));
    EXPECT_EQ(entry.url, text_of(url));
    EXPECT_EQ(entry.method, "Skip");
    EXPECT_EQ(entry.status, "Invalid");
    EXPECT_EQ(entry.build_mode, "Production");
    EXPECT_GT(entry.timestamp_ms, 1'600'000'000'000U);

    Hash256 shard;
    shard.bytes.fill(0x5a);
    EXPECT_FALSE(run_task(context_, shard_config(client_, shard)).value().has_value());
    EXPECT_TRUE(run_task(context_, shard_status(client_, shard)).value().empty());
    const auto invoke = invoke_call(client_->runtime()->metadata, shard, Bytes(384, 1));
    ASSERT_OK(invoke);
    const auto invoked = submit(worker, invoke.value());
    ASSERT_TRUE(tests::is_ok(invoked));
    EXPECT_TRUE(std::ranges::any_of(invoked.value().events, [](const auto& event) {
        return event.is("EnclaveBridge", "IndirectInvocationRegistered");
    }));
    const auto shield =
        shield_funds_call(client_->runtime()->metadata, shard, Bytes(384, 2), 3'000'000'000'000);
    ASSERT_OK(shield);
    const auto shielded = submit(worker, shield.value());
    ASSERT_TRUE(tests::is_ok(shielded));
    EXPECT_TRUE(shielded.value().succeeded());
}

TEST_F(RealNodeTest, follows_finalized_heads_and_proves_events) {
    auto heads = run_task(context_, client_->finalized_heads()).value();
    auto previous = run_task(context_, heads.next(60s));
    ASSERT_TRUE(tests::is_ok(previous));
    for (int i = 0; i < 2; ++i) {
        const auto header = run_task(context_, heads.next(60s));
        ASSERT_TRUE(tests::is_ok(header));
        EXPECT_EQ(header.value().header.parent_hash, previous.value().hash);
        previous = header;
    }
    const auto hash = previous.value().hash;
    EXPECT_TRUE(run_task(context_, client_->block(hash)).value().grandpa_justification.has_value());
    const auto key = Bytes(4, 0x26);
    EXPECT_TRUE(tests::is_ok(run_task(context_, client_->read_proof({key}, hash))));
}

}  // namespace
}  // namespace redoubt::registry_client
