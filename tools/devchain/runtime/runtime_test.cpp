#include <gtest/gtest.h>

#include <substrate/dispatch_error.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/runtime_version.hpp>
#include <tests/support/result_matchers.hpp>
#include <tools/devchain/runtime/block_runner_test.hpp>

namespace redoubt::devchain::tests {
namespace {

constexpr auto kUnit = BlockRunner::kUnit;

AccountId fresh_account(std::uint8_t seed) {
    AccountId out;
    out.bytes.fill(seed);
    return out;
}

/// Names of the events of extrinsic 1, the first one after the inherent.
std::vector<std::string> event_names(const BlockOutcome& block, std::uint32_t extrinsic = 1) {
    std::vector<std::string> out;
    for (const auto& event : block.events) {
        if (event.belongs_to(extrinsic)) {
            out.push_back(event.pallet + "." + event.name);
        }
    }
    return out;
}

std::string failure_of(const BlockRunner& runner, const BlockOutcome& block, std::uint32_t extrinsic = 1) {
    const auto* error = substrate::dispatch_error_of(block.events, extrinsic);
    return error == nullptr ? "" : substrate::describe_dispatch_error(runner.metadata(), *error);
}

uint128 fee_paid(const BlockOutcome& block) {
    for (const auto& event : block.events) {
        if (event.is("TransactionPayment", "TransactionFeePaid")) {
            return event.fields.find("actual_fee")->as_u128().value();
        }
    }
    return 0;
}

bool is_invalid(const auto& result, InvalidTransaction reason) {
    return !result.has_value() && result.error().is(reason);
}

using Names = std::vector<std::string>;

TEST(RuntimeMetadata, decodes_in_every_version_and_agrees_with_itself) {
    const Runtime runtime;
    for (const unsigned version : {14U, 15U, 16U}) {
        const auto metadata = substrate::Metadata::decode(*runtime.metadata(version));
        ASSERT_OK(metadata);
        EXPECT_EQ(metadata.value().version(), version);
        EXPECT_EQ(metadata.value().pallets().size(), 13U);
        EXPECT_EQ(metadata.value().extrinsic().extensions.size(), 9U);
        const auto told = substrate::runtime_version(metadata.value());
        ASSERT_OK(told);
        EXPECT_EQ(told.value().spec_name, runtime.version().spec_name);
        EXPECT_EQ(told.value().spec_version, runtime.version().spec_version);
        EXPECT_EQ(told.value().system_version, 1);
        for (const auto& pallet : metadata.value().pallets()) {
            for (const auto& entry : pallet.storage) {
                if (entry.has_default) {
                    EXPECT_OK(
                        substrate::decode_value(metadata.value().types(), entry.value, entry.default_value))
                        << pallet.name << "." << entry.name;
                }
            }
            for (const auto& constant : pallet.constants) {
                EXPECT_OK(substrate::decode_value(metadata.value().types(), constant.type, constant.value))
                    << pallet.name << "." << constant.name;
            }
        }
    }
    EXPECT_EQ(runtime.metadata(13), std::nullopt);
    EXPECT_EQ(runtime.metadata(17), std::nullopt);
}

TEST(RuntimeMetadata, has_one_digest_in_both_versions_that_give_one) {
    const Runtime runtime;
    const auto newest = substrate::Metadata::decode(*runtime.metadata(16));
    ASSERT_OK(newest);
    const auto digest = substrate::metadata_hash(newest.value(), {42, 12, "UNIT"});
    ASSERT_OK(digest);
    EXPECT_EQ(digest.value(), runtime.metadata_hash());
}

TEST(Runtime, every_stored_value_of_genesis_and_a_block_decodes) {
    BlockRunner runner;
    runner.run({runner.sign(BlockRunner::transfer_call(fresh_account(9), kUnit))});
    std::size_t decoded = 0;
    for (const auto& pallet : runner.metadata().pallets()) {
        for (const auto& entry : pallet.storage) {
            const auto prefix = substrate::storage_prefix(pallet.storage_prefix, entry.name);
            runner.state().for_each(prefix, {}, [&](ByteView, ByteView value) {
                EXPECT_OK(substrate::decode_value(runner.metadata().types(), entry.value, value))
                    << pallet.name << "." << entry.name;
                ++decoded;
                return true;
            });
        }
    }
    EXPECT_GE(decoded, 20U);
}

TEST(Runtime, transfers_and_creates_the_receiver) {
    BlockRunner runner;
    const auto issuance = runner.issuance();
    const auto block = runner.run({runner.sign(BlockRunner::transfer_call(fresh_account(9), 2 * kUnit))});
    ASSERT_EQ(block.results.size(), 1U);
    ASSERT_TRUE(block.results[0].has_value());
    EXPECT_EQ(encode(block.results[0]), (Bytes{0, 0}));
    EXPECT_EQ(event_names(block),
              (Names{"Balances.Withdraw", "System.NewAccount", "Balances.Endowed", "Balances.Transfer",
                     "TransactionPayment.TransactionFeePaid", "System.ExtrinsicSuccess"}));
    EXPECT_EQ(runner.free_of(fresh_account(9)), 2 * kUnit);
    EXPECT_EQ(runner.nonce_of(account_of("//Alice")), 1U);
    EXPECT_GT(fee_paid(block), 0U);
    EXPECT_EQ(runner.free_of(account_of("//Alice")), 998 * kUnit - fee_paid(block));
    EXPECT_EQ(runner.issuance(), issuance - fee_paid(block));
}

TEST(Runtime, keeps_fee_and_nonce_of_a_failed_call_and_nothing_else) {
    BlockRunner runner;
    const auto block = runner.run({runner.sign(BlockRunner::transfer_call(fresh_account(9), 5'000 * kUnit))});
    ASSERT_TRUE(block.results[0].has_value());
    EXPECT_TRUE(block.results[0].value().dispatch_error.has_value());
    EXPECT_EQ(event_names(block), (Names{"Balances.Withdraw", "TransactionPayment.TransactionFeePaid",
                                         "System.ExtrinsicFailed"}));
    EXPECT_NE(failure_of(runner, block).find("FundsUnavailable"), std::string::npos)
        << failure_of(runner, block);
    EXPECT_EQ(runner.nonce_of(account_of("//Alice")), 1U);
    EXPECT_EQ(runner.free_of(account_of("//Alice")), 1'000 * kUnit - fee_paid(block));
}

TEST(Runtime, refuses_a_receiver_below_the_existential_deposit_and_reaps_an_emptied_sender) {
    BlockRunner runner;
    auto block =
        runner.run({runner.sign(BlockRunner::transfer_call(fresh_account(9), kExistentialDeposit - 1))});
    EXPECT_NE(failure_of(runner, block).find("BelowMinimum"), std::string::npos);
    block = runner.run({runner.sign(BlockRunner::transfer_call(fresh_account(9), kExistentialDeposit))});
    EXPECT_EQ(failure_of(runner, block), "");

    Bytes transfer_all{10, 4, 0};
    append(transfer_all, fresh_account(9).view());
    transfer_all.push_back(0);
    block = runner.run({runner.sign(transfer_all, "//Bob")});
    const auto names = event_names(block);
    EXPECT_TRUE(std::ranges::find(names, "System.KilledAccount") != names.end());
    EXPECT_FALSE(runner.stored("System", "Account", {scale::encode(account_of("//Bob"))}).has_value());
}

TEST(Runtime, burns_dust) {
    BlockRunner runner;
    const auto issuance = runner.issuance();
    const auto extrinsic = runner.sign(
        BlockRunner::transfer_call(fresh_account(9), 1'000 * kUnit - kExistentialDeposit, 0), "//Bob");
    const auto block = runner.run({extrinsic});
    const auto names = event_names(block);
    EXPECT_TRUE(std::ranges::find(names, "Balances.DustLost") != names.end());
    EXPECT_EQ(runner.issuance(), issuance - kExistentialDeposit);
}

TEST(Runtime, orders_transactions_by_nonce) {
    BlockRunner runner;
    const auto call = BlockRunner::transfer_call(account_of("//Bob"), kUnit);
    const auto first = runner.sign(call);
    const auto second = runner.sign(call, "//Alice", 1);
    const auto block = runner.run({second, first, first, second});
    EXPECT_TRUE(is_invalid(block.results[0], InvalidTransaction::kFuture));
    EXPECT_TRUE(block.results[1].has_value());
    EXPECT_TRUE(is_invalid(block.results[2], InvalidTransaction::kStale));
    EXPECT_TRUE(block.results[3].has_value());
    EXPECT_EQ(encode(block.results[2]), (Bytes{1, 0, 3}));
}

TEST(Runtime, refuses_what_is_not_signed_for_it) {
    BlockRunner runner;
    const auto call = BlockRunner::transfer_call(account_of("//Bob"), kUnit);
    auto forged = runner.sign(call);
    forged.back() ^= 1;
    substrate::SigningContext foreign;
    foreign.genesis_hash.bytes.fill(0x22);
    const auto elsewhere =
        substrate::sign_extrinsic(runner.metadata(), call, foreign, dev_key("//Alice")).value();
    substrate::SigningContext hashed;
    hashed.metadata_hash = Hash256{};
    const auto other_metadata = runner.sign_with(call, "//Alice", hashed);
    hashed.metadata_hash = runner.runtime().metadata_hash();
    const auto right_metadata = runner.sign_with(call, "//Alice", hashed);
    const auto block = runner.run({forged, elsewhere, other_metadata, right_metadata, Bytes{}, Bytes{4, 4}});
    EXPECT_TRUE(is_invalid(block.results[0], InvalidTransaction::kBadProof));
    EXPECT_TRUE(is_invalid(block.results[1], InvalidTransaction::kBadProof));
    EXPECT_TRUE(is_invalid(block.results[2], InvalidTransaction::kBadProof));
    EXPECT_TRUE(block.results[3].has_value());
    EXPECT_TRUE(is_invalid(block.results[4], InvalidTransaction::kCall));
    EXPECT_TRUE(is_invalid(block.results[5], InvalidTransaction::kCall));
}

TEST(Runtime, refuses_what_is_too_large_for_a_block) {
    BlockRunner runner;
    const auto remark = [&](std::size_t bytes) {
        Bytes call{0, 0};
        scale::encode_scale(call, Bytes(bytes));
        return runner.sign(call);
    };
    const auto largest = remark(3'932'160 - 120);
    EXPECT_LE(largest.size(), 3'932'160U);
    const auto block = runner.run({remark(3'932'160), remark(6'000'000), largest});
    EXPECT_TRUE(is_invalid(block.results[0], InvalidTransaction::kExhaustsResources));
    EXPECT_TRUE(is_invalid(block.results[1], InvalidTransaction::kExhaustsResources));
    EXPECT_FALSE(is_invalid(block.results[2], InvalidTransaction::kCall));
}

TEST(Runtime, accepts_all_three_schemes) {
    for (const auto scheme : {crypto::Scheme::kEd25519, crypto::Scheme::kSr25519, crypto::Scheme::kEcdsa}) {
        const auto key = dev_key("//Scheme", scheme);
        auto genesis = BlockRunner::default_genesis();
        genesis.balances.emplace_back(key.account_id(), 10 * kUnit);
        BlockRunner runner{genesis};
        substrate::SigningContext context;
        context.genesis_hash = runner.genesis_hash();
        const auto call = BlockRunner::transfer_call(fresh_account(9), kUnit);
        const auto block =
            runner.run({substrate::sign_extrinsic(runner.metadata(), call, context, key).value()});
        EXPECT_TRUE(block.results[0].has_value());
    }
}

TEST(Runtime, lets_mortal_transactions_die) {
    BlockRunner runner;
    const auto call = BlockRunner::transfer_call(account_of("//Bob"), kUnit);
    runner.run({});
    substrate::SigningContext context;
    context.era = substrate::Era::mortal(4, runner.number());
    context.birth_hash = runner.parent_hash();
    const auto extrinsic = runner.sign_with(call, "//Alice", context);
    const Storage storage{runner.state()};
    const auto validity = runner.runtime().validate_transaction(storage, extrinsic, runner.parent_hash());
    ASSERT_TRUE(validity.has_value());
    EXPECT_EQ(validity.value().longevity, 3U);  // born in 1, asked for block 2, dead in 5
    runner.run({});
    runner.run({});
    runner.run({});
    // The era's phase now names block 5, whose hash was not signed.
    const auto block = runner.run({extrinsic});
    EXPECT_FALSE(block.results[0].has_value());
    EXPECT_EQ(runner.nonce_of(account_of("//Alice")), 0U);
}

TEST(Runtime, validates_for_the_pool) {
    BlockRunner runner;
    runner.run({});
    const Storage storage{runner.state()};
    const auto call = BlockRunner::transfer_call(account_of("//Bob"), kUnit);
    const auto validate = [&](ByteView extrinsic) {
        return runner.runtime().validate_transaction(storage, extrinsic, runner.parent_hash());
    };
    const auto next = validate(runner.sign(call, "//Alice", 2));
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next.value().requires_tags,
              (std::vector<Bytes>{scale::encode_all(account_of("//Alice"), std::uint32_t{1})}));
    EXPECT_EQ(next.value().provides_tags,
              (std::vector<Bytes>{scale::encode_all(account_of("//Alice"), std::uint32_t{2})}));
    EXPECT_EQ(next.value().longevity, UINT64_MAX);
    substrate::SigningContext tipping;
    tipping.tip = 1'000;
    const auto tipped = validate(runner.sign_with(call, "//Alice", tipping));
    ASSERT_TRUE(tipped.has_value());
    EXPECT_GT(tipped.value().priority, next.value().priority);
    EXPECT_TRUE(is_invalid(validate(runner.runtime().inherent_extrinsics(1)[0]),
                           InvalidTransaction::kMandatoryValidation));
    EXPECT_TRUE(is_invalid(validate(runner.sign(call, "//Nobody")), InvalidTransaction::kPayment));
}

TEST(Runtime, takes_time_once_per_block) {
    BlockRunner runner;
    const auto inherent = runner.runtime().inherent_extrinsics(1'900'000'000'000)[0];
    const auto block = runner.run({inherent});
    EXPECT_TRUE(is_invalid(block.results[0], InvalidTransaction::kBadMandatory));
    EXPECT_EQ(scale::decode<std::uint64_t>(runner.stored("Timestamp", "Now").value()).value(),
              1'700'000'006'000U);
}

TEST(Runtime, charges_what_it_quotes) {
    BlockRunner runner;
    const auto extrinsic = runner.sign(BlockRunner::transfer_call(account_of("//Bob"), kUnit));
    const Storage storage{runner.state()};
    auto parameters = extrinsic;
    scale::encode_scale(parameters, static_cast<std::uint32_t>(extrinsic.size()));
    const auto answer = runner.runtime().call_api(storage, "TransactionPaymentApi_query_info", parameters);
    ASSERT_TRUE(answer.has_value());
    const auto quoted = ByteCursor{ByteView{*answer}.last(16)}.take_le<uint128>().value();
    EXPECT_EQ(fee_paid(runner.run({extrinsic})), quoted);
}

TEST(RuntimeApi, answers_every_function_it_lists_and_refuses_others) {
    BlockRunner runner;
    const Storage storage{runner.state()};
    const auto& runtime = runner.runtime();
    EXPECT_EQ(runtime.api_methods().size(), 14U);
    const auto nonce =
        runtime.call_api(storage, "AccountNonceApi_account_nonce", account_of("//Alice").view());
    EXPECT_EQ(nonce, (Bytes{0, 0, 0, 0}));
    const auto at_version = runtime.call_api(storage, "Metadata_metadata_at_version", Bytes{15, 0, 0, 0});
    ASSERT_TRUE(at_version.has_value());
    EXPECT_OK(substrate::Metadata::decode(*at_version));
    EXPECT_EQ(runtime.call_api(storage, "Metadata_metadata_at_version", Bytes{99, 0, 0, 0}), Bytes{0});
    EXPECT_OK(substrate::Metadata::decode(*runtime.call_api(storage, "Metadata_metadata", {})));
    EXPECT_EQ(runtime.call_api(storage, "GrandpaApi_grandpa_authorities", {})->size(), 1U + 40U);
    EXPECT_EQ(runtime.call_api(storage, "GrandpaApi_current_set_id", {}), Bytes(8));
    EXPECT_EQ(runtime.call_api(storage, "AuraApi_slot_duration", {}), scale::encode(std::uint64_t{6'000}));
    EXPECT_TRUE(runtime.call_api(storage, "Core_version", {}).has_value());
    EXPECT_EQ(runtime.call_api(storage, "Core_version", Bytes{1}), std::nullopt);
    EXPECT_EQ(runtime.call_api(storage, "Core_nothing", {}), std::nullopt);
    EXPECT_EQ(runtime.call_api(storage, "Core", {}), std::nullopt);
}

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
