// Funds that come from the chain and go back to it.
#include <tests/integration/enclave_life.hpp>

namespace redoubt::tests {
namespace {

class EnclavePayments : public EnclaveLife {};

TEST_P(EnclavePayments, credits_shielded_funds_and_refunds_what_it_cannot_credit) {
    boot();
    const auto& started = driver_->started();
    chain_->add_shield(alice_, started.shard, driver_->encrypt(bob_.account_id().view()), 3 * kUnit);
    EXPECT_EQ(next_block().outbox_size, 2U);
    expect_account(bob_.account_id(), 0, 3 * kUnit);

    chain_->add_timestamp(kNowMs);
    chain_->add_shield(alice_, started.shard, Bytes(384, 7), 2 * kUnit);
    chain_->add_shield(alice_, started.shard, driver_->encrypt(Bytes(31, 1)), kUnit);
    next_block();
    const auto payments = outbox_of_kind(boundary::kOutboxUnshield);
    ASSERT_EQ(payments.size(), 2U);
    const auto call = signed_outbox_call(payments[0].id);
    EXPECT_EQ(call.call, "unshield_funds");
    EXPECT_EQ(*call.args.find("beneficiary"), fixed_value(alice_.account_id()));
    EXPECT_EQ(call.args.find("amount")->as_u128(), 2 * kUnit);
    EXPECT_EQ(*call.args.find("call_hash"), fixed_value(enclave::refund_call_hash(chain_->head().hash, 2)));

    // The chain pays nobody less than the existential deposit: such a refund stays inside.
    const auto deposit = existential_deposit();
    chain_->add_shield(bob_, started.shard, Bytes(384, 7), deposit - 1);
    next_block();
    EXPECT_EQ(outbox_of_kind(boundary::kOutboxUnshield).size(), 2U);
    expect_account(bob_.account_id(), 0, 3 * kUnit + deposit - 1);

    // Funds of another shard are no business of this one.
    Hash256 other;
    other.bytes.fill(1);
    chain_->add_shield(alice_, other, Bytes(384, 7), kUnit);
    next_block();
    EXPECT_EQ(outbox_of_kind(boundary::kOutboxUnshield).size(), 2U);
}

TEST_P(EnclavePayments, pays_unshielded_funds_until_the_chain_shows_the_payment) {
    boot();
    fund_alice(10 * kUnit);
    driver_->invoke(*chain_, alice_, unshield(4 * kUnit), 1);
    driver_->invoke(*chain_, alice_, unshield(4 * kUnit), 2);
    driver_->invoke(*chain_, alice_, unshield(4 * kUnit), 3);  // more than what is left
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 2U);
    EXPECT_EQ(committed.calls_failed, 1U);
    const auto payments = outbox_of_kind(boundary::kOutboxUnshield);
    ASSERT_EQ(payments.size(), 2U);
    Bytes first;
    Bytes second;
    const auto first_call = signed_outbox_call(payments[0].id, &first);
    const auto second_call = signed_outbox_call(payments[1].id, &second);
    EXPECT_NE(*first_call.args.find("call_hash"), *second_call.args.find("call_hash"));
    expect_account(alice_.account_id(), 4, 2 * kUnit);

    // One is included and fails, the other succeeds; a stranger's copy of the call counts for nothing.
    chain_->add_raw(first, false);
    chain_->add_raw(second, true);
    chain_->add_signed(bob_, "EnclaveBridge", "unshield_funds", first_call.args);
    next_block();
    // The refused one waits: it is neither listed nor signed for a while.
    for (std::uint32_t i = 0; i < enclave::kPaymentGapBlocks; ++i) {
        EXPECT_TRUE(outbox_of_kind(boundary::kOutboxUnshield).empty()) << i;
        for (const auto& payment : payments) {
            EXPECT_ERROR(driver_->ask<boundary::Signed>(boundary::SignOutbox{.id = payment.id, .nonce = 0}),
                         Refusal::kUnknownOutboxItem);
        }
        next_block();
    }
    const auto left = outbox_of_kind(boundary::kOutboxUnshield);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].id, payments[0].id);
    chain_->add_raw(first, true);
    next_block();
    EXPECT_TRUE(outbox_of_kind(boundary::kOutboxUnshield).empty());
}

TEST_P(EnclavePayments, returns_a_payment_that_the_chain_refuses_for_good) {
    boot();
    fund_alice(10 * kUnit);
    const auto hash = driver_->invoke(*chain_, alice_, unshield(4 * kUnit), 1);
    next_block();
    expect_account(alice_.account_id(), 2, 6 * kUnit);
    expect_payment(hash, PaymentState::kPending);
    std::uint32_t refusals = 0;
    std::uint32_t blocks_since = 0;
    while (refusals < enclave::kPaymentAttemptsMax) {
        const auto listed = outbox_of_kind(boundary::kOutboxUnshield);
        if (listed.empty()) {
            next_block();
            ASSERT_LT(++blocks_since, 1'000U);
            continue;
        }
        Bytes extrinsic;
        signed_outbox_call(listed[0].id, &extrinsic);
        chain_->add_raw(extrinsic, false);
        next_block();
        refusals += 1;
    }
    // Until the last signature has expired it may still succeed: nothing is returned before.
    for (std::uint32_t i = 1; i < enclave::kUnshieldPeriod; ++i) {
        expect_account(alice_.account_id(), 2, 6 * kUnit);
        expect_payment(hash, PaymentState::kPending);
        EXPECT_TRUE(outbox_of_kind(boundary::kOutboxUnshield).empty());
        next_block();
    }
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    next_block();
    expect_account(alice_.account_id(), 2, 10 * kUnit);
    expect_payment(hash, PaymentState::kReturned);
    for (std::uint32_t i = 0; i < enclave::kUnshieldPeriod; ++i) {
        next_block();
    }
    expect_account(alice_.account_id(), 2, 10 * kUnit);  // once
    EXPECT_TRUE(outbox_of_kind(boundary::kOutboxUnshield).empty());
}

TEST_P(EnclavePayments, keeps_a_payment_that_succeeded_although_it_was_given_up) {
    boot();
    fund_alice(10 * kUnit);
    const auto hash = driver_->invoke(*chain_, alice_, unshield(4 * kUnit), 1);
    next_block();
    Bytes extrinsic;
    for (std::uint32_t refusals = 0; refusals < enclave::kPaymentAttemptsMax; next_block()) {
        const auto listed = outbox_of_kind(boundary::kOutboxUnshield);
        if (!listed.empty()) {
            signed_outbox_call(listed[0].id, &extrinsic);
            chain_->add_raw(extrinsic, false);
            refusals += 1;
        }
    }
    chain_->add_raw(extrinsic, true);
    for (std::uint32_t i = 0; i < 2 * enclave::kUnshieldPeriod; ++i) {
        next_block();
    }
    expect_account(alice_.account_id(), 2, 6 * kUnit);
    expect_payment(hash, PaymentState::kPaid);
}

REDOUBT_ENCLAVE_LIFE(EnclavePayments);

}  // namespace
}  // namespace redoubt::tests
