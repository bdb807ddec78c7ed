// Pages, records and identities: found again after a restart, refused when they are damaged or foreign.
#include <tests/integration/enclave_life.hpp>

namespace redoubt::tests {
namespace {

class EnclaveStorage : public EnclaveLife {};

TEST_P(EnclaveStorage, finds_its_state_again_page_by_page) {
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

TEST_P(EnclaveStorage, writes_its_pages_after_as_many_changes_as_it_was_told) {
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

TEST_P(EnclaveStorage, verifies_what_it_stored_and_does_nothing_else) {
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

TEST_P(EnclaveStorage, verifies_nothing_of_another_platform) {
    boot();
    next_block();
    driver_->restart(2);
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    EXPECT_ERROR(
        driver_->ask<boundary::VerifyingStarted>(boundary::StartVerifying{driver_->store().sealed_identity}),
        Refusal::kSealedByOtherEnclave);
}

TEST_P(EnclaveStorage, refuses_a_block_while_a_page_is_damaged_and_goes_on_when_it_is_back) {
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

TEST_P(EnclaveStorage, goes_on_where_it_was_after_a_restart_at_any_point) {
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

TEST_P(EnclaveStorage, keeps_its_keys_over_a_restart) {
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

TEST_P(EnclaveStorage, refuses_a_journal_that_was_tampered_with) {
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

TEST_P(EnclaveStorage, refuses_a_record_of_an_abandoned_branch) {
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

TEST_P(EnclaveStorage, refuses_a_journal_of_another_identity) {
    boot();
    next_block();
    const auto foreign = driver_->store().records;
    driver_->store() = {};
    driver_->restart();
    ASSERT_OK(driver_->start(*chain_));
    driver_->store().records = foreign;
    EXPECT_ERROR(driver_->restore(), Refusal::kJournalSealedElsewhere);
}

TEST_P(EnclaveStorage, refuses_an_identity_that_is_not_its_own_or_damaged) {
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

REDOUBT_ENCLAVE_LIFE(EnclaveStorage);

}  // namespace
}  // namespace redoubt::tests
