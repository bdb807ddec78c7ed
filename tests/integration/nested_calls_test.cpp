// Invocations and shieldings inside other calls, in blocks that the dev chain's runtime executed: what is
// read from each block is compared with what the runtime did to the accounts.
#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <stf/parentchain/indirect_calls.hpp>
#include <tests/support/result_matchers.hpp>
#include <tools/devchain/runtime/nested_calls_test.hpp>

namespace redoubt::devchain::tests {
namespace {

constexpr auto kUnit = BlockRunner::kUnit;

/// What one extrinsic did, as its block tells.
struct Found {
    std::string invokes;  ///< their tags in order
    std::vector<std::pair<AccountId, uint128>> shielded;
    bool operator==(const Found&) const = default;
};

class NestedCalls : public ::testing::Test {
  protected:
    /// Runs a call alone in a block and reads the block.
    Found run(const Bytes& call, std::string_view signer = "//Alice") {
        const auto vault = AccountId{shard().bytes};
        const auto before = runner_.free_of(vault);
        const auto block = runner_.run({runner_.sign(call, signer)});
        EXPECT_TRUE(block.results[0].has_value());
        const auto calls =
            stf::read_indirect_calls(runner_.metadata(), block.extrinsics, block.encoded_events);
        Found out;
        EXPECT_OK(calls);
        if (!calls) {
            return out;
        }
        uint128 credited = 0;
        for (const auto& seen : calls.value()) {
            if (const auto* one = std::get_if<stf::indirect::Invoke>(&seen.call.value)) {
                EXPECT_EQ(one->request.shard, shard());
                out.invokes += static_cast<char>('0' + one->request.cyphertext.back());
            } else if (const auto* shielded = std::get_if<stf::indirect::ShieldFunds>(&seen.call.value)) {
                EXPECT_EQ(shielded->shard, shard());
                out.shielded.emplace_back(seen.payer.value(), shielded->amount);
                credited += shielded->amount;
            }
        }
        // Money is found exactly as it moved.
        EXPECT_EQ(runner_.free_of(vault) - before, credited);
        return out;
    }
    void make_bob_proxy_of_alice() {
        Bytes add = concat(Bytes{7, 1, 0}, account_of("//Bob"), Bytes{0, 0, 0, 0, 0});
        const auto block = runner_.run({runner_.sign(add)});
        ASSERT_EQ(failure_of(runner_, block), "");
    }

    BlockRunner runner_;
    const AccountId alice_ = account_of("//Alice");
    const AccountId bob_ = account_of("//Bob");
};

TEST_F(NestedCalls, are_found_in_batches) {
    EXPECT_EQ(run(invoke(1)), (Found{"1", {}}));
    EXPECT_EQ(run(batch(kBatchAll, {invoke(1), shield(2 * kUnit), invoke(2)})),
              (Found{"12", {{alice_, 2 * kUnit}}}));
    EXPECT_EQ(run(batch(kBatch, {shield(kUnit), shield(3 * kUnit), invoke(1)}), "//Bob"),
              (Found{"1", {{bob_, kUnit}, {bob_, 3 * kUnit}}}));
}

TEST_F(NestedCalls, after_the_failure_are_left_out) {
    EXPECT_EQ(run(batch(kBatch, {invoke(1), shield(kUnit), failing(), invoke(2), shield(kUnit)})),
              (Found{"1", {{alice_, kUnit}}}));
    EXPECT_EQ(run(batch(kBatchAll, {invoke(1), shield(kUnit), failing()})), (Found{}));
    EXPECT_EQ(
        run(batch(kForceBatch, {invoke(1), shield(9'000 * kUnit), invoke(2), failing(), shield(kUnit)})),
        (Found{"12", {{alice_, kUnit}}}));
    // A batch inside that fails as a whole takes its invocation and its money back.
    EXPECT_EQ(run(batch(kForceBatch, {batch(kBatchAll, {invoke(1), shield(kUnit), failing()}), invoke(2)})),
              (Found{"2", {}}));
    // A batch inside that is interrupted succeeds.
    EXPECT_EQ(run(batch(kBatchAll, {batch(kBatch, {invoke(1), failing(), invoke(2)}), invoke(3)})),
              (Found{"13", {}}));
}

TEST_F(NestedCalls, by_a_proxy_are_paid_by_the_account_behind_it) {
    EXPECT_EQ(run(proxy("//Alice", invoke(1)), "//Bob"), (Found{}));  // no proxy yet
    make_bob_proxy_of_alice();
    EXPECT_EQ(run(proxy("//Alice", batch(kBatch, {invoke(1), shield(kUnit)})), "//Bob"),
              (Found{"1", {{alice_, kUnit}}}));
    EXPECT_EQ(run(proxy("//Alice", shield(9'000 * kUnit)), "//Bob"), (Found{}));
    EXPECT_EQ(run(batch(kBatch, {proxy("//Alice", shield(kUnit)), shield(2 * kUnit), invoke(1)}), "//Bob"),
              (Found{"1", {{alice_, kUnit}, {bob_, 2 * kUnit}}}));
}

TEST_F(NestedCalls, by_sudo_count_when_their_origin_is_an_account) {
    EXPECT_EQ(run(sudo(invoke(1))), (Found{}));  // root invokes nothing
    EXPECT_EQ(run(sudo_as("//Bob", batch(kBatch, {invoke(1), shield(kUnit)}))),
              (Found{"1", {{bob_, kUnit}}}));
    EXPECT_EQ(run(batch(kForceBatch, {sudo(invoke(1)), sudo_as("//Bob", invoke(2)), invoke(3)})),
              (Found{"23", {}}));
    EXPECT_EQ(run(sudo_as("//Bob", invoke(1)), "//Bob"), (Found{}));
}

}  // namespace
}  // namespace redoubt::devchain::tests
