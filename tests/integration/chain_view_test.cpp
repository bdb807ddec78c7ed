// What an enclave that verifies its chain believes, and each thing it refuses: anchors, evidence of finality,
// bodies, proofs, runtimes, restarts with another view, and stale finality. In this process and sandboxed.
#include <gtest/gtest.h>

#include <array>
#include <boundary/refusal.hpp>
#include <functional>
#include <light-client/anchor.hpp>
#include <light-client/block_proof.hpp>
#include <optional>
#include <primitives/scale.hpp>
#include <substrate/seal.hpp>
#include <substrate/storage_key.hpp>
#include <tests/integration/enclave_driver.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

using boundary::Refusal;
using light_client::BlockRef;

constexpr std::uint64_t kNowMs = 1'700'000'000'000;

class ChainView : public ::testing::TestWithParam<EnclaveKind> {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
        metadata_ = paseo_metadata(chainspec);
        chain_.emplace(metadata_);
        driver_.emplace(GetParam(), FinalityKind::kVerified);
    }

    void boot() { ASSERT_OK(driver_->boot(*chain_)); }
    boundary::ImportBlock next_block() {
        auto block = chain_->seal_block();
        EXPECT_OK(driver_->process(block));
        return block;
    }
    Result<boundary::FinalityMoved> give(const boundary::Finality& finality) {
        return driver_->ask<boundary::FinalityMoved>(finality);
    }
    boundary::StatusReport status(std::uint64_t host_time_ms = 0) {
        return driver_->ask<boundary::StatusReport>(boundary::Status{.host_time_ms = host_time_ms}).value();
    }
    static BlockRef ref_of(const boundary::ImportBlock& block) {
        const auto header = substrate::decode_header(block.header).value();
        return {substrate::header_hash(block.header), header.number};
    }
    static boundary::Finality evidence(const boundary::ImportBlock& block,
                                       const light_client::Justification& justification) {
        boundary::Finality out;
        out.headers.push_back(block.header);
        out.justification = light_client::encode(justification);
        return out;
    }
    /// The evidence is refused, and then the good evidence for the same block is taken.
    void expect_refused(const boundary::ImportBlock& block, const boundary::Finality& bad, Refusal reason) {
        const auto before = status();
        EXPECT_ERROR(give(bad), reason);
        EXPECT_EQ(status().finality, before.finality);
        EXPECT_ERROR(driver_->ask<boundary::Commit>(block), Refusal::kNotFinal);
        EXPECT_OK(driver_->process(block));
    }
    boundary::Start start_with(const boundary::TrustAnchor& anchor) {
        auto start = driver_->start_message(*chain_);
        start.anchor = anchor;
        return start;
    }

    Bytes metadata_;
    std::optional<TestChain> chain_;
    std::optional<EnclaveDriver> driver_;
};

// Trust anchors ---------------------------------------------------------------------------------------

TEST_P(ChainView, begins_at_the_genesis_block_and_says_so) {
    boot();
    EXPECT_EQ(driver_->started().anchor, (boundary::BlockId{.number = 0, .hash = chain_->genesis_hash()}));
    next_block();
    const auto report = status().finality;
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->finalized, chain_->head());
    EXPECT_EQ(report->authorities, 3U);
    EXPECT_EQ(report->blocks_waiting, 0U);
}

TEST_P(ChainView, begins_at_a_checkpoint_and_keeps_it) {
    static_cast<void>(chain_->seal_block());
    const auto checkpoint = chain_->seal_block();
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    const auto started = driver_->ask<boundary::Started>(start_with(chain_->anchor_at(checkpoint)));
    ASSERT_OK(started);
    EXPECT_EQ(started.value().anchor, chain_->head());
    driver_->store().sealed_identity = *started.value().sealed_identity;
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    ASSERT_OK(driver_->process(checkpoint)) << "the checkpoint's own block may be the first one";
    next_block();
    // The host offers another one later.
    driver_->restart();
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    EXPECT_ERROR(driver_->ask<boundary::Started>(start_with(chain_->anchor())), Refusal::kOtherAnchor);
    EXPECT_OK(driver_->ask<boundary::Started>(start_with(chain_->anchor_at(checkpoint))));
}

TEST_P(ChainView, refuses_anchors_that_prove_nothing) {
    const auto block = chain_->seal_block();
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    auto start = driver_->start_message(*chain_);
    const auto ask = [&] { return driver_->ask<boundary::Started>(start); };
    start.anchor.reset();
    EXPECT_ERROR(ask(), Refusal::kAnchorMissing);
    start.anchor = chain_->anchor();
    start.anchor->state_proof.pop_back();
    EXPECT_ERROR(ask(), Refusal::kAnchorUnusable);
    start.anchor = chain_->anchor();
    start.anchor->header[40] ^= 1;
    EXPECT_ERROR(ask(), Refusal::kAnchorUnusable);
    start.anchor = chain_->anchor();
    start.anchor->header.pop_back();
    EXPECT_ERROR(ask(), Refusal::kAnchorUnusable);
    start.anchor = chain_->anchor_at(block);
    start.anchor->state_proof = chain_->anchor().state_proof;
    EXPECT_ERROR(ask(), Refusal::kAnchorUnusable);
    start.anchor = chain_->anchor_at(block);
    start.genesis_hash = Hash256{};
    EXPECT_ERROR(ask(), Refusal::kOtherChain);
    start.genesis_hash = chain_->genesis_hash();
    EXPECT_OK(ask());
}

TEST_P(ChainView, refuses_unverified_finality_outside_development_and_a_change_of_mind) {
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    auto start = driver_->start_message(*chain_);
    start.dev = false;
    start.stale_after_ms = 1;
    start.unverified_finality = true;
    EXPECT_ERROR(driver_->ask<boundary::Started>(start), Refusal::kUnverifiedRefused);
    start.unverified_finality = false;
    start.stale_after_ms = 0;
    EXPECT_ERROR(driver_->ask<boundary::Started>(start), Refusal::kUnverifiedRefused);
    start.stale_after_ms = 1;
    auto started = driver_->ask<boundary::Started>(start);
    ASSERT_OK(started);
    driver_->store().sealed_identity = *started.value().sealed_identity;
    driver_->restart();
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    auto again = driver_->start_message(*chain_);
    again.unverified_finality = true;
    EXPECT_ERROR(driver_->ask<boundary::Started>(again), Refusal::kDevMismatch);
}

TEST_P(ChainView, refuses_to_begin_to_believe_the_host) {
    boot();
    driver_->restart();
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    auto start = driver_->start_message(*chain_);
    start.unverified_finality = true;
    EXPECT_ERROR(driver_->ask<boundary::Started>(start), Refusal::kFinalityMismatch);
}

// Finality --------------------------------------------------------------------------------------------

TEST_P(ChainView, refuses_justifications_that_do_not_hold) {
    boot();
    next_block();
    const auto& voters = chain_->voters();
    {
        const auto block = chain_->seal_block();
        expect_refused(block, evidence(block, voters.justify(ref_of(block), 1)),
                       Refusal::kJustificationBadSignature);
    }
    {
        const auto block = chain_->seal_block();
        auto two = voters.justify(ref_of(block), 0);
        two.precommits.pop_back();
        expect_refused(block, evidence(block, two), Refusal::kJustificationTooLight);
    }
    {
        const auto block = chain_->seal_block();
        auto twice = voters.justify(ref_of(block), 0);
        twice.precommits.back() = twice.precommits.front();
        expect_refused(block, evidence(block, twice), Refusal::kJustificationTooLight);
    }
    {
        const auto block = chain_->seal_block();
        auto altered = voters.justify(ref_of(block), 0);
        altered.precommits[1].signature.bytes[5] ^= 1;
        expect_refused(block, evidence(block, altered), Refusal::kJustificationBadSignature);
    }
    {
        const auto block = chain_->seal_block();
        const GrandpaVoters foreign{3, 77};
        expect_refused(block, evidence(block, foreign.justify(ref_of(block), 0)),
                       Refusal::kJustificationForeign);
    }
    {
        const auto block = chain_->seal_block();
        auto other = ref_of(block);
        other.hash.bytes.fill(0xee);
        expect_refused(block, evidence(block, voters.justify(other, 0)), Refusal::kJustificationWrongTarget);
    }
    {
        const auto block = chain_->seal_block();
        auto wrong_number = ref_of(block);
        wrong_number.number += 1;
        expect_refused(block, evidence(block, voters.justify(wrong_number, 0)),
                       Refusal::kJustificationWrongTarget);
    }
    {
        const auto block = chain_->seal_block();
        auto surplus = voters.justify(ref_of(block), 0);
        surplus.votes_ancestries.push_back(substrate::decode_header(block.header).value());
        expect_refused(block, evidence(block, surplus), Refusal::kJustificationBadAncestry);
    }
    {
        const auto block = chain_->seal_block();
        auto cut = chain_->finality_of(block);
        cut.justification->pop_back();
        expect_refused(block, cut, Refusal::kJustificationUnreadable);
    }
    {
        const auto block = chain_->seal_block();
        auto none = chain_->finality_of(block);
        none.justification.reset();
        expect_refused(block, none, Refusal::kJustificationMissing);
    }
}

TEST_P(ChainView, refuses_headers_that_do_not_lead_to_the_block) {
    boot();
    next_block();
    const auto first = chain_->seal_block();
    const auto second = chain_->seal_block();
    auto gap = chain_->finality_of(second);
    EXPECT_ERROR(give(gap), Refusal::kHeadersUnlinked);
    auto unreadable = chain_->finality_of(second);
    unreadable.headers[0].pop_back();
    EXPECT_ERROR(give(unreadable), Refusal::kHeaderUnusable);
    boundary::Finality empty;
    empty.justification = Bytes{1};
    EXPECT_ERROR(give(empty), Refusal::kHeadersUnlinked);
    auto both = chain_->finality_of(second);
    both.headers.insert(both.headers.begin(), first.header);
    EXPECT_OK(give(both));
    EXPECT_EQ(status().finality->blocks_waiting, 2U);
    EXPECT_ERROR(give(chain_->finality_of(first)), Refusal::kFinalityStale);
}

TEST_P(ChainView, imports_final_blocks_once_and_in_order) {
    boot();
    next_block();
    const auto first = chain_->seal_block();
    const auto second = chain_->seal_block();
    auto both = chain_->finality_of(second);
    both.headers.insert(both.headers.begin(), first.header);
    ASSERT_OK(give(both));
    EXPECT_ERROR(driver_->ask<boundary::Commit>(second), Refusal::kNotFinal);
    EXPECT_OK(driver_->process(first));
    EXPECT_ERROR(driver_->ask<boundary::Commit>(first), Refusal::kNotFinal);
    EXPECT_OK(driver_->process(second));
    EXPECT_ERROR(driver_->ask<boundary::Commit>(second), Refusal::kNotFinal);
    const auto not_yet = chain_->seal_block();
    EXPECT_ERROR(driver_->ask<boundary::Commit>(not_yet), Refusal::kNotFinal);
}

TEST_P(ChainView, follows_a_scheduled_change_and_refuses_the_retired_set) {
    boot();
    next_block();
    const GrandpaVoters next{4, 9};
    chain_->alter_header([&](substrate::Header& header) {
        add_change(header, light_client::ScheduledChange{.next = next.list(), .delay = 1});
    });
    const auto announced = chain_->seal_block();
    const auto last_of_old = chain_->seal_block();
    const auto first_of_new = chain_->seal_block();
    // Headers may not go past the block at which the old set ends.
    auto past = chain_->finality_of(first_of_new);
    past.headers = {announced.header, last_of_old.header, first_of_new.header};
    EXPECT_ERROR(give(past), Refusal::kSetChangeSkipped);
    auto to_change = chain_->finality_of(last_of_old);
    to_change.headers = {announced.header, last_of_old.header};
    ASSERT_OK(give(to_change));
    EXPECT_EQ(status().finality->set_id, 1U);
    EXPECT_EQ(status().finality->authorities, 4U);
    // Long range: the retired set signs on, under its own and under the new id.
    EXPECT_ERROR(give(chain_->finality_of(first_of_new)), Refusal::kJustificationForeign);
    EXPECT_ERROR(give(evidence(first_of_new, chain_->voters().justify(ref_of(first_of_new), 1))),
                 Refusal::kJustificationForeign);
    // The new set under the id of the old one.
    EXPECT_ERROR(give(evidence(first_of_new, next.justify(ref_of(first_of_new), 0))),
                 Refusal::kJustificationBadSignature);
    ASSERT_OK(give(evidence(first_of_new, next.justify(ref_of(first_of_new), 1))));
    EXPECT_OK(driver_->process(announced));
    EXPECT_OK(driver_->process(last_of_old));
    EXPECT_OK(driver_->process(first_of_new));
    // The set survives a restart.
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    EXPECT_EQ(status().finality->set_id, 1U);
    const auto block = chain_->seal_block();
    EXPECT_ERROR(give(chain_->finality_of(block)), Refusal::kJustificationForeign);
    EXPECT_OK(give(evidence(block, next.justify(ref_of(block), 1))));
}

TEST_P(ChainView, halts_on_a_forced_change_and_says_so) {
    boot();
    next_block();
    const GrandpaVoters next{4, 9};
    chain_->alter_header([&](substrate::Header& header) {
        add_change(header,
                   light_client::ForcedChange{.median_last_finalized = 0, .next = next.list(), .delay = 0});
    });
    const auto forced = chain_->seal_block();
    EXPECT_ERROR(give(chain_->finality_of(forced)), Refusal::kHaltForcedChange);
    EXPECT_EQ(status().finality->halted, static_cast<std::uint32_t>(Refusal::kHaltForcedChange));
    EXPECT_ERROR(driver_->ask<boundary::Commit>(forced), Refusal::kNotFinal);
}

TEST_P(ChainView, halts_when_two_branches_are_finalized) {
    boot();
    next_block();
    const auto fork_point = chain_->head();
    next_block();
    chain_->set_head(fork_point);
    chain_->add_timestamp(kNowMs);
    const auto other = chain_->seal_block();
    EXPECT_ERROR(give(chain_->finality_of(other)), Refusal::kHaltConflict);
    EXPECT_EQ(status().finality->halted, static_cast<std::uint32_t>(Refusal::kHaltConflict));
    EXPECT_ERROR(give(chain_->finality_of(chain_->seal_block())), Refusal::kHaltConflict);
}

TEST_P(ChainView, refuses_authorities_that_cannot_be_used) {
    boot();
    next_block();
    const auto before = chain_->head();
    chain_->alter_header([&](substrate::Header& header) {
        add_change(header, light_client::ScheduledChange{.next = {}, .delay = 0});
    });
    const auto empty = chain_->seal_block();
    EXPECT_ERROR(give(chain_->finality_of(empty)), Refusal::kAuthoritiesUnusable);
    chain_->set_head(before);
    next_block();
}

TEST_P(ChainView, hops_over_headers_before_the_first_block_only) {
    boot();
    static_cast<void>(chain_->seal_block());
    static_cast<void>(chain_->seal_block());
    const auto target = chain_->seal_block();
    const auto fragment = [&](const boundary::ImportBlock& block) {
        Bytes out{4};
        append(out, block.header);
        append(out, *chain_->finality_of(block).justification);
        out.push_back(1);
        return boundary::FinalityHop{.warp_sync = out};
    };
    EXPECT_ERROR(driver_->ask<boundary::FinalityMoved>(boundary::FinalityHop{.warp_sync = {1, 2, 3}}),
                 Refusal::kWarpSyncUnusable);
    ASSERT_OK(driver_->ask<boundary::FinalityMoved>(fragment(target)));
    EXPECT_OK(driver_->process(target));
    static_cast<void>(chain_->seal_block());
    EXPECT_ERROR(driver_->ask<boundary::FinalityMoved>(fragment(chain_->seal_block())), Refusal::kHopTooLate);
}

// Bodies and state -------------------------------------------------------------------------------------

TEST_P(ChainView, refuses_a_body_that_is_not_the_blocks) {
    boot();
    chain_->add_timestamp(kNowMs);
    const auto block = chain_->seal_block();
    auto without = block;
    without.extrinsics.clear();
    EXPECT_ERROR(driver_->import(without), Refusal::kExtrinsicsRootMismatch);
    auto altered = block;
    altered.extrinsics[0].back() ^= 1;
    EXPECT_ERROR(driver_->import(altered), Refusal::kExtrinsicsRootMismatch);
    auto twice = block;
    twice.extrinsics.push_back(block.extrinsics[0]);
    EXPECT_ERROR(driver_->import(twice), Refusal::kExtrinsicsRootMismatch);
    EXPECT_EQ(status().last_block, std::nullopt);
    EXPECT_OK(driver_->process(block));
}

TEST_P(ChainView, refuses_proofs_that_do_not_show_the_events) {
    boot();
    chain_->add_timestamp(kNowMs);
    const auto block = chain_->seal_block();
    auto none = block;
    none.state_proof.clear();
    EXPECT_ERROR(driver_->import(none), Refusal::kStateProofMissing);
    auto altered = block;
    altered.state_proof.back().back() ^= 1;
    const auto refused = driver_->import(altered);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error() == Refusal::kStateProofBad || refused.error() == Refusal::kStateProofMissing);
    auto twice = block;
    twice.state_proof.push_back(block.state_proof[0]);
    EXPECT_ERROR(driver_->import(twice), Refusal::kStateProofBad);
    auto surplus = block;
    surplus.state_proof.push_back(Bytes{1, 2, 3});
    EXPECT_ERROR(driver_->import(surplus), Refusal::kStateProofBad);
    // Proves the events, and not which runtime made them.
    const std::vector<Bytes> events_only{substrate::storage_prefix("System", "Events")};
    auto incomplete = block;
    incomplete.state_proof = chain_->prove(block, events_only);
    if (incomplete.state_proof != block.state_proof) {
        EXPECT_ERROR(driver_->import(incomplete), Refusal::kStateProofMissing);
    }
    EXPECT_OK(driver_->process(block));
    // A proof of an older state.
    auto replayed = chain_->seal_block();
    const auto good = replayed.state_proof;
    replayed.state_proof = block.state_proof;
    EXPECT_ERROR(driver_->import(replayed), Refusal::kStateProofMissing);
    replayed.state_proof = good;
    EXPECT_OK(driver_->process(replayed));
}

TEST_P(ChainView, notices_a_runtime_that_the_metadata_is_not_of) {
    boot();
    next_block();
    chain_->set_spec_version(51);
    EXPECT_ERROR(driver_->process(chain_->seal_block()), Refusal::kRuntimeOutdated);
}

TEST_P(ChainView, refuses_other_metadata_for_the_same_runtime) {
    boot();
    next_block();
    auto other = chain_->metadata_bytes();
    // A letter of an error's name: the metadata decodes and says something else.
    const std::string_view word = "InsufficientBalance";
    const auto at = std::search(other.begin(), other.end(), word.begin(), word.end());
    ASSERT_NE(at, other.end());
    *at ^= 0x20;
    const boundary::SetRuntime message{
        .metadata = other, .ss58_prefix = 13, .decimals = 12, .symbol = "TEER"};
    EXPECT_ERROR(driver_->ask<boundary::RuntimeSet>(message), Refusal::kMetadataChanged);
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    EXPECT_ERROR(driver_->ask<boundary::RuntimeSet>(message), Refusal::kMetadataChanged);
    next_block();
}

TEST_P(ChainView, refuses_a_header_of_another_block) {
    boot();
    const auto block = chain_->seal_block();
    ASSERT_OK(give(chain_->finality_of(block)));
    auto altered = block;
    altered.header.back() ^= 1;
    const auto refused = driver_->ask<boundary::Commit>(altered);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error() == Refusal::kNotFinal || refused.error() == Refusal::kHeaderUnusable);
    EXPECT_OK(driver_->process(block));
}

// Restarts --------------------------------------------------------------------------------------------

TEST_P(ChainView, wants_the_headers_between_the_last_and_the_finalized_block_after_a_restart) {
    boot();
    next_block();
    const auto first = chain_->seal_block();
    const auto second = chain_->seal_block();
    const auto third = chain_->seal_block();
    auto all = chain_->finality_of(third);
    all.headers = {first.header, second.header, third.header};
    ASSERT_OK(give(all));
    ASSERT_OK(driver_->process(first));
    driver_->restart();
    const auto position = driver_->boot(*chain_);
    ASSERT_OK(position);
    EXPECT_EQ(position.value().last_block->number + 2, chain_->head().number);
    EXPECT_EQ(position.value().finalized, chain_->head());
    // An older view: evidence for what was final already.
    auto older = chain_->finality_of(second);
    EXPECT_ERROR(give(older), Refusal::kHeadersMissing);
    EXPECT_ERROR(driver_->ask<boundary::Commit>(second), Refusal::kNotFinal);
    boundary::Finality gap;
    gap.headers = {second.header};
    EXPECT_ERROR(give(gap), Refusal::kHeadersUnlinked);
    gap.headers = {third.header};
    EXPECT_ERROR(give(gap), Refusal::kHeadersUnlinked);
    gap.headers = {second.header, third.header};
    ASSERT_OK(give(gap));
    EXPECT_OK(driver_->process(second));
    EXPECT_OK(driver_->process(third));
    next_block();
}

TEST_P(ChainView, refuses_another_branch_after_a_restart) {
    boot();
    next_block();
    const auto fork_point = chain_->head();
    next_block();
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    chain_->set_head(fork_point);
    chain_->add_timestamp(kNowMs);
    const auto other = chain_->seal_block();
    EXPECT_ERROR(give(chain_->finality_of(other)), Refusal::kHeadersUnlinked);
    EXPECT_ERROR(driver_->ask<boundary::Commit>(other), Refusal::kNotFinal);
}

// Authors ---------------------------------------------------------------------------------------------

using HeaderChange = std::function<void(substrate::Header&)>;

/// Seals a header as Aura does.
HeaderChange sealed_by(std::string_view author, std::uint64_t slot) {
    return [author, slot](substrate::Header& header) {
        header.digest.push_back({.kind = substrate::DigestKind::kPreRuntime,
                                 .engine = substrate::kAuraEngine,
                                 .data = scale::encode(slot)});
        const auto hash = substrate::header_hash(substrate::encode(header));
        const auto signature = dev_account(author).sign(hash.view());
        header.digest.push_back({.kind = substrate::DigestKind::kSeal,
                                 .engine = substrate::kAuraEngine,
                                 .data = to_bytes(signature.bytes())});
    };
}

class SealedChain : public ChainView {
  protected:
    static constexpr std::uint64_t kSlotOfAlice = 600;

    /// A chain whose state names Alice and Bob as its authors, and an enclave that has seen its first block.
    void begin() {
        chain_.emplace(metadata_);
        driver_.emplace(GetParam(), FinalityKind::kVerified);
        chain_->set_storage(substrate::storage_prefix("Aura", "Authorities"),
                            scale::encode(std::vector{dev_account("//Alice").account_id(),
                                                      dev_account("//Bob").account_id()}));
        boot();
        next_block();  // nobody has shown the state before this one, and with it who may seal it
    }
    Result<boundary::Committed> give_block(HeaderChange change) {
        chain_->alter_header(std::move(change));
        return driver_->process(chain_->seal_block());
    }
};

TEST_P(SealedChain, takes_the_blocks_of_the_author_whose_slot_it_is) {
    begin();
    EXPECT_OK(give_block(sealed_by("//Alice", kSlotOfAlice)));
    EXPECT_OK(give_block(sealed_by("//Bob", kSlotOfAlice + 1)));
    // Not known after a restart, until a block shows it again.
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_));
    next_block();
    EXPECT_OK(give_block(sealed_by("//Alice", kSlotOfAlice + 2)));
}

TEST_P(SealedChain, refuses_a_final_block_that_its_author_had_no_right_to) {
    const auto altered = [](substrate::Header& header) {
        sealed_by("//Alice", kSlotOfAlice)(header);
        header.digest.front().data.front() ^= 2;
    };
    for (const auto& change : {sealed_by("//Bob", kSlotOfAlice), sealed_by("//Alice", kSlotOfAlice + 1),
                               sealed_by("//Charlie", kSlotOfAlice), HeaderChange{altered}, HeaderChange{}}) {
        begin();
        const auto before = status().last_block;
        EXPECT_ERROR(give_block(change), Refusal::kSealBad);
        EXPECT_EQ(status().last_block, before);
    }
}

TEST_P(SealedChain, leaves_a_chain_without_authors_in_its_state_alone) {
    begin();
    chain_->set_storage(substrate::storage_prefix("Aura", "Authorities"), std::nullopt);
    EXPECT_OK(give_block(sealed_by("//Bob", kSlotOfAlice + 1)));
    EXPECT_OK(give_block({}));
}

// Staleness -------------------------------------------------------------------------------------------

TEST_P(ChainView, signs_nothing_while_finality_is_stale_and_recovers) {
    constexpr std::uint64_t kLimitMs = 60'000;
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    auto start = driver_->start_message(*chain_, false);
    start.stale_after_ms = kLimitMs;
    const auto started = driver_->ask<boundary::Started>(start);
    ASSERT_OK(started);
    EXPECT_EQ(started.value().stale_after_ms, kLimitMs);
    driver_->store().sealed_identity = *started.value().sealed_identity;
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_, false));
    chain_->add_timestamp(kNowMs);
    next_block();
    const auto sign = [&] {
        const auto items = driver_->outbox();
        return driver_->ask<boundary::Signed>(boundary::SignOutbox{.id = items.at(0).id, .nonce = 0});
    };
    EXPECT_FALSE(status(kNowMs - 1'000'000).stale) << "a slow clock counts as the chain's";
    EXPECT_FALSE(status(kNowMs + kLimitMs).stale);
    EXPECT_OK(sign());
    EXPECT_TRUE(status(kNowMs + kLimitMs + 1).stale);
    EXPECT_TRUE(status(kNowMs).stale) << "a clock that goes back makes nothing younger";
    EXPECT_ERROR(sign(), Refusal::kStale);
    EXPECT_ERROR(driver_->ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}), Refusal::kStale);
    if (driver_->backend() != nullptr) {
        EXPECT_TRUE(driver_->backend()->health().stale);
    }
    chain_->add_timestamp(kNowMs + kLimitMs);
    next_block();
    EXPECT_FALSE(status().stale);
    EXPECT_OK(sign());
}

TEST_P(ChainView, is_not_stale_on_a_chain_that_has_no_time_yet) {
    auto start = driver_->start_message(*chain_, false);
    start.stale_after_ms = 60'000;
    ASSERT_OK(driver_->ask<boundary::HelloReply>(boundary::Hello{}));
    const auto started = driver_->ask<boundary::Started>(start);
    ASSERT_OK(started);
    driver_->store().sealed_identity = *started.value().sealed_identity;
    driver_->restart();
    ASSERT_OK(driver_->boot(*chain_, false));
    next_block();
    EXPECT_FALSE(status(kNowMs).stale);
    EXPECT_OK(driver_->ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}));
}

std::string name_of(const ::testing::TestParamInfo<EnclaveKind>& kind) {
    return kind.param == EnclaveKind::kInProcess ? "in_process" : "sandboxed";
}

constexpr std::array kKinds = {EnclaveKind::kInProcess, EnclaveKind::kSandboxed};
INSTANTIATE_TEST_SUITE_P(Enclave, ChainView, ::testing::ValuesIn(kKinds), name_of);
INSTANTIATE_TEST_SUITE_P(Enclave, SealedChain, ::testing::ValuesIn(kKinds), name_of);

}  // namespace
}  // namespace redoubt::tests
