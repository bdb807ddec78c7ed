// What the enclave has the chain told: confirmations, roots of its state, registrations.
#include <tests/integration/enclave_life.hpp>

namespace redoubt::tests {
namespace {

class EnclaveOutbox : public EnclaveLife {};

TEST_P(EnclaveOutbox, settles_its_own_confirmations) {
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

TEST_P(EnclaveOutbox, does_not_confirm_a_block_that_only_carries_its_confirmation) {
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

TEST_P(EnclaveOutbox, publishes_the_newest_root_of_its_state) {
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

TEST_P(EnclaveOutbox, gives_a_root_up_that_the_chain_refuses) {
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

TEST_P(EnclaveOutbox, makes_nothing_visible_before_it_is_persisted) {
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

TEST_P(EnclaveOutbox, signs_its_registration_and_the_shard_configuration) {
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

TEST_P(EnclaveOutbox, signs_registrations_with_evidence_and_collateral) {
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

REDOUBT_ENCLAVE_LIFE(EnclaveOutbox);

}  // namespace
}  // namespace redoubt::tests
