/// A whole life of an enclave, as its tests share it: a chain, a driver that plays the host, and what can be
/// asked. Each suite runs twice, with the enclave in this process and as the real sandboxed program.
#pragma once

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

using boundary::Refusal;
using enclave::CallOutcome;
using enclave::PaymentState;

inline constexpr std::uint64_t kNowMs = 1'700'000'000'000;
inline constexpr uint128 kUnit = 1'000'000'000'000;

inline stf::TrustedCall counter_add(const AccountId& origin, std::uint64_t amount) {
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

/// Runs a suite on EnclaveLife with both kinds of enclave.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): GoogleTest names suites by tokens
#define REDOUBT_ENCLAVE_LIFE(suite)                                                         \
    INSTANTIATE_TEST_SUITE_P(InProcess, suite, ::testing::Values(EnclaveKind::kInProcess)); \
    INSTANTIATE_TEST_SUITE_P(Sandboxed, suite, ::testing::Values(EnclaveKind::kSandboxed))

}  // namespace redoubt::tests
