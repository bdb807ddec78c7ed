// What an enclave believes of a parachain, and each thing it refuses: relay blocks that are not final, heads
// that are not proven, headers that do not link, other chains. In this process and sandboxed.
#include <gtest/gtest.h>

#include <boundary/refusal.hpp>
#include <optional>
#include <tests/integration/enclave_driver.hpp>
#include <tests/integration/test_relay.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

using boundary::ImportBlock;
using boundary::Refusal;

constexpr std::uint32_t kPara = 2015;
constexpr std::uint32_t kOtherPara = 2016;

class ParachainView : public ::testing::TestWithParam<EnclaveKind> {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
        chain_.emplace(paseo_metadata(chainspec));
        driver_.emplace(GetParam(), FinalityKind::kVerified);
        relay_.set_head(kOtherPara, substrate::encode(child_of({}, 9)));
    }

    boundary::Start start_message() const {
        auto start = driver_->start_message(*chain_);
        start.relay = boundary::RelayChain{.genesis_hash = relay_.genesis_hash(), .para_id = kPara};
        start.anchor.reset();
        if (!start.sealed_identity) {
            start.anchor = relay_.anchor();
        }
        return start;
    }
    Result<boundary::Started> start(const boundary::Start& message) {
        BOOST_OUTCOME_TRY(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
        BOOST_OUTCOME_TRY(auto started, driver_->ask<boundary::Started>(message));
        if (started.sealed_identity) {
            driver_->store().sealed_identity = *started.sealed_identity;
        }
        return started;
    }
    void boot() {
        ASSERT_OK(start(start_message()));
        const auto position = driver_->restore();
        ASSERT_OK(position);
        position_ = position.value();
        ASSERT_OK(driver_->set_runtime(*chain_));
        if (position_.check_activity) {
            ASSERT_OK(driver_->check_activity(*chain_, *position_.finalized));
        }
    }

    Result<boundary::FinalityMoved> give(const boundary::ToEnclave& message) {
        return driver_->ask<boundary::FinalityMoved>(message);
    }
    boundary::FinalityReport report() {
        return driver_->ask<boundary::StatusReport>(boundary::Status{}).value().finality.value();
    }
    /// A relay block that names `head`, shown to be final.
    TestRelay::Block finalize(const Bytes& head) {
        relay_.set_head(kPara, head);
        auto block = relay_.seal();
        EXPECT_OK(give(relay_.finality_of(block)));
        return block;
    }
    static boundary::ParachainHead head_of(const TestRelay::Block& relay,
                                           const std::vector<Bytes>& headers = {}) {
        boundary::ParachainHead out;
        out.relay_block = relay.ref.hash;
        out.proof = relay.prove_head(kPara);
        out.headers = headers;
        return out;
    }
    /// As head_of, without the headers before the head.
    boundary::ParachainHead leap_to(const TestRelay::Block& relay, const ImportBlock& block) const {
        auto out = head_of(relay);
        const std::vector<Bytes> keys{light_client::genesis_hash_key()};
        out.genesis_proof = chain_->prove(block, keys);
        return out;
    }
    /// The shard's first block: after two that it does not need.
    void begin() {
        boot();
        static_cast<void>(chain_->seal_block());
        static_cast<void>(chain_->seal_block());
        const auto block = chain_->seal_block();
        ASSERT_OK(give(leap_to(finalize(block.header), block)));
        ASSERT_OK(driver_->process(block));
    }
    /// Refused, and nothing has changed.
    void expect_refused(const boundary::ToEnclave& message, Refusal reason) {
        const auto before = report();
        EXPECT_ERROR(give(message), reason);
        EXPECT_EQ(report(), before);
    }

    std::optional<TestChain> chain_;
    TestRelay relay_;
    std::optional<EnclaveDriver> driver_;
    boundary::Position position_;
};

TEST_P(ParachainView, follows_the_heads_of_finalized_relay_blocks_and_names_both_chains) {
    boot();
    EXPECT_EQ(position_.finalized, (boundary::BlockId{.number = 0, .hash = chain_->genesis_hash()}));
    EXPECT_EQ(position_.relay_finalized, (boundary::BlockId{.number = 0, .hash = relay_.genesis_hash()}));
    static_cast<void>(chain_->seal_block());
    const auto first = chain_->seal_block();
    const auto relay_first = finalize(first.header);
    EXPECT_ERROR(driver_->process(first), Refusal::kNotFinal) << "the head was not shown yet";
    ASSERT_OK(give(leap_to(relay_first, first)));
    ASSERT_OK(driver_->process(first));

    const auto second = chain_->seal_block();
    const auto third = chain_->seal_block();
    const auto above = chain_->seal_block();
    const auto relay_second = finalize(third.header);
    ASSERT_OK(give(head_of(relay_second, {second.header})));
    EXPECT_EQ(report().blocks_waiting, 2U);
    EXPECT_ERROR(driver_->process(third), Refusal::kNotFinal) << "the second comes first";
    EXPECT_OK(driver_->process(second));
    EXPECT_OK(driver_->process(third));
    EXPECT_ERROR(driver_->process(above), Refusal::kNotFinal);

    const auto now = report();
    EXPECT_EQ(now.anchor, (boundary::BlockId{.number = 0, .hash = relay_.genesis_hash()}));
    EXPECT_EQ(now.finalized.number, 4U);
    EXPECT_EQ(now.authorities, 4U);
    ASSERT_TRUE(now.relay.has_value());
    EXPECT_EQ(now.relay->chain.para_id, kPara);
    EXPECT_EQ(now.relay->finalized,
              (boundary::BlockId{.number = relay_second.ref.number, .hash = relay_second.ref.hash}));
    // The same head in a later relay block changes nothing.
    ASSERT_OK(give(head_of(finalize(third.header))));
    EXPECT_EQ(report().finalized, now.finalized);
    EXPECT_EQ(report().blocks_waiting, 0U);
}

TEST_P(ParachainView, links_to_the_genesis_block_of_a_young_parachain) {
    boot();
    const auto first = chain_->seal_block();
    const auto second = chain_->seal_block();
    ASSERT_OK(give(head_of(finalize(second.header), {first.header})));
    EXPECT_EQ(report().finalized.number, 2U);
    EXPECT_OK(driver_->process(second)) << "the shard begins with the head";
}

TEST_P(ParachainView, refuses_a_relay_block_that_is_not_final) {
    begin();
    const auto block = chain_->seal_block();
    relay_.set_head(kPara, block.header);
    const auto relay = relay_.seal();
    expect_refused(head_of(relay), Refusal::kRelayBlockUnknown);
    auto unsigned_block = relay_.finality_of(relay);
    unsigned_block.justification.reset();
    expect_refused(unsigned_block, Refusal::kJustificationMissing);
    boundary::Finality foreign;
    foreign.headers.push_back(relay.header);
    foreign.justification = light_client::encode(chain_->voters().justify(relay.ref, 0));
    expect_refused(foreign, Refusal::kJustificationForeign);
    boundary::Finality other_set = foreign;
    other_set.justification = light_client::encode(relay_.voters().justify(relay.ref, 1));
    expect_refused(other_set, Refusal::kJustificationBadSignature);
    // A parachain's own justification says nothing.
    EXPECT_FALSE(give(chain_->finality_of(block)).has_value());
    EXPECT_ERROR(driver_->process(block), Refusal::kNotFinal);

    ASSERT_OK(give(relay_.finality_of(relay)));
    ASSERT_OK(give(head_of(relay)));
    EXPECT_OK(driver_->process(block));
}

TEST_P(ParachainView, refuses_proofs_that_do_not_show_the_head) {
    begin();
    const auto block = chain_->seal_block();
    const auto before = relay_.seal();
    ASSERT_OK(give(relay_.finality_of(before)));
    const auto relay = finalize(block.header);
    auto bad = head_of(relay);
    bad.proof = relay.prove_head(kOtherPara);
    expect_refused(bad, Refusal::kHeadProofMissing);
    bad.proof = before.prove_head(kPara);
    expect_refused(bad, Refusal::kHeadProofMissing);
    bad = head_of(relay);
    bad.proof.push_back(bad.proof.front());
    expect_refused(bad, Refusal::kHeadProofBad);
    bad = head_of(relay);
    bad.proof.push_back(Bytes{0x40, 1, 2, 3});
    expect_refused(bad, Refusal::kHeadProofBad);
    bad.proof.clear();
    expect_refused(bad, Refusal::kHeadProofMissing);
    EXPECT_OK(give(head_of(relay)));
    EXPECT_OK(driver_->process(block));
}

TEST_P(ParachainView, refuses_what_is_no_head) {
    begin();
    const auto block = chain_->seal_block();
    expect_refused(head_of(finalize(Bytes{1, 2, 3})), Refusal::kHeadUnusable);
    auto longer = block.header;
    longer.push_back(0);
    expect_refused(head_of(finalize(longer)), Refusal::kHeadUnusable);
    relay_.remove_head(kPara);
    const auto without = relay_.seal();
    ASSERT_OK(give(relay_.finality_of(without)));
    expect_refused(head_of(without), Refusal::kParachainUnknown);
    EXPECT_OK(give(head_of(finalize(block.header)))) << "registered again";
}

TEST_P(ParachainView, refuses_headers_that_do_not_link) {
    begin();
    const auto first = chain_->seal_block();
    const auto second = chain_->seal_block();
    const auto third = chain_->seal_block();
    const auto relay = finalize(third.header);
    expect_refused(head_of(relay), Refusal::kHeadersUnlinked);
    expect_refused(head_of(relay, {second.header}), Refusal::kHeadersUnlinked);
    expect_refused(head_of(relay, {second.header, first.header}), Refusal::kHeadersUnlinked);
    expect_refused(head_of(relay, {first.header, second.header, third.header}), Refusal::kHeadersUnlinked);
    auto altered = first.header;
    altered.back() ^= 1;
    expect_refused(head_of(relay, {altered, second.header}), Refusal::kHeadersUnlinked);
    expect_refused(head_of(relay, {Bytes(boundary::kHeaderBytesMax + 1), second.header}),
                   Refusal::kBlockTooLarge);
    EXPECT_OK(give(head_of(relay, {first.header, second.header})));
}

TEST_P(ParachainView, refuses_to_leave_headers_out_once_it_has_begun) {
    begin();
    static_cast<void>(chain_->seal_block());
    const auto block = chain_->seal_block();
    expect_refused(leap_to(finalize(block.header), block), Refusal::kHopTooLate);
}

TEST_P(ParachainView, refuses_an_older_relay_block) {
    begin();
    const auto first = chain_->seal_block();
    const auto older = finalize(first.header);
    const auto second = chain_->seal_block();
    const auto newer = finalize(second.header);
    ASSERT_OK(give(head_of(newer, {first.header})));
    expect_refused(head_of(older), Refusal::kRelayBlockStale);
}

TEST_P(ParachainView, halts_when_the_parachain_goes_back) {
    begin();
    const auto fork_point = chain_->head();
    const auto block = chain_->seal_block();
    ASSERT_OK(give(head_of(finalize(block.header))));
    chain_->set_head(fork_point);
    chain_->add_timestamp(1);
    const auto other = chain_->seal_block();
    const auto relay = finalize(other.header);
    EXPECT_ERROR(give(head_of(relay)), Refusal::kHaltParachain);
    EXPECT_EQ(report().halted, static_cast<std::uint32_t>(Refusal::kHaltParachain));
    EXPECT_ERROR(driver_->process(other), Refusal::kNotFinal);
    const auto next = chain_->seal_block();
    EXPECT_ERROR(give(head_of(finalize(next.header))), Refusal::kHaltParachain);
}

TEST_P(ParachainView, refuses_a_head_of_another_chain) {
    boot();
    const auto block = chain_->seal_block();
    auto stranger = child_of({}, 3);
    stranger.number = 5;
    const auto relay = finalize(substrate::encode(stranger));
    expect_refused(leap_to(relay, block), Refusal::kGenesisUnproven);
    auto empty = head_of(relay);
    empty.genesis_proof.emplace();
    expect_refused(empty, Refusal::kGenesisUnproven);
    // A chain of which the state names another genesis block.
    trie::StateTrie state;
    state.put(light_client::genesis_hash_key(), Hash256{}.view());
    stranger.state_root = state.root();
    auto named = head_of(finalize(substrate::encode(stranger)));
    const std::vector<Bytes> keys{light_client::genesis_hash_key()};
    named.genesis_proof = state.prove(keys);
    expect_refused(named, Refusal::kOtherParachain);
    stranger.number = 0;
    auto zero = head_of(finalize(substrate::encode(stranger)));
    zero.genesis_proof.emplace();
    expect_refused(zero, Refusal::kOtherParachain);
    const auto good = finalize(block.header);
    EXPECT_OK(give(leap_to(good, block)));
}

TEST_P(ParachainView, follows_a_change_of_the_relay_chains_authorities) {
    begin();
    const GrandpaVoters next{5, 77};
    relay_.alter_header([&](substrate::Header& header) {
        add_change(header, light_client::ScheduledChange{.next = next.list(), .delay = 0});
    });
    const auto change = relay_.seal();
    ASSERT_OK(give(relay_.finality_of(change)));
    EXPECT_EQ(report().set_id, 1U);
    EXPECT_EQ(report().authorities, 5U);
    const auto block = chain_->seal_block();
    relay_.set_head(kPara, block.header);
    const auto relay = relay_.seal();
    expect_refused(relay_.finality_of(relay), Refusal::kJustificationForeign);
    expect_refused(head_of(relay), Refusal::kRelayBlockUnknown);
    boundary::Finality by_next;
    by_next.headers.push_back(relay.header);
    by_next.justification = light_client::encode(next.justify(relay.ref, 1));
    ASSERT_OK(give(by_next));
    ASSERT_OK(give(head_of(relay)));
    ASSERT_OK(driver_->process(block));
    // Kept over a restart.
    driver_->restart();
    boot();
    EXPECT_EQ(report().set_id, 1U);
    EXPECT_EQ(position_.relay_finalized,
              (boundary::BlockId{.number = relay.ref.number, .hash = relay.ref.hash}));
    expect_refused(relay_.finality_of(relay_.seal()), Refusal::kJustificationForeign);
}

TEST_P(ParachainView, halts_on_a_forced_change_of_the_relay_chain) {
    begin();
    const GrandpaVoters next{4, 9};
    relay_.alter_header([&](substrate::Header& header) {
        add_change(header,
                   light_client::ForcedChange{.median_last_finalized = 0, .next = next.list(), .delay = 0});
    });
    EXPECT_ERROR(give(relay_.finality_of(relay_.seal())), Refusal::kHaltForcedChange);
    EXPECT_EQ(report().halted, static_cast<std::uint32_t>(Refusal::kHaltForcedChange));
}

TEST_P(ParachainView, goes_on_after_a_restart_and_refuses_an_older_view) {
    begin();
    const auto first = chain_->seal_block();
    const auto older = finalize(first.header);
    const auto second = chain_->seal_block();
    const auto newer = finalize(second.header);
    ASSERT_OK(give(head_of(newer, {first.header})));
    ASSERT_OK(driver_->process(first));
    // The second was final and is not imported when the enclave ends.
    driver_->restart();
    boot();
    EXPECT_EQ(position_.last_block, position_.finalized);
    EXPECT_ERROR(driver_->process(second), Refusal::kNotFinal);
    expect_refused(relay_.finality_of(older), Refusal::kHeadersUnlinked);
    expect_refused(head_of(older), Refusal::kRelayBlockUnknown);
    ASSERT_OK(give(head_of(newer)));
    ASSERT_OK(driver_->process(second));
    const auto third = chain_->seal_block();
    ASSERT_OK(give(head_of(finalize(third.header))));
    EXPECT_OK(driver_->process(third));
}

TEST_P(ParachainView, keeps_the_relay_chain_it_was_made_for) {
    begin();
    const auto good = start_message();
    const auto refuses = [&](const boundary::Start& message, Refusal reason) {
        driver_->restart();
        EXPECT_ERROR(start(message), reason);
    };
    auto other = good;
    other.relay->para_id = kOtherPara;
    refuses(other, Refusal::kRelayMismatch);
    other = good;
    other.relay->genesis_hash = chain_->genesis_hash();
    refuses(other, Refusal::kRelayMismatch);
    other = good;
    other.relay.reset();
    refuses(other, Refusal::kRelayMismatch);
    other = good;
    other.anchor = chain_->anchor();
    refuses(other, Refusal::kOtherAnchor);
    other = good;
    other.genesis_hash = relay_.genesis_hash();
    refuses(other, Refusal::kOtherChain);
    other = good;
    other.anchor = relay_.anchor();
    driver_->restart();
    EXPECT_OK(start(other));
}

TEST_P(ParachainView, refuses_an_anchor_of_another_relay_chain) {
    auto message = start_message();
    message.anchor = chain_->anchor();
    EXPECT_ERROR(start(message), Refusal::kOtherChain);
    message.anchor.reset();
    EXPECT_ERROR(driver_->ask<boundary::Started>(message), Refusal::kAnchorMissing);
    message.unverified_finality = true;
    EXPECT_ERROR(driver_->ask<boundary::Started>(message), Refusal::kRelayMismatch);
}

TEST_P(ParachainView, refuses_heads_where_the_chain_is_no_parachain) {
    ASSERT_OK(driver_->boot(*chain_));
    EXPECT_ERROR(give(head_of(relay_.seal())), Refusal::kNotAParachain);
    driver_->restart();
    EXPECT_ERROR(start(start_message()), Refusal::kRelayMismatch);
}

INSTANTIATE_TEST_SUITE_P(Enclave,
                         ParachainView,
                         ::testing::Values(EnclaveKind::kInProcess, EnclaveKind::kSandboxed),
                         [](const auto& kind) {
                             return kind.param == EnclaveKind::kInProcess ? "in_process" : "sandboxed";
                         });

}  // namespace
}  // namespace redoubt::tests
