#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>
#include <tools/devchain/runtime/block_runner_test.hpp>

namespace redoubt::devchain::tests {
namespace {

constexpr auto kUnit = BlockRunner::kUnit;

TEST(Utility, runs_batches_in_all_three_ways) {
    const auto batch = [](std::uint8_t index) {
        Bytes call{9, index};
        scale::append_compact(call, 3);
        append(call, BlockRunner::transfer_call(fresh_account(1), kUnit));
        append(call, BlockRunner::transfer_call(fresh_account(2), 9'000 * kUnit));
        append(call, BlockRunner::transfer_call(fresh_account(3), kUnit));
        return call;
    };
    BlockRunner runner;
    auto block = runner.run({runner.sign(batch(0))});
    EXPECT_EQ(runner.free_of(fresh_account(1)), kUnit);
    EXPECT_EQ(runner.free_of(fresh_account(3)), 0U);
    auto names = event_names(block);
    EXPECT_TRUE(std::ranges::find(names, "Utility.BatchInterrupted") != names.end());

    block = runner.run({runner.sign(batch(2))});
    EXPECT_EQ(runner.free_of(fresh_account(1)), kUnit);
    EXPECT_NE(failure_of(runner, block).find("FundsUnavailable"), std::string::npos);
    EXPECT_EQ(event_names(block).size(), 3U);

    block = runner.run({runner.sign(batch(4))});
    EXPECT_EQ(runner.free_of(fresh_account(1)), 2 * kUnit);
    EXPECT_EQ(runner.free_of(fresh_account(3)), kUnit);
    names = event_names(block);
    EXPECT_TRUE(std::ranges::find(names, "Utility.BatchCompletedWithErrors") != names.end());
    EXPECT_EQ(std::ranges::count(names, "Utility.ItemCompleted"), 2);
}

TEST(Utility, refuses_calls_nested_too_deep) {
    const auto nested = [](unsigned depth) {
        Bytes call;
        for (unsigned i = 1; i < depth; ++i) {
            append(call, Bytes{9, 0, 4});
        }
        append(call, Bytes{0, 0, 0});
        return call;
    };
    BlockRunner runner;
    const auto block = runner.run({runner.sign(nested(33)), runner.sign(nested(32))});
    EXPECT_TRUE(is_invalid(block.results[0], InvalidTransaction::kCall));
    EXPECT_TRUE(block.results[1].has_value());
}

TEST(Sudo, lets_only_its_key_act_as_root) {
    BlockRunner runner;
    const Bytes call{5, 0, 50, 5, 0, 1};  // Teerex.set_security_flags(false, true)
    auto block = runner.run({runner.sign(call, "//Bob")});
    EXPECT_EQ(failure_of(runner, block), "Sudo.RequireSudo");
    block = runner.run({runner.sign(call)});
    EXPECT_EQ(failure_of(runner, block), "");
    const auto names = event_names(block);
    EXPECT_TRUE(std::ranges::find(names, "Teerex.UpdatedSecurityFlags") != names.end());
    EXPECT_TRUE(std::ranges::find(names, "Balances.Deposit") != names.end());  // sudo is free
    EXPECT_EQ(runner.stored("Teerex", "AllowSkippingAttestation"), Bytes{0});
    block = runner.run({runner.sign(Bytes{50, 5, 1, 1})});
    EXPECT_NE(failure_of(runner, block).find("BadOrigin"), std::string::npos);
}

TEST(Proxy, acts_for_another_account) {
    BlockRunner runner;
    Bytes add{7, 1, 0};
    append(add, account_of("//Bob").view());
    append(add, Bytes{0, 0, 0, 0, 0});
    auto block = runner.run({runner.sign(add)});
    EXPECT_EQ(failure_of(runner, block), "");
    Bytes proxied{7, 0, 0};
    append(proxied, account_of("//Alice").view());
    proxied.push_back(0);
    append(proxied, BlockRunner::transfer_call(fresh_account(4), kUnit));
    block = runner.run({runner.sign(proxied, "//Bob"), runner.sign(proxied, "//Charlie")});
    EXPECT_EQ(runner.free_of(fresh_account(4)), kUnit);
    EXPECT_EQ(failure_of(runner, block, 2), "Proxy.NotProxy");
    block = runner.run({runner.sign(Bytes{7, 3})});
    EXPECT_EQ(failure_of(runner, block), "");
    EXPECT_FALSE(runner.stored("Proxy", "Proxies", {scale::encode(account_of("//Alice"))}).has_value());
}

TEST(Grandpa, announces_and_enacts_a_change) {
    BlockRunner runner;
    Bytes call{5, 0, 100, 0, 4};
    append(call, Bytes(32, 0x33));
    append(call, Bytes{2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0});
    auto block = runner.run({runner.sign(call)});
    ASSERT_EQ(block.header.digest.size(), 1U);
    EXPECT_EQ(block.header.digest[0].kind, substrate::DigestKind::kConsensus);
    EXPECT_EQ(block.header.digest[0].engine, substrate::kGrandpaEngine);
    EXPECT_EQ(block.header.digest[0].data.front(), 1);
    block = runner.run({});
    EXPECT_TRUE(block.header.digest.empty());
    EXPECT_EQ(runner.stored("Grandpa", "CurrentSetId"), std::nullopt);
    block = runner.run({});
    EXPECT_TRUE(
        std::ranges::any_of(block.events, [](const auto& e) { return e.is("Grandpa", "NewAuthorities"); }));
    EXPECT_EQ(runner.stored("Grandpa", "CurrentSetId"), (Bytes{1, 0, 0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(runner.stored("Grandpa", "PendingChange"), std::nullopt);
}

TEST(Grandpa, announces_a_forced_change_and_refuses_a_second_one) {
    BlockRunner runner;
    Bytes call{5, 0, 100, 1, 4};
    append(call, Bytes(32, 0x33));
    append(call, Bytes{2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0});
    const auto block = runner.run({runner.sign(call), runner.sign(call, "//Alice", 1)});
    ASSERT_EQ(block.header.digest.size(), 1U);
    // ForcedChange: tag 2, the median last finalized block, then the change.
    EXPECT_TRUE(equal(ByteView{block.header.digest[0].data}.first(5), Bytes{2, 7, 0, 0, 0}));
    std::size_t results = 0;
    for (const auto& event : block.events) {
        results += event.is("Sudo", "Sudid") ? 1U : 0U;
    }
    EXPECT_EQ(results, 2U);
    runner.run({});
    EXPECT_EQ(runner.stored("Grandpa", "CurrentSetId"), (Bytes{1, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Dev, writes_child_storage_for_root_only) {
    BlockRunner runner;
    Bytes call{100, 3};
    scale::encode_scale(call, Bytes{0xcc});
    scale::encode_scale(call, Bytes{1});
    scale::encode_scale(call, std::optional{Bytes{2, 3}});
    Storage storage{runner.state()};
    BlockExecution execution{runner.runtime(), storage, 1, runner.genesis_hash(), {}};
    const auto refused = execution.apply_extrinsic(runner.sign(call));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused.value().dispatch_error, Bytes{2});  // BadOrigin
    EXPECT_EQ(storage.child_get(Bytes{0xcc}, Bytes{1}), std::nullopt);
    EXPECT_TRUE(execution.apply_extrinsic(runner.sign(concat(Bytes{5, 0}, call), "//Alice", 1)).has_value());
    EXPECT_EQ(storage.child_get(Bytes{0xcc}, Bytes{1}), (Bytes{2, 3}));
    EXPECT_EQ(execution.finalize().number, 1U);
    EXPECT_EQ(storage.take_changes().children.size(), 1U);
}

TEST(System, keeps_the_last_block_hashes_and_the_first) {
    BlockRunner runner;
    for (int i = 0; i < 3; ++i) {
        runner.run({});
    }
    EXPECT_EQ(runner.stored("System", "BlockHash", {scale::encode(std::uint32_t{0})}),
              to_bytes(runner.genesis_hash().view()));
    runner.run({}, 2'402);
    runner.run({}, 2'403);
    EXPECT_FALSE(runner.stored("System", "BlockHash", {scale::encode(std::uint32_t{2})}).has_value());
    EXPECT_TRUE(runner.stored("System", "BlockHash", {scale::encode(std::uint32_t{0})}).has_value());
}

TEST(EventTopics, name_the_block_and_event_and_go_with_the_next_block) {
    BlockRunner runner;
    Bytes registration{50, 0};
    scale::encode_scale(registration, Bytes(32, 0x5a));
    append(registration, Bytes{0, 0, 0});
    runner.run({runner.sign(registration)});
    Bytes publish{54, 4};
    append(publish, Bytes(32, 1));
    publish.push_back(0);
    scale::encode_scale(publish, Bytes{});
    const auto block = runner.run({runner.sign(publish)});
    const auto event = std::ranges::find_if(
        block.events, [](const auto& e) { return e.is("EnclaveBridge", "PublishedHash"); });
    ASSERT_NE(event, block.events.end());
    ASSERT_EQ(event->topics.size(), 1U);
    const auto key = std::vector<Bytes>{Bytes(32, 0x5a)};
    const auto topics = runner.stored("System", "EventTopics", key);
    ASSERT_TRUE(topics.has_value());
    const auto position = static_cast<std::uint32_t>(event - block.events.begin());
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{{2, position}};
    EXPECT_EQ(*topics, scale::encode(expected));
    runner.run({});
    EXPECT_FALSE(runner.stored("System", "EventTopics", key).has_value());
}

}  // namespace
}  // namespace redoubt::devchain::tests
