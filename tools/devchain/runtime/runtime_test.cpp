#include <gtest/gtest.h>

#include <substrate/dynamic_codec.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/runtime_version.hpp>
#include <tests/support/result_matchers.hpp>
#include <tools/devchain/runtime/block_runner_test.hpp>

namespace redoubt::devchain::tests {
namespace {

constexpr auto kUnit = BlockRunner::kUnit;

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

}  // namespace
}  // namespace redoubt::devchain::tests
