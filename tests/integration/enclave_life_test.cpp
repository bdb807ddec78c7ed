// A whole life of an enclave: calls, failures, shielding, payments, restarts and lying hosts. The suite runs
// twice, with the enclave in this process and as the real sandboxed program.
#include <gtest/gtest.h>

#include <boundary/refusal.hpp>
#include <enclave/block_execution.hpp>
#include <optional>
#include <primitives/crypto/hashing.hpp>
#include <stf/balances/balances.hpp>
#include <stf/counter/counter.hpp>
#include <substrate/call.hpp>
#include <substrate/extrinsic.hpp>
#include <tests/integration/enclave_driver.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

using boundary::Refusal;
using enclave::CallOutcome;
using enclave::PaymentState;

constexpr std::uint64_t kNowMs = 1'700'000'000'000;
constexpr uint128 kUnit = 1'000'000'000'000;

stf::TrustedCall counter_add(const AccountId& origin, std::uint64_t amount) {
    return stf::call::ModuleCall{
        .origin = origin,
        .module = "counter",
        .call = scale::encode(stf::counter::Call{stf::counter::Add{.amount = amount}})};
}

class EnclaveLife : public ::testing::TestWithParam<EnclaveKind> {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
        chain_.emplace(paseo_metadata(chainspec));
        driver_.emplace(GetParam());
    }

    void boot(bool dev = true) { ASSERT_OK(driver_->boot(*chain_, dev)); }

    /// Ends the chain's block and lets the enclave process it.
    boundary::Committed next_block() {
        const auto committed = driver_->process(chain_->seal_block());
        EXPECT_OK(committed);
        return committed.has_value() ? committed.value() : boundary::Committed{};
    }

    /// Gives Alice funds on a development shard, and uses up her nonce 0.
    void fund_alice(uint128 amount) {
        driver_->invoke(*chain_, alice_, set_balance(alice_.account_id(), amount), 0);
        EXPECT_EQ(next_block().calls_executed, 1U);
    }

    stf::TrustedCall set_balance(const AccountId& who, uint128 free) const {
        return stf::call::BalanceSetBalance{
            .sudo = alice_.account_id(), .who = who, .free = free, .reserved = 0};
    }
    stf::TrustedCall transfer(uint128 amount) const {
        return stf::call::BalanceTransfer{
            .from = alice_.account_id(), .to = bob_.account_id(), .amount = amount};
    }
    stf::TrustedCall unshield(uint128 amount) const {
        return stf::call::BalanceUnshield{.from = alice_.account_id(),
                                          .beneficiary = bob_.account_id(),
                                          .amount = amount,
                                          .shard = driver_->started().shard};
    }

    void expect_account(const AccountId& account, std::uint32_t nonce, uint128 free) {
        const auto* backend = driver_->backend();
        if (backend == nullptr) {
            return;
        }
        EXPECT_EQ(backend->nonce_of(account), nonce);
        stf::TrustedGetterSigned getter;
        const auto& signer = account == alice_.account_id() ? alice_ : bob_;
        getter.getter = stf::trusted_getter::AccountInfo{.account = account};
        getter.signature = signer.sign(stf::signing_payload(getter.getter));
        enclave::ChainReads reads;
        const auto answer = backend->execute_getter(
            {.shard = driver_->started().shard, .cyphertext = scale::encode(stf::Getter{getter})}, reads);
        ASSERT_OK(answer);
        ASSERT_TRUE(answer.value().has_value());
        const auto info = scale::decode<stf::AccountInfo>(*answer.value());
        ASSERT_OK(info);
        EXPECT_EQ(to_decimal(info.value().free), to_decimal(free));
        EXPECT_EQ(info.value().nonce, nonce);
    }

    void expect_status(const Hash256& hash, CallOutcome outcome, std::optional<stf::StfError> reason = {}) {
        const auto* backend = driver_->backend();
        if (backend == nullptr) {
            return;
        }
        const auto status = backend->call_status(hash);
        EXPECT_EQ(status.outcome, outcome);
        EXPECT_EQ(status.reason.value_or(""), reason ? std::string{error_message(*reason)} : "");
    }

    [[nodiscard]] uint128 existential_deposit() const {
        return scale::decode<uint128>(*chain_->metadata().constant("Balances", "ExistentialDeposit")).value();
    }

    void expect_payment(const Hash256& hash, PaymentState payment) {
        const auto* backend = driver_->backend();
        if (backend == nullptr) {
            return;
        }
        const auto status = backend->call_status(hash);
        EXPECT_EQ(status.outcome, CallOutcome::kExecuted);
        EXPECT_EQ(status.payment, payment);
        EXPECT_EQ(status.reason.has_value(), payment == PaymentState::kReturned);
    }

    /// The call of an entry of the outbox, as the enclave signs it.
    substrate::DecodedCall signed_outbox_call(std::uint64_t id, Bytes* extrinsic = nullptr) {
        const auto reply = driver_->ask<boundary::Signed>(boundary::SignOutbox{.id = id, .nonce = 3});
        EXPECT_OK(reply);
        const auto decoded = substrate::decode_extrinsic(chain_->metadata(), reply.value().extrinsic);
        EXPECT_OK(decoded);
        EXPECT_EQ(decoded.value().signer, driver_->started().account);
        EXPECT_EQ(decoded.value().nonce, 3U);
        if (extrinsic != nullptr) {
            *extrinsic = reply.value().extrinsic;
        }
        return substrate::decode_call(chain_->metadata(), decoded.value().call).value();
    }

    std::vector<boundary::OutboxItem> outbox_of_kind(std::uint8_t kind) {
        auto items = driver_->outbox();
        std::erase_if(items, [kind](const auto& item) { return item.kind != kind; });
        return items;
    }

    std::optional<TestChain> chain_;
    std::optional<EnclaveDriver> driver_;
    crypto::KeyPair alice_ = dev_account("//Alice");
    crypto::KeyPair bob_ = dev_account("//Bob");
};

TEST_P(EnclaveLife, executes_an_invoked_call_and_confirms_its_block) {
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

TEST_P(EnclaveLife, finds_its_state_again_page_by_page) {
    boot();
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 7), 0);
    next_block();
    EXPECT_FALSE(driver_->store().pages.empty()) << "the first record is a base";
    driver_->restart();
    ASSERT_TRUE(driver_->boot(*chain_).has_value());
    driver_->store().pages_read = 0;
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 1);
    EXPECT_EQ(next_block().calls_executed, 1U);
    EXPECT_GT(driver_->store().pages_read, 0U);
    EXPECT_EQ(driver_->store().pages_refused, 0U);
}

TEST_P(EnclaveLife, writes_its_pages_after_as_many_changes_as_it_was_told) {
    driver_->restart(1, {.changes_per_base_max = 1});
    boot();
    std::uint32_t nonce = 0;
    const auto next_is_base = [&] {
        driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 7), nonce++);
        const auto commit = driver_->import(chain_->seal_block());
        EXPECT_OK(commit);
        driver_->store_commit(commit.value());
        EXPECT_OK(driver_->ask<boundary::Committed>(
            boundary::CommitPersisted{.sequence = commit.value().sequence}));
        return commit.value().is_base;
    };
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(next_is_base());
        EXPECT_EQ(driver_->store().records.size(), 1U);
    }
    driver_->restart();
    boot();
    EXPECT_FALSE(next_is_base());
}

TEST_P(EnclaveLife, verifies_what_it_stored_and_does_nothing_else) {
    driver_->restart(1, {.changes_per_base_max = 1});
    boot();
    for (std::uint32_t nonce = 0; nonce < 6; ++nonce) {
        if (nonce == 3) {
            driver_->restart();
            boot();
        }
        driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 7), nonce);
        next_block();
    }
    const auto head = chain_->head();
    driver_->restart();
    auto& store = driver_->store();
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    EXPECT_ERROR(driver_->ask<boundary::StateVerified>(boundary::VerifyState{}), Refusal::kOutOfOrder);
    const auto started =
        driver_->ask<boundary::VerifyingStarted>(boundary::StartVerifying{store.sealed_identity});
    ASSERT_OK(started);
    EXPECT_EQ(started.value().shard, driver_->started().shard);
    EXPECT_EQ(started.value().genesis_hash, chain_->genesis_hash());
    for (const auto& [sequence, parts] : store.records) {
        for (const auto& part : parts) {
            EXPECT_OK(driver_->ask<boundary::Restored>(boundary::Restore{sequence, part}));
        }
    }
    boundary::StateVerified verified;
    std::size_t steps = 0;
    do {
        auto step =
            driver_->ask<boundary::StateVerified>(boundary::VerifyState{.pages_max = 2, .unreached = {}});
        ASSERT_OK(step);
        verified = std::move(step).value();
        EXPECT_TRUE(verified.faults.empty());
    } while (!verified.done && ++steps < 100);
    EXPECT_EQ(verified.sequence, 6U);
    EXPECT_EQ(verified.block, head);
    EXPECT_EQ(verified.base, 3U);
    EXPECT_EQ(verified.shard.entries, verified.shard.entries_found);
    EXPECT_EQ(verified.worker.bytes, verified.worker.bytes_found);
    EXPECT_EQ(verified.shard.pages + verified.worker.pages, store.pages.size());
    EXPECT_TRUE(verified.state_hash.has_value());
    // Nothing else can be had of it.
    EXPECT_ERROR(driver_->ask<boundary::Started>(driver_->start_message(*chain_)), Refusal::kOutOfOrder);
    EXPECT_ERROR(driver_->ask<boundary::Position>(boundary::RestoreDone{}), Refusal::kOutOfOrder);
    EXPECT_ERROR(driver_->ask<boundary::Commit>(chain_->seal_block()), Refusal::kOutOfOrder);
    EXPECT_ERROR(driver_->ask<boundary::ClientEffects>(boundary::ClientOpened{1}), Refusal::kOutOfOrder);
    EXPECT_ERROR(driver_->ask<boundary::Signed>(boundary::SignShardConfig{}), Refusal::kOutOfOrder);
}

TEST_P(EnclaveLife, verifies_nothing_of_another_platform) {
    boot();
    next_block();
    driver_->restart(2);
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    EXPECT_ERROR(
        driver_->ask<boundary::VerifyingStarted>(boundary::StartVerifying{driver_->store().sealed_identity}),
        Refusal::kSealedByOtherEnclave);
}

TEST_P(EnclaveLife, refuses_a_block_while_a_page_is_damaged_and_goes_on_when_it_is_back) {
    boot();
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 7), 0);
    next_block();
    auto& pages = driver_->store().pages;
    const auto intact = pages;
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 1);
    const auto block = chain_->seal_block();
    const auto import_with = [&](const std::map<Bytes, Bytes>& stored) -> Result<boundary::Commit> {
        driver_->restart();
        pages = stored;
        BOOST_OUTCOME_TRY(driver_->boot(*chain_));
        return driver_->import(block);
    };
    EXPECT_ERROR(import_with({}), boundary::Refusal::kPageMissing);
    for (const std::size_t at : {0U, 5U, 20U, 60U}) {
        auto flipped = intact;
        for (auto& [id, page] : flipped) {
            page[at] ^= 1;
        }
        EXPECT_ERROR(import_with(flipped), boundary::Refusal::kPageDamaged);
    }
    auto exchanged = intact;
    ASSERT_GE(exchanged.size(), 2U);
    std::swap(exchanged.begin()->second, exchanged.rbegin()->second);
    EXPECT_ERROR(import_with(exchanged), boundary::Refusal::kPageDamaged);
    ASSERT_TRUE(import_with(intact).has_value());
}

TEST_P(EnclaveLife, executes_no_call_twice) {
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

TEST_P(EnclaveLife, reports_each_bad_call_and_goes_on) {
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

TEST_P(EnclaveLife, passes_over_extrinsics_it_cannot_read) {
    boot();
    chain_->add_raw({});
    chain_->add_raw({0x04, 0x77});
    chain_->add_raw(Bytes(100, 0xff));
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 0);
    EXPECT_EQ(next_block().calls_executed, 1U);
}

TEST_P(EnclaveLife, keeps_only_the_nonce_of_a_call_that_fails_in_its_module) {
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

TEST_P(EnclaveLife, refuses_set_balance_outside_development) {
    boot(false);
    const auto hash = driver_->invoke(*chain_, alice_, set_balance(alice_.account_id(), kUnit), 0);
    const auto bob_tries = stf::TrustedCall{stf::call::BalanceSetBalance{
        .sudo = bob_.account_id(), .who = bob_.account_id(), .free = kUnit, .reserved = 0}};
    driver_->invoke(*chain_, bob_, bob_tries, 0);
    EXPECT_EQ(next_block().calls_failed, 2U);
    expect_status(hash, CallOutcome::kFailed, stf::StfError::kNotPermitted);
    expect_account(alice_.account_id(), 1, 0);
}

TEST_P(EnclaveLife, credits_shielded_funds_and_refunds_what_it_cannot_credit) {
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

TEST_P(EnclaveLife, pays_unshielded_funds_until_the_chain_shows_the_payment) {
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

TEST_P(EnclaveLife, returns_a_payment_that_the_chain_refuses_for_good) {
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

TEST_P(EnclaveLife, keeps_a_payment_that_succeeded_although_it_was_given_up) {
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

TEST_P(EnclaveLife, settles_its_own_confirmations) {
    boot();
    next_block();
    next_block();
    const auto before = driver_->outbox();
    ASSERT_EQ(before.size(), 2U);
    Bytes extrinsic;
    static_cast<void>(signed_outbox_call(before[0].id, &extrinsic));
    chain_->add_raw(extrinsic);
    next_block();
    const auto after = driver_->outbox();
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0].id, before[1].id);
}

TEST_P(EnclaveLife, does_not_confirm_a_block_that_only_carries_its_confirmation) {
    boot();
    next_block();
    const auto add_confirmation = [this] {
        Bytes extrinsic;
        static_cast<void>(signed_outbox_call(driver_->outbox().front().id, &extrinsic));
        chain_->add_raw(extrinsic);
    };
    add_confirmation();
    next_block();
    EXPECT_TRUE(driver_->outbox().empty());
    // The next block has news again: it is confirmed, also beside a confirmation.
    next_block();
    EXPECT_EQ(driver_->outbox().size(), 1U);
    add_confirmation();
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 0);
    next_block();
    EXPECT_EQ(driver_->outbox().size(), 2U);
}

TEST_P(EnclaveLife, publishes_the_newest_root_of_its_state) {
    boot();
    next_block();
    EXPECT_TRUE(outbox_of_kind(boundary::kOutboxPublishRoot).empty());
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 0);
    next_block();
    const auto older = outbox_of_kind(boundary::kOutboxPublishRoot);
    ASSERT_EQ(older.size(), 1U);
    Bytes older_extrinsic;
    const auto older_call = signed_outbox_call(older[0].id, &older_extrinsic);
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 1);
    next_block();
    const auto newer = outbox_of_kind(boundary::kOutboxPublishRoot);
    ASSERT_EQ(newer.size(), 1U);
    EXPECT_EQ(newer[0].block_number, chain_->head().number);
    EXPECT_ERROR(driver_->ask<boundary::Signed>(boundary::SignOutbox{.id = older[0].id, .nonce = 0}),
                 Refusal::kUnknownOutboxItem);
    Bytes extrinsic;
    const auto call = signed_outbox_call(newer[0].id, &extrinsic);
    EXPECT_EQ(call.pallet, "EnclaveBridge");
    EXPECT_EQ(call.call, "publish_hash");
    EXPECT_NE(*call.args.find("hash"), *older_call.args.find("hash"));
    const auto* topics = call.args.find("extra_topics");
    ASSERT_EQ(topics->size(), 2U);
    EXPECT_EQ(*topics->at(0), fixed_value(driver_->started().shard));
    EXPECT_EQ(*topics->at(1), fixed_value(chain_->head().hash));
    const auto data = call.args.find("data")->inner_bytes();
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(to_bytes(*data), scale::encode(chain_->head().number));

    // A block with roots only, wanted or not, is neither confirmed nor brings another root.
    const auto confirmations = outbox_of_kind(boundary::kOutboxConfirm).size();
    chain_->add_raw(older_extrinsic);
    chain_->add_raw(extrinsic);
    next_block();
    EXPECT_TRUE(outbox_of_kind(boundary::kOutboxPublishRoot).empty());
    EXPECT_EQ(outbox_of_kind(boundary::kOutboxConfirm).size(), confirmations);
}

TEST_P(EnclaveLife, gives_a_root_up_that_the_chain_refuses) {
    boot();
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 0);
    next_block();
    const auto roots = outbox_of_kind(boundary::kOutboxPublishRoot);
    ASSERT_EQ(roots.size(), 1U);
    Bytes extrinsic;
    static_cast<void>(signed_outbox_call(roots[0].id, &extrinsic));
    chain_->add_raw(extrinsic, false);
    next_block();
    EXPECT_TRUE(outbox_of_kind(boundary::kOutboxPublishRoot).empty());
}

TEST_P(EnclaveLife, makes_nothing_visible_before_it_is_persisted) {
    boot();
    driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), 0);
    const auto block = chain_->seal_block();
    const auto commit = driver_->import(block);
    ASSERT_OK(commit);
    EXPECT_TRUE(driver_->outbox().empty());
    expect_account(bob_.account_id(), 0, 0);
    EXPECT_ERROR(driver_->ask<boundary::Committed>(boundary::CommitPersisted{.sequence = 2}),
                 Refusal::kNoCommitWaiting);
    // The import may be repeated; the last commit counts.
    const auto again = driver_->process(block);
    ASSERT_OK(again);
    EXPECT_EQ(again.value().calls_executed, 1U);
    EXPECT_ERROR(driver_->ask<boundary::Committed>(boundary::CommitPersisted{.sequence = 1}),
                 Refusal::kNoCommitWaiting);
    expect_account(bob_.account_id(), 1, 0);
}

TEST_P(EnclaveLife, goes_on_where_it_was_after_a_restart_at_any_point) {
    boot();
    fund_alice(10 * kUnit);
    for (std::uint32_t nonce = 1; nonce <= 4; ++nonce) {
        driver_->invoke(*chain_, alice_, unshield(kUnit), nonce);
        const auto block = chain_->seal_block();
        const auto commit = driver_->import(block);
        ASSERT_OK(commit);
        const bool was_stored = nonce % 2 == 0;
        if (was_stored) {
            driver_->store_commit(commit.value());
            if (nonce == 4) {
                ASSERT_OK(driver_->ask<boundary::Committed>(
                    boundary::CommitPersisted{.sequence = commit.value().sequence}));
            }
        }
        driver_->restart();
        const auto position = driver_->boot(*chain_);
        ASSERT_OK(position);
        if (was_stored) {
            // Stored but not acknowledged: it counts, and the block is not to be imported again.
            EXPECT_EQ(position.value().last_block, chain_->head());
            EXPECT_ERROR(driver_->import(block), Refusal::kWrongParent);
        } else {
            EXPECT_EQ(position.value().last_block->number + 1, chain_->head().number);
            ASSERT_OK(driver_->process(block));
        }
    }
    EXPECT_EQ(outbox_of_kind(boundary::kOutboxUnshield).size(), 4U);
    expect_account(alice_.account_id(), 5, 6 * kUnit);
}

TEST_P(EnclaveLife, keeps_its_keys_over_a_restart) {
    boot();
    const auto before = driver_->started();
    driver_->restart();
    const auto after = driver_->start(*chain_);
    ASSERT_OK(after);
    EXPECT_FALSE(after.value().sealed_identity.has_value());
    EXPECT_EQ(after.value().account, before.account);
    EXPECT_EQ(after.value().shielding_key_json, before.shielding_key_json);
    EXPECT_EQ(after.value().shard, before.measurement);
    EXPECT_EQ(after.value().tls_spki_sha256, before.tls_spki_sha256);
}

TEST_P(EnclaveLife, refuses_a_journal_that_was_tampered_with) {
    boot();
    for (int i = 0; i < 4; ++i) {
        driver_->invoke(*chain_, bob_, counter_add(bob_.account_id(), 1), static_cast<std::uint32_t>(i));
        next_block();
    }
    const auto good = driver_->store().records;
    ASSERT_EQ(good.size(), 4U);
    const auto restore_with = [&](const std::map<std::uint64_t, std::vector<Bytes>>& records) {
        driver_->store().records = records;
        driver_->restart();
        EXPECT_OK(driver_->start(*chain_));
        return driver_->restore();
    };
    auto altered = good;
    altered[2][0].back() ^= 1;
    EXPECT_ERROR(restore_with(altered), Refusal::kJournalDamaged);
    // A byte of the clear header: the sequence.
    altered = good;
    altered[2][0][4 + 32 + 32] ^= 1;
    EXPECT_ERROR(restore_with(altered), Refusal::kJournalDamaged);
    altered = good;
    altered[3][0].resize(40);
    EXPECT_ERROR(restore_with(altered), Refusal::kJournalDamaged);
    auto missing = good;
    missing.erase(2);
    EXPECT_ERROR(restore_with(missing), Refusal::kJournalGap);
    auto without_base = good;
    without_base.erase(1);
    EXPECT_ERROR(restore_with(without_base), Refusal::kJournalGap);
    auto exchanged = good;
    std::swap(exchanged[2], exchanged[3]);
    EXPECT_ERROR(restore_with(exchanged), Refusal::kJournalGap);
    auto repeated = good;
    repeated[3] = repeated[2];
    EXPECT_ERROR(restore_with(repeated), Refusal::kJournalGap);
    EXPECT_OK(restore_with(good));
}

TEST_P(EnclaveLife, refuses_a_record_of_an_abandoned_branch) {
    boot();
    next_block();
    const auto fork_point = chain_->head();
    // Two different blocks at the same height were imported; the second was persisted and built upon.
    chain_->add_timestamp(kNowMs);
    const auto abandoned = driver_->import(chain_->seal_block());
    ASSERT_OK(abandoned);
    chain_->set_head(fork_point);
    next_block();
    next_block();
    driver_->store().records[2] = abandoned.value().sealed;
    driver_->restart();
    ASSERT_OK(driver_->start(*chain_));
    EXPECT_ERROR(driver_->restore(), Refusal::kJournalGap);
}

TEST_P(EnclaveLife, refuses_a_journal_of_another_identity) {
    boot();
    next_block();
    const auto foreign = driver_->store().records;
    driver_->store() = {};
    driver_->restart();
    ASSERT_OK(driver_->start(*chain_));
    driver_->store().records = foreign;
    EXPECT_ERROR(driver_->restore(), Refusal::kJournalSealedElsewhere);
}

TEST_P(EnclaveLife, refuses_an_identity_that_is_not_its_own_or_damaged) {
    boot();
    const auto good = driver_->store().sealed_identity;
    driver_->restart(2);
    EXPECT_ERROR(driver_->start(*chain_), Refusal::kSealedByOtherEnclave);
    driver_->store().sealed_identity.back() ^= 1;
    driver_->restart();
    EXPECT_ERROR(driver_->start(*chain_), Refusal::kIdentityDamaged);
    driver_->store().sealed_identity = Bytes(10, 1);
    driver_->restart();
    EXPECT_ERROR(driver_->start(*chain_), Refusal::kIdentityDamaged);
    driver_->store().sealed_identity = good;
    driver_->restart();
    EXPECT_ERROR(driver_->start(*chain_, false), Refusal::kDevMismatch);
    boundary::Start start{.sealed_identity = good,
                          .genesis_hash = {},
                          .shard = std::nullopt,
                          .dev = true,
                          .host_time_ms = 0,
                          .tls_names = {},
                          .anchor = std::nullopt,
                          .unverified_finality = true,
                          .stale_after_ms = 0,
                          .relay = std::nullopt};
    EXPECT_ERROR(driver_->ask<boundary::Started>(start), Refusal::kOtherChain);
    start.genesis_hash = chain_->genesis_hash();
    start.shard = Hash256{};
    EXPECT_ERROR(driver_->ask<boundary::Started>(start), Refusal::kOtherShard);
    // The refusals changed nothing.
    start.shard = std::nullopt;
    EXPECT_OK(driver_->ask<boundary::Started>(start));
}

TEST_P(EnclaveLife, serves_the_shard_it_is_told_to) {
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    auto start = driver_->start_message(*chain_);
    Hash256 shard;
    shard.bytes.fill(0x33);
    start.shard = shard;
    const auto started = driver_->ask<boundary::Started>(start);
    ASSERT_OK(started);
    EXPECT_EQ(started.value().shard, shard);
    EXPECT_NE(started.value().measurement, shard);
}

TEST_P(EnclaveLife, refuses_blocks_that_do_not_follow) {
    boot();
    next_block();
    const auto head = chain_->head();
    next_block();
    const auto skipped = chain_->seal_block();
    const auto after_gap = chain_->seal_block();
    EXPECT_ERROR(driver_->process(after_gap), Refusal::kWrongParent);
    EXPECT_OK(driver_->process(skipped));
    chain_->set_head(head);
    EXPECT_ERROR(driver_->process(chain_->seal_block()), Refusal::kWrongParent);
    auto wrong_number = head;
    wrong_number.number += 7;
    wrong_number.hash = head.hash;
    chain_->set_head(wrong_number);
    EXPECT_ERROR(driver_->process(chain_->seal_block()), Refusal::kWrongParent);
}

TEST_P(EnclaveLife, refuses_blocks_it_cannot_use) {
    boot();
    chain_->add_timestamp(kNowMs);
    auto block = chain_->seal_block();
    auto without_events = block;
    without_events.events = {0};
    EXPECT_ERROR(driver_->process(without_events), Refusal::kEventsUnusable);
    auto cut_events = block;
    cut_events.events.pop_back();
    EXPECT_ERROR(driver_->process(cut_events), Refusal::kEventsUnusable);
    auto missing_extrinsic = block;
    missing_extrinsic.extrinsics.clear();
    EXPECT_ERROR(driver_->process(missing_extrinsic), Refusal::kEventsUnusable);
    auto bad_header = block;
    bad_header.header.pop_back();
    EXPECT_ERROR(driver_->process(bad_header), Refusal::kHeaderUnusable);
    auto too_large = block;
    too_large.extrinsics[0] = Bytes(boundary::kBlockExtrinsicsBytesMax + 1);
    EXPECT_ERROR(driver_->process(too_large), Refusal::kBlockTooLarge);
    EXPECT_OK(driver_->process(block));
}

TEST_P(EnclaveLife, waits_for_the_new_metadata_after_a_runtime_upgrade) {
    boot();
    chain_->upgrade_runtime();
    next_block();
    const auto items = driver_->outbox();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_ERROR(driver_->ask<boundary::Signed>(boundary::SignOutbox{.id = items[0].id, .nonce = 0}),
                 Refusal::kRuntimeOutdated);
    EXPECT_ERROR(driver_->ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}),
                 Refusal::kRuntimeOutdated);
    const auto block = chain_->seal_block();
    EXPECT_ERROR(driver_->process(block), Refusal::kRuntimeOutdated);
    EXPECT_TRUE(driver_->ask<boundary::StatusReport>(boundary::Status{}).value().runtime_outdated);
    ASSERT_OK(driver_->set_runtime(*chain_));
    EXPECT_OK(driver_->process(block));
    static_cast<void>(signed_outbox_call(items[0].id));
}

TEST_P(EnclaveLife, signs_its_registration_and_the_shard_configuration) {
    boot();
    const boundary::SignRegistration registration{.url = "wss://127.0.0.1:2000", .method = 0, .nonce = 5};
    EXPECT_ERROR(driver_->ask<boundary::Signed>(registration), Refusal::kNoBlockYet);
    next_block();
    const auto signed_registration = driver_->ask<boundary::Signed>(registration);
    ASSERT_OK(signed_registration);
    const auto extrinsic =
        substrate::decode_extrinsic(chain_->metadata(), signed_registration.value().extrinsic);
    ASSERT_OK(extrinsic);
    const auto call = substrate::decode_call(chain_->metadata(), extrinsic.value().call);
    ASSERT_OK(call);
    EXPECT_EQ(call.value().call, "register_sgx_enclave");
    EXPECT_TRUE(equal(*call.value().args.find("proof")->as_bytes(), driver_->started().measurement.view()));
    EXPECT_EQ(signed_registration.value().valid_until_block, chain_->head().number + 63);
    EXPECT_OK(driver_->ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 6}));

    auto bad = registration;
    bad.method = 1;  // without evidence
    EXPECT_ERROR(driver_->ask<boundary::Signed>(bad), Refusal::kMethodUnsupported);
    bad.method = 3;
    bad.proof = {1};
    EXPECT_ERROR(driver_->ask<boundary::Signed>(bad), Refusal::kMethodUnsupported);
    bad = registration;
    bad.url = std::string(257, 'a');
    EXPECT_ERROR(driver_->ask<boundary::Signed>(bad), Refusal::kUrlUnusable);
    bad.url = std::string(256, 'a');
    EXPECT_OK(driver_->ask<boundary::Signed>(bad));
}

TEST_P(EnclaveLife, signs_registrations_with_evidence_and_collateral) {
    boot();
    next_block();
    const auto signed_call = [&](const boundary::ToEnclave& message) {
        const auto reply = driver_->ask<boundary::Signed>(message);
        EXPECT_OK(reply);
        const auto extrinsic = substrate::decode_extrinsic(chain_->metadata(), reply.value().extrinsic);
        EXPECT_OK(extrinsic);
        return substrate::decode_call(chain_->metadata(), extrinsic.value().call).value();
    };
    boundary::SignRegistration registration{
        .url = "wss://127.0.0.1:2000", .method = 2, .proof = Bytes(boundary::kProofBytesMax, 7), .nonce = 5};
    auto call = signed_call(registration);
    EXPECT_TRUE(equal(*call.args.find("proof")->as_bytes(), registration.proof));
    EXPECT_EQ(call.args.find("attestation_method")->variant_name(), "Dcap");
    registration.method = 1;
    call = signed_call(registration);
    EXPECT_EQ(call.args.find("attestation_method")->variant_name(), "Ias");
    registration.proof.push_back(7);
    EXPECT_ERROR(driver_->ask<boundary::Signed>(registration), Refusal::kMethodUnsupported);

    boundary::SignCollateral collateral{
        .kind = 0, .document = {1}, .signature = {2}, .issuer_chain = {3}, .nonce = 6};
    EXPECT_EQ(signed_call(collateral).call, "register_quoting_enclave");
    collateral.kind = 1;
    call = signed_call(collateral);
    EXPECT_EQ(call.call, "register_tcb_info");
    EXPECT_TRUE(equal(*call.args.find("tcb_info")->as_bytes(), collateral.document));
    collateral.kind = 2;
    EXPECT_ERROR(driver_->ask<boundary::Signed>(collateral), Refusal::kMethodUnsupported);
}

TEST_P(EnclaveLife, refuses_messages_out_of_order) {
    EXPECT_ERROR(driver_->ask<boundary::Started>(boundary::Start{}), Refusal::kOutOfOrder);
    EXPECT_ERROR(
        driver_->ask<boundary::HelloReply>(boundary::Hello{.protocol = boundary::kProtocolVersion + 1}),
        Refusal::kProtocolMismatch);
    EXPECT_OK(driver_->ask<boundary::StatusReport>(boundary::Status{}));
    ASSERT_OK(driver_->start(*chain_));
    EXPECT_ERROR(driver_->import(chain_->seal_block()), Refusal::kOutOfOrder);
    EXPECT_ERROR(driver_->ask<boundary::ClientEffects>(boundary::ClientOpened{.connection = 1}),
                 Refusal::kOutOfOrder);
    ASSERT_OK(driver_->restore());
    EXPECT_ERROR(driver_->ask<boundary::Restored>(boundary::Restore{}), Refusal::kOutOfOrder);
    EXPECT_ERROR(driver_->import(chain_->seal_block()), Refusal::kRuntimeMissing);
    EXPECT_ERROR(driver_->ask<boundary::RuntimeSet>(boundary::SetRuntime{}), Refusal::kMetadataUnusable);
}

INSTANTIATE_TEST_SUITE_P(InProcess, EnclaveLife, ::testing::Values(EnclaveKind::kInProcess));
INSTANTIATE_TEST_SUITE_P(Sandboxed, EnclaveLife, ::testing::Values(EnclaveKind::kSandboxed));

}  // namespace
}  // namespace redoubt::tests
