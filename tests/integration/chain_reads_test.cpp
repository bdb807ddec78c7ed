// Calls that read the parent chain's state: what the enclave asks for, what it believes, and what a host can
// not do to a call by withholding or forging. In this process and sandboxed.
#include <gtest/gtest.h>

#include <boundary/refusal.hpp>
#include <optional>
#include <stf/chain_account.hpp>
#include <stf/types/module_calls.hpp>
#include <tests/integration/enclave_driver.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

using boundary::ChainState;
using boundary::Commit;
using boundary::ImportBlock;
using boundary::Refusal;
using boundary::StateNeeded;
using enclave::CallOutcome;

constexpr uint128 kThreshold = 1'000;

class ChainReads : public ::testing::TestWithParam<EnclaveKind> {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
        chain_.emplace(paseo_metadata(chainspec));
        driver_.emplace(GetParam(), FinalityKind::kVerified);
        ASSERT_OK(driver_->boot(*chain_));
        gated(alice_, stf::gated::Open{.threshold = kThreshold}, 0);
        ASSERT_EQ(next_block().calls_executed, 1U);
        ASSERT_TRUE(driver_->asked().empty()) << "a block without reads asks for nothing";
    }

    Hash256 gated(const crypto::KeyPair& key, const stf::gated::Call& call, std::uint32_t nonce) {
        return driver_->invoke(
            *chain_, key,
            stf::call::ModuleCall{.origin = key.account_id(), .module = "gated", .call = scale::encode(call)},
            nonce);
    }
    Hash256 enter(const crypto::KeyPair& key, std::uint32_t nonce) {
        return gated(key, stf::gated::Enter{.room = alice_.account_id()}, nonce);
    }
    void set_balance(const crypto::KeyPair& key, uint128 free) {
        chain_->set_storage(key_of(key), scale::encode(stf::AccountInfo{.providers = 1, .free = free}));
    }
    static Bytes key_of(const crypto::KeyPair& key) { return stf::chain_account_key(key.account_id()); }

    boundary::Committed next_block() {
        const auto committed = driver_->process(chain_->seal_block());
        EXPECT_OK(committed);
        return committed.has_value() ? committed.value() : boundary::Committed{};
    }
    /// A block that needs Bob's account, sent and waiting.
    ImportBlock waiting_block() {
        auto block = chain_->seal_block();
        EXPECT_OK(driver_->ask<boundary::FinalityMoved>(chain_->finality_of(block)));
        send(block);
        return block;
    }
    StateNeeded send(const ImportBlock& block) {
        const auto needed = driver_->ask<StateNeeded>(block);
        EXPECT_OK(needed);
        return needed.has_value() ? needed.value() : StateNeeded{};
    }
    [[nodiscard]] ChainState answer(const ImportBlock& block, const std::vector<Bytes>& keys) const {
        return {.block = chain_->head(), .proof = chain_->prove(block, keys)};
    }
    boundary::Committed finish(const Commit& commit) {
        driver_->store_commit(commit);
        return driver_->ask<boundary::Committed>(boundary::CommitPersisted{.sequence = commit.sequence})
            .value();
    }
    void expect_status(const Hash256& hash, CallOutcome outcome, std::optional<stf::StfError> reason = {}) {
        if (const auto* backend = driver_->backend()) {
            const auto status = backend->call_status(hash);
            EXPECT_EQ(status.outcome, outcome);
            EXPECT_EQ(status.reason.value_or(""), reason ? std::string{error_message(*reason)} : "");
        }
    }

    std::optional<TestChain> chain_;
    std::optional<EnclaveDriver> driver_;
    crypto::KeyPair alice_ = dev_account("//Alice");
    crypto::KeyPair bob_ = dev_account("//Bob");
    crypto::KeyPair charlie_ = dev_account("//Charlie");
};

TEST_P(ChainReads, decide_a_call_by_the_state_of_its_own_block) {
    set_balance(bob_, kThreshold - 1);
    const auto poor = enter(bob_, 0);
    EXPECT_EQ(next_block().calls_failed, 1U);
    expect_status(poor, CallOutcome::kFailed, stf::StfError::kChainBalanceTooLow);
    set_balance(bob_, kThreshold);
    const auto rich = enter(bob_, 1);
    EXPECT_EQ(next_block().calls_executed, 1U);
    expect_status(rich, CallOutcome::kExecuted);
    chain_->set_storage(key_of(bob_), std::nullopt);
    const auto gone = enter(bob_, 2);
    EXPECT_EQ(next_block().calls_failed, 1U);
    expect_status(gone, CallOutcome::kFailed, stf::StfError::kChainBalanceTooLow);
    chain_->set_storage(key_of(bob_), Bytes(79, 1));
    const auto odd = enter(bob_, 3);
    EXPECT_EQ(next_block().calls_failed, 1U);
    expect_status(odd, CallOutcome::kFailed, stf::StfError::kChainValueUnreadable);
    chain_->set_storage(key_of(bob_), Bytes(stf::kChainValueBytesMax + 1, 1));
    const auto large = enter(bob_, 4);
    EXPECT_EQ(next_block().calls_failed, 1U);
    expect_status(large, CallOutcome::kFailed, stf::StfError::kChainReadLimit);
}

TEST_P(ChainReads, ask_once_for_what_the_calls_of_a_block_need) {
    set_balance(bob_, kThreshold);
    set_balance(charlie_, kThreshold - 1);
    enter(bob_, 0);
    enter(charlie_, 0);
    enter(bob_, 1);
    const auto last = enter(charlie_, 1);
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 2U);
    EXPECT_EQ(committed.calls_failed, 2U);
    expect_status(last, CallOutcome::kFailed, stf::StfError::kChainBalanceTooLow);
    ASSERT_EQ(driver_->asked().size(), 1U);
    EXPECT_EQ(driver_->asked()[0].keys, (std::vector{key_of(bob_), key_of(charlie_)}));
}

TEST_P(ChainReads, of_looking_ahead_leave_no_trace) {
    set_balance(bob_, kThreshold);
    enter(bob_, 0);
    // Looked at before its turn, this one would be executed; in its turn it is, and once.
    const auto open = gated(charlie_, stf::gated::Open{.threshold = 1}, 0);
    enter(bob_, 1);
    const auto committed = next_block();
    EXPECT_EQ(committed.calls_executed, 3U);
    EXPECT_EQ(committed.calls_failed, 0U);
    expect_status(open, CallOutcome::kExecuted);
}

TEST_P(ChainReads, take_more_rounds_when_only_the_first_key_is_shown) {
    set_balance(bob_, kThreshold);
    set_balance(charlie_, kThreshold);
    // Keeps the two accounts in different nodes of the trie.
    for (std::uint8_t n = 0; n < 32; ++n) {
        chain_->set_storage(Bytes(48, static_cast<std::uint8_t>(n * 8)), Bytes(64, n));
    }
    enter(bob_, 0);
    enter(charlie_, 0);
    const auto block = waiting_block();
    auto reply = driver_->ask<StateNeeded>(answer(block, {key_of(bob_)}));
    if (reply.has_value()) {
        EXPECT_EQ(reply.value().keys, std::vector<Bytes>(1, key_of(charlie_)));
        EXPECT_EQ(reply.value().block, chain_->head());
        const auto commit = driver_->ask<Commit>(answer(block, reply.value().keys));
        ASSERT_OK(commit);
        EXPECT_EQ(finish(commit.value()).calls_executed, 2U);
    } else {
        ADD_FAILURE() << "one account's proof showed the other one";
    }
}

TEST_P(ChainReads, are_not_decided_by_a_host_that_withholds_or_forges) {
    set_balance(bob_, kThreshold - 1);
    const auto older = chain_->seal_block();
    ASSERT_OK(driver_->process(older));
    set_balance(bob_, kThreshold);
    const auto call = enter(bob_, 0);
    const auto block = waiting_block();
    const auto good = answer(block, {key_of(bob_)});
    const auto refuse = [&](const ChainState& bad, Refusal reason) {
        EXPECT_ERROR(driver_->ask<Commit>(bad), reason);
        EXPECT_ERROR(driver_->ask<boundary::Committed>(boundary::CommitPersisted{.sequence = 3}),
                     Refusal::kNoCommitWaiting);
    };
    auto bad = good;
    bad.proof.clear();
    refuse(bad, Refusal::kStateProofMissing);
    bad = good;
    bad.proof.pop_back();
    EXPECT_FALSE(driver_->ask<Commit>(bad).has_value());
    bad = good;
    bad.proof.push_back(Bytes{1, 2, 3});
    refuse(bad, Refusal::kStateProofBad);
    bad = good;
    bad.proof.push_back(good.proof.front());
    refuse(bad, Refusal::kStateProofBad);
    for (std::size_t i = 0; i < good.proof.size(); ++i) {
        bad = good;
        bad.proof[i].back() ^= 1;
        const auto refused = driver_->ask<Commit>(bad);
        ASSERT_FALSE(refused.has_value());
        EXPECT_TRUE(refused.error() == Refusal::kStateProofBad ||
                    refused.error() == Refusal::kStateProofMissing);
    }
    // The state of an older block, in which the balance is another one.
    bad = good;
    bad.proof = chain_->prove(older, std::vector<Bytes>(1, key_of(bob_)));
    refuse(bad, Refusal::kStateProofMissing);
    bad = good;
    bad.block.number += 1;
    refuse(bad, Refusal::kChainStateUnwanted);
    bad = good;
    bad.proof.assign(2, Bytes(boundary::kStateProofBytesMax / 2 + 1, 0));
    refuse(bad, Refusal::kBlockTooLarge);
    // For as long as it likes: the call still waits, and is executed once.
    for (int i = 0; i < 100; ++i) {
        bad = good;
        bad.proof.clear();
        refuse(bad, Refusal::kStateProofMissing);
    }
    expect_status(call, CallOutcome::kUnknown);
    const auto commit = driver_->ask<Commit>(good);
    ASSERT_OK(commit);
    EXPECT_EQ(finish(commit.value()).calls_executed, 1U);
    expect_status(call, CallOutcome::kExecuted);
    refuse(good, Refusal::kChainStateUnwanted);
}

TEST_P(ChainReads, begin_anew_with_the_block) {
    set_balance(bob_, kThreshold);
    enter(bob_, 0);
    const auto block = waiting_block();
    const auto good = answer(block, {key_of(bob_)});
    // Each message that could change what the block was checked against ends the import.
    ASSERT_OK(driver_->set_runtime(*chain_));
    EXPECT_ERROR(driver_->ask<Commit>(good), Refusal::kChainStateUnwanted);
    EXPECT_EQ(send(block).keys, std::vector<Bytes>(1, key_of(bob_)));
    EXPECT_FALSE(driver_->ask<boundary::FinalityMoved>(boundary::Finality{}).has_value());
    EXPECT_ERROR(driver_->ask<Commit>(good), Refusal::kChainStateUnwanted);
    EXPECT_EQ(send(block).keys, std::vector<Bytes>(1, key_of(bob_)));
    EXPECT_EQ(send(block).keys, std::vector<Bytes>(1, key_of(bob_)));
    const auto commit = driver_->ask<Commit>(good);
    ASSERT_OK(commit);
    EXPECT_EQ(finish(commit.value()).calls_executed, 1U);
}

TEST_P(ChainReads, are_repeated_after_a_restart_in_the_middle) {
    set_balance(bob_, kThreshold);
    const auto call = enter(bob_, 0);
    const auto block = waiting_block();
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    EXPECT_ERROR(driver_->ask<Commit>(answer(block, {key_of(bob_)})), Refusal::kChainStateUnwanted);
    EXPECT_EQ(driver_->process(block).value().calls_executed, 1U);
    expect_status(call, CallOutcome::kExecuted);
}

TEST_P(ChainReads, come_from_proofs_also_where_the_host_is_believed) {
    driver_.emplace(GetParam(), FinalityKind::kUnverified);
    const auto metadata = chain_->metadata_bytes();
    chain_.emplace(metadata);
    ASSERT_OK(driver_->boot(*chain_));
    gated(alice_, stf::gated::Open{.threshold = kThreshold}, 0);
    ASSERT_OK(driver_->process(chain_->seal_block()));
    set_balance(bob_, kThreshold);
    enter(bob_, 0);
    const auto block = chain_->seal_block();
    send(block);
    auto bad = answer(block, {key_of(bob_)});
    bad.proof.back().back() ^= 1;
    EXPECT_FALSE(driver_->ask<Commit>(bad).has_value());
    EXPECT_EQ(driver_->process(block).value().calls_executed, 1U);
}

TEST_P(ChainReads, answer_a_question_for_the_block_that_proves_it) {
    const auto* backend = driver_->backend();
    if (backend == nullptr) {
        GTEST_SKIP() << "questions go through TLS here: sandboxed_endpoint_test.cpp";
    }
    stf::TrustedGetterSigned getter;
    getter.getter = stf::trusted_getter::ModuleQuery{
        .origin = bob_.account_id(),
        .module = "gated",
        .query = scale::encode(stf::gated::Query{stf::gated::Door{.room = alice_.account_id()}})};
    getter.signature = bob_.sign(stf::signing_payload(getter.getter));
    const stf::Request request{.shard = driver_->started().shard,
                               .cyphertext = scale::encode(stf::Getter{getter})};
    set_balance(bob_, kThreshold);
    const auto block = chain_->seal_block();
    ASSERT_OK(driver_->process(block));
    const auto proof = answer(block, {key_of(bob_)}).proof;
    const auto first = chain_->head();

    enclave::ChainReads reads;
    EXPECT_ERROR(backend->execute_getter(request, reads), stf::ChainReadError::kNotProvenYet);
    EXPECT_EQ(reads.block, first);
    EXPECT_EQ(reads.missing, std::vector<Bytes>(1, key_of(bob_)));
    const auto refuse = [&](const Bytes& header, const std::vector<Bytes>& nodes, Refusal reason) {
        auto copy = reads;
        EXPECT_ERROR(backend->prove_reads(header, nodes, copy), reason);
        EXPECT_TRUE(copy.proven.empty());
    };
    refuse(block.header, {}, Refusal::kStateProofMissing);
    refuse({}, proof, Refusal::kHeaderUnusable);
    refuse(Bytes(boundary::kHeaderBytesMax + 1, 0), proof, Refusal::kBlockTooLarge);
    auto forged = proof;
    forged.push_back(Bytes{1, 2, 3});
    refuse(block.header, forged, Refusal::kStateProofBad);
    // Another block's header and state, although both belong together.
    set_balance(bob_, 1);
    const auto later = chain_->seal_block();
    refuse(later.header, answer(later, {key_of(bob_)}).proof, Refusal::kWrongParent);

    ASSERT_OK(backend->prove_reads(block.header, proof, reads));
    EXPECT_TRUE(reads.missing.empty());
    const auto told = backend->execute_getter(request, reads);
    ASSERT_OK(told);
    EXPECT_EQ(scale::decode<stf::gated::DoorAnswer>(*told.value()).value(),
              (stf::gated::DoorAnswer{.threshold = kThreshold,
                                      .balance = kThreshold,
                                      .opens = true,
                                      .block_number = first.number,
                                      .block_hash = first.hash}));

    // A block later, what was proven before counts no more.
    ASSERT_OK(driver_->process(later));
    EXPECT_ERROR(backend->execute_getter(request, reads), stf::ChainReadError::kNotProvenYet);
    EXPECT_EQ(reads.block, chain_->head());
    EXPECT_TRUE(reads.proven.empty());
    ASSERT_OK(backend->prove_reads(later.header, answer(later, {key_of(bob_)}).proof, reads));
    const auto again = backend->execute_getter(request, reads);
    ASSERT_OK(again);
    const auto door = scale::decode<stf::gated::DoorAnswer>(*again.value()).value();
    EXPECT_FALSE(door.opens);
    EXPECT_EQ(door.block_number, chain_->head().number);
}

INSTANTIATE_TEST_SUITE_P(InProcess, ChainReads, ::testing::Values(EnclaveKind::kInProcess));
INSTANTIATE_TEST_SUITE_P(Sandboxed, ChainReads, ::testing::Values(EnclaveKind::kSandboxed));

}  // namespace
}  // namespace redoubt::tests
