#include <gtest/gtest.h>
#include <node/account_keeper.hpp>
#include <node/enclave_start.hpp>
#include <node/test_support.hpp>
#include <primitives/scale.hpp>
#include <substrate/storage_key.hpp>

#include <atomic>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_chain.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::node {
namespace {

using namespace std::chrono_literals;
using redoubt::tests::ScriptedChain;
using tests::hash_of;

constexpr std::uint64_t kHourMs = 3'600'000;

/// A keeper on a chain whose registry a test writes. Transactions are included at once.
class Keeper : public ::testing::Test {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
        chain_ = std::make_unique<ScriptedChain>(redoubt::tests::paseo_metadata(folder));
        chain_->set_funds(1'000'000'000'000'000);
        registry_client::ConnectOptions connect;
        connect.rpc.url = chain_->server().url();
        auto connected = redoubt::tests::run_task(
            context_, registry_client::ChainClient::connect(context_.get_executor(), connect));
        ASSERT_OK(connected);
        client_ = std::move(connected).value();

        options_.identity.account.bytes.fill(1);
        options_.identity.measurement = hash_of(2);
        options_.identity.shard = hash_of(3);
        options_.identity.url = "wss://127.0.0.1:2000";
        options_.pool = std::make_shared<boost::asio::thread_pool>(1);
        options_.pauses = {.retry = 5ms,
                           .evidence = 5ms,
                           .look = 5ms,
                           .collateral = 5ms,
                           .renewal_first = 5ms,
                           .renewal_last = 5ms};
        chain_->set_storage(key("Teerex", "AllowSkippingAttestation"), Bytes{1});
        auto config = to_bytes(options_.identity.measurement.view());
        config.resize(config.size() + 5);
        chain_->set_storage(key("EnclaveBridge", "ShardConfigRegistry", options_.identity.shard.view()),
                            config);
        chain_->on_submit = [this](const Bytes& extrinsic, const auto& exchange) {
            exchange->reply("watch");
            chain_->set_nonce(static_cast<std::uint32_t>(++submitted_));
            if (takes_) {
                register_at(host_time_ms());
            }
            chain_->add_block({{extrinsic, takes_}});
        };
    }
    void TearDown() override {
        if (!client_) {
            return;
        }
        tasks_.cancel();
        tests::run_task(context_, tasks_.join());
        client_->close();
        client_.reset();
        context_.restart();
        context_.run_for(5s);
        keeper_.reset();
    }

    [[nodiscard]] Bytes key(std::string_view pallet, std::string_view item, ByteView part = {}) const {
        std::vector<Bytes> parts;
        if (!part.empty()) {
            parts.push_back(to_bytes(part));
        }
        return substrate::storage_key(client_->runtime()->metadata, pallet, item, parts).value();
    }
    [[nodiscard]] Bytes entry_key() const {
        return key("Teerex", "SovereignEnclaves", options_.identity.account.view());
    }
    /// Writes the enclave's entry, of the method in the options.
    void register_at(std::uint64_t timestamp_ms) {
        Bytes entry{0};
        entry.resize(entry.size() + 64);
        append(entry, options_.identity.measurement.view());
        entry.resize(entry.size() + 32);
        scale::encode_scale(entry, timestamp_ms);
        entry.push_back(1);
        scale::encode_scale(entry, to_bytes(bytes_of(options_.identity.url)));
        entry.push_back(1);
        append(entry, options_.attestation.method == AttestationMethod::kSkip ? Bytes{0, 0} : Bytes{1});
        entry.push_back(0);
        chain_->set_storage(entry_key(), entry);
    }

    void start() {
        auto link = std::make_shared<tests::FakeLink>([](const boundary::ToEnclave& message) {
            const auto& asked = std::get<boundary::SignRegistration>(message);
            Bytes extrinsic{0xaa};
            scale::encode_scale(extrinsic, asked.nonce);
            return Result<boundary::FromEnclave>{boundary::Signed{extrinsic, 1'000'000}};
        });
        keeper_ = std::make_unique<AccountKeeper>(context_.get_executor(), client_, std::move(link), options_,
                                                  [this] { ++able_told_; });
        auto run = [](AccountKeeper* keeper, std::optional<Problem>* ended) -> Task<void> {
            ended->emplace(co_await keeper->run());
        };
        tasks_.spawn(run(keeper_.get(), &ended_));
    }
    bool until(const std::function<bool()>& condition) {
        return redoubt::tests::run_until(context_, condition, 20s);
    }
    /// The keeper looks at the registry that often, unless it ends.
    bool looks(std::size_t times) {
        const auto goal = chain_->server().calls("chain_getFinalizedHead") + times;
        return until([&] { return ended_ || chain_->server().calls("chain_getFinalizedHead") >= goal; }) &&
               !ended_;
    }

    std::unique_ptr<ScriptedChain> chain_;
    boost::asio::io_context context_;
    rpc::TaskGroup tasks_{context_.get_executor()};
    registry_client::ChainClientPtr client_;
    KeeperOptions options_;
    std::unique_ptr<AccountKeeper> keeper_;
    std::atomic<bool> takes_ = true;  ///< what becomes of transactions
    std::atomic<std::size_t> submitted_ = 0;
    std::optional<Problem> ended_;
    int able_told_ = 0;
};

TEST_F(Keeper, registers_and_keeps_looking) {
    start();
    ASSERT_TRUE(until([&] { return able_told_ > 3 || ended_; }));
    EXPECT_FALSE(ended_) << ended_->cause;
    EXPECT_TRUE(keeper_->able());
    EXPECT_EQ(submitted_, 1U);
}

TEST_F(Keeper, ends_when_its_first_registration_is_refused) {
    takes_ = false;
    start();
    ASSERT_TRUE(until([&] { return ended_.has_value(); }));
    EXPECT_EQ(ended_->exit_code, ExitCode::kChain);
    EXPECT_NE(ended_->cause.find("BadOrigin"), std::string::npos) << ended_->cause;
}

TEST_F(Keeper, goes_on_while_renewals_are_refused_and_renews_when_it_can) {
    register_at(host_time_ms() - 25 * kHourMs);
    takes_ = false;
    start();
    ASSERT_TRUE(until([&] { return submitted_ >= 3 || ended_; }));
    ASSERT_FALSE(ended_) << ended_->cause;
    ASSERT_TRUE(until([&] { return able_told_ > 0 || ended_; }));
    EXPECT_TRUE(keeper_->able());
    chain_->set_storage(key("Teerex", "AllowSkippingAttestation"), Bytes{0});
    ASSERT_TRUE(looks(20)) << "the chain's rules changed";
    EXPECT_TRUE(keeper_->able());
    chain_->set_storage(key("Teerex", "AllowSkippingAttestation"), Bytes{1});
    takes_ = true;
    const auto before = submitted_.load();
    ASSERT_TRUE(until([&] { return submitted_ > before || ended_; }));
    ASSERT_TRUE(looks(20));
    EXPECT_LE(submitted_, before + 2) << "one that was under way, and the one that was taken";
}

TEST_F(Keeper, goes_on_when_a_removed_entry_cannot_be_made_anew) {
    start();
    ASSERT_TRUE(until([&] { return able_told_ > 0 || ended_; }));
    takes_ = false;
    chain_->set_storage(entry_key(), std::nullopt);
    ASSERT_TRUE(until([&] { return submitted_ >= 3 || ended_; }));
    ASSERT_FALSE(ended_) << ended_->cause;
    EXPECT_FALSE(keeper_->able()) << "nothing is sent for an enclave that nobody knows";
    takes_ = true;
    ASSERT_TRUE(until([&] { return keeper_->able() || ended_; }));
    EXPECT_FALSE(ended_);
}

// Each attempt takes a quote of the TEE, and a fee.
TEST_F(Keeper, looks_often_and_renews_seldom) {
    options_.pauses.renewal_first = options_.pauses.renewal_last = 1h;
    register_at(host_time_ms() - 25 * kHourMs);
    takes_ = false;
    start();
    ASSERT_TRUE(until([&] { return submitted_ >= 1 || ended_; }));
    ASSERT_TRUE(looks(50));
    EXPECT_EQ(submitted_, 1U);
    chain_->set_storage(entry_key(), std::nullopt);
    ASSERT_TRUE(until([&] { return submitted_ >= 2 || ended_; })) << "a removed entry is made anew at once";
}

TEST_F(Keeper, does_not_wait_for_evidence_at_a_renewal) {
    options_.attestation.method = AttestationMethod::kIas;
    options_.attestation.evidence = "/nonexistent/report.der";
    register_at(host_time_ms() - 25 * kHourMs);
    start();
    ASSERT_TRUE(until([&] { return able_told_ > 0 || ended_; }));
    ASSERT_TRUE(looks(20));
    EXPECT_TRUE(keeper_->able());
    chain_->set_storage(entry_key(), std::nullopt);
    ASSERT_TRUE(until([&] { return !keeper_->able() || ended_; })) << "the removal is noticed";
    EXPECT_FALSE(ended_);
    EXPECT_EQ(submitted_, 0U);
}

}  // namespace
}  // namespace redoubt::node
