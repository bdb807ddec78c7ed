// Calls in blocks: what is executed, once, and what each bad one comes to.
#include <tests/integration/enclave_life.hpp>

namespace redoubt::tests {
namespace {

class EnclaveCalls : public EnclaveLife {};

TEST_P(EnclaveCalls, executes_an_invoked_call_and_confirms_its_block) {
    boot();
    chain_->add_timestamp(kNowMs);
    const auto plaintext = indirect_operation(bob_, counter_add(bob_.account_id(), 7), 0,
                                              driver_->started().measurement, driver_->started().shard);
    const auto ciphertext = driver_->encrypt(plaintext);
    chain_->add_invoke(driver_->started().shard, ciphertext);
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 1U);
    EXPECT_EQ(committed.calls_failed, 0U);
    EXPECT_EQ(committed.last_block, chain_->head());
    EXPECT_EQ(committed.outbox_size, 2U);

    const auto items = driver_->outbox();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].kind, boundary::kOutboxConfirm);
    EXPECT_EQ(items[1].kind, boundary::kOutboxPublishRoot);
    EXPECT_EQ(items[0].block_number, chain_->head().number);
    const auto call = signed_outbox_call(items[0].id);
    EXPECT_EQ(call.pallet, "EnclaveBridge");
    EXPECT_EQ(call.call, "confirm_processed_parentchain_block");
    const std::vector<Hash256> leaves = {
        stf::leaf_of(stf::indirect::TimestampSet{.now_ms = {kNowMs}}),
        stf::leaf_of(
            stf::indirect::Invoke{.request = {.shard = driver_->started().shard, .cyphertext = ciphertext}})};
    const auto root = stf::sorted_merkle_root(std::span<const Hash256>{leaves});
    EXPECT_EQ(*call.args.find("trusted_calls_merkle_root"), fixed_value(root));
    EXPECT_EQ(*call.args.find("block_hash"), fixed_value(chain_->head().hash));
    EXPECT_EQ(call.args.find("block_number")->as_u64(), chain_->head().number);
}

TEST_P(EnclaveCalls, executes_no_call_twice) {
    boot();
    const auto plaintext = indirect_operation(bob_, counter_add(bob_.account_id(), 7), 0,
                                              driver_->started().measurement, driver_->started().shard);
    chain_->add_invoke(driver_->started().shard, driver_->encrypt(plaintext));
    EXPECT_EQ(next_block().calls_executed, 1U);
    // The same operation again, encrypted anew, and twice in one block.
    chain_->add_invoke(driver_->started().shard, driver_->encrypt(plaintext));
    chain_->add_invoke(driver_->started().shard, driver_->encrypt(plaintext));
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 0U);
    EXPECT_EQ(committed.calls_failed, 2U);
    expect_status(crypto::blake2b_256(plaintext), CallOutcome::kExecuted);
    expect_account(bob_.account_id(), 1, 0);
}

TEST_P(EnclaveCalls, reports_each_bad_call_and_goes_on) {
    boot();
    const auto& started = driver_->started();
    const auto call = counter_add(bob_.account_id(), 1);
    // Signed by somebody else, for another enclave, for another shard.
    Hash256 other;
    other.bytes.fill(9);
    const auto forged = indirect_operation(alice_, call, 0, started.measurement, started.shard);
    const auto foreign_enclave = indirect_operation(bob_, call, 0, other, started.shard);
    const auto foreign_shard = indirect_operation(bob_, call, 0, started.measurement, other);
    const auto early = indirect_operation(bob_, call, 1, started.measurement, started.shard);
    for (const auto& plaintext : {forged, foreign_enclave, foreign_shard, early}) {
        chain_->add_invoke(started.shard, driver_->encrypt(plaintext));
    }
    const Bytes garbage(384, 0x5a);
    const Bytes odd_length(385, 1);
    const auto no_operation = driver_->encrypt(Bytes{1, 2, 3});
    for (const auto& ciphertext : {garbage, odd_length, Bytes{}, no_operation}) {
        chain_->add_invoke(started.shard, ciphertext);
    }
    // For a shard of somebody else, and an extrinsic that failed on chain.
    chain_->add_invoke(other, garbage);
    chain_->add_invoke(started.shard, garbage, false);
    // A good one behind all of them.
    const auto good = driver_->invoke(*chain_, bob_, call, 0);
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 1U);
    EXPECT_EQ(committed.calls_failed, 9U);
    expect_status(good, CallOutcome::kExecuted);
    expect_status(crypto::blake2b_256(forged), CallOutcome::kFailed, stf::StfError::kBadSignature);
    expect_status(crypto::blake2b_256(foreign_enclave), CallOutcome::kFailed, stf::StfError::kBadSignature);
    expect_status(crypto::blake2b_256(foreign_shard), CallOutcome::kFailed, stf::StfError::kBadSignature);
    expect_status(crypto::blake2b_256(early), CallOutcome::kFailed, stf::StfError::kNonceTooHigh);
    expect_status(crypto::blake2b_256(odd_length), CallOutcome::kFailed, stf::StfError::kUndecryptable);
    expect_status(crypto::blake2b_256(no_operation), CallOutcome::kFailed, stf::StfError::kBadFormat);
    expect_status(other, CallOutcome::kUnknown);
}

TEST_P(EnclaveCalls, passes_over_extrinsics_it_cannot_read) {
    boot();
    chain_->add_raw({});
    chain_->add_raw({0x04, 0x77});
    chain_->add_raw(Bytes(100, 0xff));
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 0);
    EXPECT_EQ(next_block().calls_executed, 1U);
}

TEST_P(EnclaveCalls, keeps_only_the_nonce_of_a_call_that_fails_in_its_module) {
    boot();
    fund_alice(5 * kUnit);
    const auto hash = driver_->invoke(*chain_, alice_, transfer(6 * kUnit), 1);
    EXPECT_EQ(next_block().calls_failed, 1U);
    expect_status(hash, CallOutcome::kFailed, stf::StfError::kInsufficientFunds);
    expect_account(alice_.account_id(), 2, 5 * kUnit);
    // With enough funds the old call still has no effect: its nonce is gone.
    driver_->invoke(*chain_, alice_, set_balance(alice_.account_id(), 50 * kUnit), 2);
    driver_->invoke(*chain_, alice_, transfer(6 * kUnit), 1);
    driver_->invoke(*chain_, alice_, transfer(6 * kUnit), 3);
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 2U);
    EXPECT_EQ(committed.calls_failed, 1U);
    expect_account(alice_.account_id(), 4, 44 * kUnit);
    expect_account(bob_.account_id(), 0, 6 * kUnit);
}

TEST_P(EnclaveCalls, refuses_set_balance_outside_development) {
    boot(false);
    const auto hash = driver_->invoke(*chain_, alice_, set_balance(alice_.account_id(), kUnit), 0);
    const auto bob_tries = stf::TrustedCall{stf::call::BalanceSetBalance{
        .sudo = bob_.account_id(), .who = bob_.account_id(), .free = kUnit, .reserved = 0}};
    driver_->invoke(*chain_, bob_, bob_tries, 0);
    EXPECT_EQ(next_block().calls_failed, 2U);
    expect_status(hash, CallOutcome::kFailed, stf::StfError::kNotPermitted);
    expect_account(alice_.account_id(), 1, 0);
}

REDOUBT_ENCLAVE_LIFE(EnclaveCalls);

}  // namespace
}  // namespace redoubt::tests
