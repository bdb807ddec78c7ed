#include <gtest/gtest.h>
#include <node/finality_evidence.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_chain.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::node {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using registry_client::BlockHeader;
using registry_client::ChainClient;
using registry_client::ChainError;
using tests::run_task;
using tests::ScriptedChain;

/// No justification begins like this: it ends before its target.
const Bytes kUnreadable{1, 2, 3};

/// A node whose proof for every block is the same unreadable justification.
class Evidence : public ::testing::Test {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
        chain_ = std::make_unique<ScriptedChain>(tests::paseo_metadata(folder));
        chain_->server().on("grandpa_proveFinality", [this](const json&) -> json { return answer_; });
        registry_client::ConnectOptions options;
        options.rpc.url = chain_->server().url();
        auto connected = run_task(context_, ChainClient::connect(context_.get_executor(), options));
        ASSERT_OK(connected);
        client_ = std::move(connected).value();
        for (int i = 0; i < 2; ++i) {
            chain_->add_block();
            blocks_.push_back(run_task(context_, client_->header(chain_->head().hash)).value());
        }
        auto proof = scale::encode_all(Hash256{}, kUnreadable);
        scale::append_compact(proof, 0);
        answer_ = to_hex_0x(proof);
        source_.emplace(client_);
    }
    void TearDown() override {
        source_.reset();
        client_.reset();
        static_cast<void>(tests::run_until(
            context_, [this] { return context_.stopped(); }, 5s));
    }
    rpc::Reply<std::optional<FinalityEvidence>> for_first(std::size_t count) {
        return run_task(context_, source_->for_one_of(std::span{blocks_}.first(count)));
    }

    std::unique_ptr<ScriptedChain> chain_;
    json answer_;
    boost::asio::io_context context_;
    registry_client::ChainClientPtr client_;
    std::vector<BlockHeader> blocks_;
    std::optional<EvidenceSource> source_;
};

TEST_F(Evidence, passes_on_what_cannot_be_read_here) {
    const auto found = for_first(1);
    ASSERT_OK(found);
    ASSERT_TRUE(found.value().has_value());
    EXPECT_EQ(found.value()->number, 1U);
    EXPECT_EQ(found.value()->justification, kUnreadable);
}

TEST_F(Evidence, gives_refused_bytes_again_for_another_header_only) {
    source_->refused(kUnreadable, blocks_[0].hash);
    const auto again = for_first(1);
    ASSERT_OK(again);
    EXPECT_FALSE(again.value().has_value());
    const auto later = for_first(2);
    ASSERT_OK(later);
    ASSERT_TRUE(later.value().has_value());
    EXPECT_EQ(later.value()->number, 2U);

    source_->refused(kUnreadable, blocks_[1].hash);
    EXPECT_FALSE(for_first(2).value().has_value());
}

TEST_F(Evidence, reports_a_proof_that_is_none) {
    answer_ = "0x00";
    EXPECT_ERROR(for_first(1), ChainError::kBadAnswer);
    answer_ = json::object();
    EXPECT_ERROR(for_first(1), ChainError::kBadAnswer);
    answer_ = nullptr;
    const auto none = for_first(1);
    ASSERT_OK(none);
    EXPECT_FALSE(none.value().has_value());
}

TEST_F(Evidence, reports_a_block_that_the_node_does_not_have) {
    blocks_[0].hash.bytes[0] ^= 1;
    EXPECT_ERROR(for_first(1), ChainError::kNoSuchBlock);
}

}  // namespace
}  // namespace redoubt::node
