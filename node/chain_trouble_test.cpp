#include <gtest/gtest.h>
#include <boundary/refusal.hpp>
#include <node/chain_trouble.hpp>
#include <registry-client/chain_client.hpp>

namespace redoubt::node {
namespace {

using boundary::Refusal;
using registry_client::ChainError;
using rpc::RpcError;

constexpr auto kUrl = "ws://test";

std::optional<std::string> reason_of(rpc::Failure failure) {
    ChainTrouble trouble;
    trouble.unusable(7, failure, kUrl);
    return trouble.reason();
}

TEST(ChainTrouble, names_what_the_host_cannot_use) {
    EXPECT_EQ(reason_of(ChainError::kBadAnswer), "answer_unusable");
    EXPECT_EQ(reason_of(RpcError::kBadAnswer), "answer_unusable");
    EXPECT_EQ(reason_of(RpcError::kMessageTooLarge), "answer_unusable");
    EXPECT_EQ(reason_of(RpcError::kRemoteError), "answer_refused");
    EXPECT_EQ(reason_of(ChainError::kNoSuchBlock), "block_missing");
    EXPECT_EQ(reason_of(ChainError::kFinalizedReorg), "other_branch");
}

TEST(ChainTrouble, passes_over_failures_of_the_connection) {
    for (const auto error :
         {RpcError::kConnectionLost, RpcError::kNotConnected, RpcError::kDeadline, RpcError::kTooManyCalls}) {
        EXPECT_EQ(reason_of(error), std::nullopt) << error_message(error);
    }
}

TEST(ChainTrouble, asks_for_an_archive_node_where_states_are_thrown_away) {
    const auto remedy = [](std::string message, std::string data) {
        return chain_remedy(rpc::Failure{rpc::RemoteError{4003, std::move(message), std::move(data)}});
    };
    constexpr auto kOption = "--state-pruning archive";
    EXPECT_NE(remedy("Client error: UnknownBlock: State already discarded for 0x01", "").find(kOption),
              std::string::npos);
    EXPECT_NE(remedy("Client error", "the state of this block is not kept any more").find(kOption),
              std::string::npos);
    EXPECT_EQ(remedy("Client error: no such thing", "").find(kOption), std::string::npos);
    EXPECT_EQ(chain_remedy(rpc::Failure{ChainError::kNoSuchBlock}).find(kOption), std::string::npos);
}

TEST(ChainTrouble, is_over_with_the_next_block) {
    ChainTrouble trouble;
    trouble.refused(7, make_error_code(Refusal::kJustificationTooLight), kUrl);
    EXPECT_EQ(trouble.reason(), "justification_too_light");
    trouble.unusable(7, ChainError::kNoSuchBlock, kUrl);
    EXPECT_EQ(trouble.reason(), "block_missing");
    trouble.unusable(7, RpcError::kDeadline, kUrl);
    EXPECT_EQ(trouble.reason(), "block_missing");
    trouble.over(7);
    EXPECT_EQ(trouble.reason(), std::nullopt);
}

}  // namespace
}  // namespace redoubt::node
