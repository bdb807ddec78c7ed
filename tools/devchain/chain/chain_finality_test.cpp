#include <gmock/gmock.h>
#include <tests/support/result_matchers.hpp>

#include <light-client/finality_tracker.hpp>
#include <tools/devchain/chain/test_support.hpp>

namespace redoubt::devchain {
namespace {

using namespace tests;
using light_client::FinalityError;
using light_client::FinalityTracker;

/// A light client that starts at the genesis and gets each finalization as it happens.
class Follower final : public Observer {
  public:
    explicit Follower(Chain& chain) : chain_(&chain), tracker_(start(chain)) { chain.add_observer(*this); }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    ~Follower() override { chain_->remove_observer(*this); }

    void on_finalized(const Finalization& notice) override {
        std::vector<Bytes> headers;
        for (const auto& hash : notice.finalized) {
            headers.push_back(substrate::encode(chain_->header(hash).value()));
        }
        outcomes.push_back(tracker_.submit(headers, notice.justification));
        justifications.push_back(light_client::decode_justification(notice.justification.value()).value());
    }

    [[nodiscard]] const FinalityTracker& tracker() const { return tracker_; }

    std::vector<Result<void>> outcomes;
    std::vector<light_client::Justification> justifications;

  private:
    static FinalityTracker start(Chain& chain) {
        light_client::FinalityState state;
        state.finalized = {{chain.genesis_hash(), 0}, chain.header(chain.genesis_hash()).value().state_root};
        state.authorities = chain.finality().authorities;
        return FinalityTracker::from(state).value();
    }

    Chain* chain_;
    FinalityTracker tracker_;
};

ChainOptions options_with(unsigned authorities, std::uint32_t lag = 0) {
    auto options = test_options();
    options.authorities = authorities;
    options.finality_lag = lag;
    return options;
}

void expect_all_accepted(const Follower& follower, const Chain& chain) {
    for (const auto& outcome : follower.outcomes) {
        EXPECT_OK(outcome);
    }
    EXPECT_EQ(follower.tracker().state().finalized.block, chain.finalized());
    EXPECT_EQ(follower.tracker().state().set_id, chain.finality().set_id);
    EXPECT_EQ(follower.tracker().state().authorities, chain.finality().authorities);
}

TEST(ChainFinality, a_light_client_believes_every_justification) {
    const auto chain = open_chain(options_with(4));
    Follower follower{*chain};
    build(*chain, 5);
    EXPECT_EQ(chain->finalized().number, 5U);
    EXPECT_EQ(follower.outcomes.size(), 5U);
    expect_all_accepted(follower, *chain);
}

TEST(ChainFinality, votes_on_descendants_bring_their_ancestries) {
    const auto chain = open_chain(options_with(4, 2));
    Follower follower{*chain};
    build(*chain, 6);
    EXPECT_EQ(chain->finalized().number, 4U);
    expect_all_accepted(follower, *chain);
    for (const auto& justification : follower.justifications) {
        EXPECT_EQ(justification.votes_ancestries.size(), 1U);
        EXPECT_EQ(justification.votes_ancestries.front().number, justification.target.number + 1);
    }
}

TEST(ChainFinality, stalls_and_catches_up_in_one_step) {
    const auto chain = open_chain(options_with(3));
    Follower follower{*chain};
    ASSERT_OK(chain->stall_finality(true));
    build(*chain, 7);
    EXPECT_EQ(chain->finalized().number, 0U);
    EXPECT_EQ(chain->unfinalized().size(), 7U);
    ASSERT_OK(chain->set_finality_lag(2));
    EXPECT_TRUE(follower.outcomes.empty());
    ASSERT_OK(chain->stall_finality(false));
    EXPECT_EQ(chain->finalized().number, 5U);
    EXPECT_EQ(follower.outcomes.size(), 1U);
    expect_all_accepted(follower, *chain);
}

class ScheduledChange : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(ScheduledChange, is_followed_by_a_light_client_through_several_sets) {
    const auto delay = GetParam();
    const auto chain = open_chain(options_with(4, 1));
    Follower follower{*chain};
    build(*chain, 2);
    for (std::uint32_t generation = 1; generation <= 3; ++generation) {
        const auto next = chain->development_authorities(2 + generation, generation).value();
        ASSERT_OK(chain->schedule_authority_change(next, delay));
        const auto announced_at = chain->best().number + 1;
        build(*chain, delay + 3);
        EXPECT_EQ(chain->finality().set_id, generation);
        EXPECT_EQ(chain->finality().authorities, next);
        const auto last = chain->hash_by_number(announced_at + delay).value();
        EXPECT_TRUE(chain->justification(last).has_value()) << "the last block of a set";
    }
    expect_all_accepted(follower, *chain);
}

TEST_P(ScheduledChange, is_caught_up_with_after_a_stall) {
    const auto delay = GetParam();
    const auto chain = open_chain(options_with(3));
    Follower follower{*chain};
    ASSERT_OK(chain->stall_finality(true));
    for (std::uint32_t generation = 1; generation <= 2; ++generation) {
        ASSERT_OK(
            chain->schedule_authority_change(chain->development_authorities(3, generation).value(), delay));
        build(*chain, delay + 2);
    }
    ASSERT_OK(chain->stall_finality(false));
    EXPECT_EQ(chain->finalized(), chain->best());
    EXPECT_EQ(chain->finality().set_id, 2U);
    EXPECT_EQ(follower.outcomes.size(), 3U) << "each set ends with a justification of its own";
    expect_all_accepted(follower, *chain);
}

INSTANTIATE_TEST_SUITE_P(Delays, ScheduledChange, ::testing::Values(0U, 1U, 3U));

TEST(ChainFinality, refuses_a_second_change_while_one_is_pending) {
    const auto chain = open_chain(options_with(1));
    const auto next = chain->development_authorities(1, 1).value();
    ASSERT_OK(chain->schedule_authority_change(next, 3));
    EXPECT_ERROR(chain->schedule_authority_change(next, 3), ChainError::kChangePending);
    build(*chain, 3);
    EXPECT_ERROR(chain->schedule_authority_change(next, 0), ChainError::kChangePending);
    build(*chain, 1);
    EXPECT_OK(chain->schedule_authority_change(next, 0));
    EXPECT_ERROR(chain->schedule_authority_change({}, 0), ChainError::kUnusableAuthoritySet);
}

TEST(ChainFinality, stands_still_when_the_new_voters_are_not_here) {
    const auto chain = open_chain(options_with(1));
    light_client::Authority stranger;
    stranger.id.bytes.fill(7);
    stranger.weight = 1;
    ASSERT_OK(chain->schedule_authority_change({stranger}, 0));
    build(*chain, 3);
    EXPECT_EQ(chain->best().number, 3U);
    EXPECT_EQ(chain->finalized().number, 1U);
    EXPECT_ERROR(chain->finalize(chain->best().hash), ChainError::kNoQuorum);
    const auto rescue = chain->development_authorities(2, 5).value();
    ASSERT_OK(chain->force_authority_change(rescue, 1));
    build(*chain, 2);
    EXPECT_EQ(chain->finality().set_id, 2U);
    EXPECT_EQ(chain->finalized().number, 5U);
}

TEST(ChainFinality, forced_change_halts_a_light_client) {
    const auto chain = open_chain(options_with(2));
    Follower follower{*chain};
    build(*chain, 2);
    ASSERT_OK(chain->force_authority_change(chain->development_authorities(3, 1).value(), 1));
    build(*chain, 1);
    EXPECT_EQ(chain->finality().set_id, 0U) << "the old set signs the block that announces the change";
    EXPECT_EQ(chain->finalized().number, 3U);
    EXPECT_ERROR(follower.outcomes.back(), FinalityError::kForcedChange);
    EXPECT_TRUE(follower.tracker().halted().has_value());
}

TEST(ChainFinality, forced_change_waits_for_its_delay) {
    const auto chain = open_chain(options_with(2));
    build(*chain, 1);
    ASSERT_OK(chain->force_authority_change(chain->development_authorities(3, 1).value(), 2));
    build(*chain, 2);
    EXPECT_EQ(chain->finality().set_id, 0U);
    build(*chain, 1);
    EXPECT_EQ(chain->finality().set_id, 1U);
}

TEST(ChainFinality, stores_justifications_every_so_often) {
    auto options = options_with(1);
    options.justify_every = 4;
    const auto chain = open_chain(std::move(options));
    build(*chain, 9);
    for (std::uint32_t number = 1; number <= 9; ++number) {
        EXPECT_EQ(chain->justification(chain->hash_by_number(number).value()).has_value(), number % 4 == 0)
            << number;
    }
}

TEST(ChainFinality, proofs_of_finality_lead_over_set_changes) {
    const auto chain = open_chain(options_with(4));
    light_client::FinalityState start;
    start.finalized = {{chain->genesis_hash(), 0}, {}};
    start.authorities = chain->finality().authorities;
    auto tracker = FinalityTracker::from(start).value();
    build(*chain, 2);
    ASSERT_OK(chain->schedule_authority_change(chain->development_authorities(3, 1).value(), 2));
    build(*chain, 6);

    while (tracker.state().finalized.block != chain->finalized()) {
        const auto next = tracker.state().finalized.block.number + 1;
        const auto proof = chain->prove_finality(next).value();
        ASSERT_TRUE(proof.has_value());
        const auto decoded = light_client::decode_finality_proof(*proof).value();
        auto headers = decoded.unknown_headers;
        headers.insert(headers.begin(),
                       substrate::encode(chain->header(chain->hash_by_number(next).value()).value()));
        EXPECT_EQ(substrate::header_hash(headers.back()), decoded.block_hash);
        ASSERT_OK(tracker.submit(headers, decoded.justification));
    }
    EXPECT_EQ(tracker.state().set_id, 1U);
    EXPECT_ERROR(chain->prove_finality(9), ChainError::kNotCoveredByProofs);
}

TEST(ChainFinality, hooked_justifications_are_told_and_not_kept) {
    auto options = options_with(4);
    options.justify_every = 1;
    const auto chain = open_chain(std::move(options));
    Follower follower{*chain};
    chain->hooks().justification = [](const light_client::BlockRef&, Bytes bytes) {
        auto justification = light_client::decode_justification(bytes).value();
        justification.precommits.resize(2);
        return light_client::encode(justification);
    };
    build(*chain, 1);
    EXPECT_ERROR(follower.outcomes.back(), FinalityError::kWeightBelowThreshold);
    EXPECT_EQ(chain->finalized().number, 1U);
    const auto stored = chain->justification(chain->finalized().hash);
    chain->hooks() = {};
    EXPECT_NE(chain->justification(chain->finalized().hash), stored);
}

}  // namespace
}  // namespace redoubt::devchain
