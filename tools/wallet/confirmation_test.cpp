// The merkle root that a confirmation has to hold, for blocks that the dev chain's runtime executed.
#include <tools/wallet/confirmation.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <stf/types/indirect_call.hpp>
#include <tests/support/result_matchers.hpp>
#include <tools/devchain/runtime/nested_calls_test.hpp>

namespace redoubt::wallet {
namespace {

using namespace devchain::tests;  // NOLINT: the builders of calls

constexpr auto kUnit = BlockRunner::kUnit;

/// BLAKE2b-256 of the index of an indirect call and the arguments of its call.
Hash256 leaf(std::uint8_t index, ByteView call) {
    return crypto::blake2b_256(concat(Bytes{index}, call.subspan(2)));
}

class ExpectedMerkleRoot : public ::testing::Test {
  protected:
    /// Runs the calls as extrinsics of one block and compares the root with the one over the block's time and
    /// `executed`: calls of the bridge, as they stand in the extrinsics.
    void expect(const std::vector<Bytes>& calls, const std::vector<Bytes>& executed) {
        std::vector<Bytes> extrinsics;
        for (std::size_t i = 0; i < calls.size(); ++i) {
            extrinsics.push_back(runner_.sign(calls[i], "//Alice", i));
        }
        const auto block = runner_.run(extrinsics);
        // Length, version 4, call.
        std::vector<Hash256> leaves{leaf(2, ByteView{block.extrinsics[0]}.subspan(2))};
        for (const auto& call : executed) {
            leaves.push_back(leaf(call[1] == 0 ? 1 : 0, call));
        }
        const auto root = root_of(block);
        ASSERT_OK(root);
        EXPECT_EQ(root.value(), stf::sorted_merkle_root(std::span<const Hash256>{leaves}));
    }
    Result<Hash256> root_of(const BlockOutcome& block) {
        return expected_merkle_root(runner_.metadata(), shard(), block.extrinsics, block.encoded_events);
    }

    BlockRunner runner_;
};

TEST_F(ExpectedMerkleRoot, covers_what_succeeded) {
    expect({}, {});
    expect({invoke(1), shield(kUnit), shield(9'000 * kUnit), invoke(2)},
           {invoke(1), shield(kUnit), invoke(2)});
}

TEST_F(ExpectedMerkleRoot, covers_what_batches_executed) {
    expect({batch(kBatch, {invoke(1), shield(kUnit), failing(), invoke(2)})}, {invoke(1), shield(kUnit)});
    expect({batch(kForceBatch, {invoke(1), failing(), shield(kUnit), invoke(2)}), invoke(3)},
           {invoke(1), shield(kUnit), invoke(2), invoke(3)});
    expect({batch(kBatchAll, {invoke(1), batch(kBatch, {shield(kUnit)})}), batch(kBatchAll, {invoke(2)})},
           {invoke(1), shield(kUnit), invoke(2)});
    expect({batch(kBatchAll, {invoke(1), shield(kUnit), failing()})}, {});
}

TEST_F(ExpectedMerkleRoot, covers_what_sudo_and_proxies_executed) {
    expect({sudo_as("//Bob", batch(kBatch, {invoke(1), shield(kUnit)})), proxy("//Bob", invoke(2))},
           {invoke(1), shield(kUnit)});
}

TEST_F(ExpectedMerkleRoot, leaves_out_what_was_shielded_for_another_shard) {
    const Hash256 other{fresh_account(0x6b).bytes};
    expect({shield(kUnit, other), shield(2 * kUnit)}, {shield(2 * kUnit)});
}

TEST_F(ExpectedMerkleRoot, is_refused_for_events_of_another_block) {
    auto block = runner_.run({runner_.sign(invoke(1))});
    block.encoded_events = runner_.run({}).encoded_events;
    EXPECT_FALSE(root_of(block).has_value());
}

}  // namespace
}  // namespace redoubt::wallet
