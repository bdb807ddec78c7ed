// Which messages and blocks the enclave takes, of which shard, and with which metadata.
#include <tests/integration/enclave_life.hpp>

namespace redoubt::tests {
namespace {

class EnclaveImport : public EnclaveLife {};

TEST_P(EnclaveImport, serves_the_shard_it_is_told_to) {
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

TEST_P(EnclaveImport, refuses_blocks_that_do_not_follow) {
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

TEST_P(EnclaveImport, refuses_blocks_it_cannot_use) {
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

TEST_P(EnclaveImport, waits_for_the_new_metadata_after_a_runtime_upgrade) {
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

TEST_P(EnclaveImport, refuses_messages_out_of_order) {
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

REDOUBT_ENCLAVE_LIFE(EnclaveImport);

}  // namespace
}  // namespace redoubt::tests
