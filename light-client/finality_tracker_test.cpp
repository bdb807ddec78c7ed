#include <light-client/finality_tracker.hpp>

#include <gtest/gtest.h>
#include <malloc.h>

#include <tests/support/grandpa_voters.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::light_client {
namespace {

using tests::add_change;
using tests::child_of;
using tests::GrandpaVoters;
using tests::ref_to;

const FinalizedBlock kStart{{Hash256{{7}}, 100}, {}};

FinalityState start_with(const GrandpaVoters& voters) {
    return {.finalized = kStart, .set_id = 3, .authorities = voters.list(), .pending = std::nullopt};
}

FinalityTracker tracker_of(FinalityState state) {
    return FinalityTracker::from(std::move(state)).value();
}

/// Headers one after the other, each a child of the one before.
struct Branch {
    explicit Branch(const BlockRef& from) : tip(from) {}

    BlockRef tip;
    std::vector<Bytes> headers;

    void append(std::uint8_t salt = 0) { append(child_of(tip, salt)); }
    void append(const substrate::Header& header) {
        headers.push_back(substrate::encode(header));
        tip = ref_to(header);
    }
    template <class Change>
    void append_change(const Change& change) {
        auto header = child_of(tip);
        add_change(header, change);
        append(header);
    }
};

Result<void> submit(FinalityTracker& tracker, const Branch& branch, const Justification& justification) {
    const auto bytes = encode(justification);
    return tracker.submit(branch.headers, ByteView{bytes});
}

/// Refuses, changes nothing, and goes on working.
void expect_refusal(FinalityTracker& tracker,
                    const Branch& branch,
                    const Justification& justification,
                    FinalityError error) {
    const auto before = tracker.state();
    EXPECT_ERROR(submit(tracker, branch, justification), error);
    EXPECT_EQ(tracker.state(), before);
    EXPECT_FALSE(tracker.halted().has_value());
}

void expect_halt(FinalityTracker& tracker,
                 const Branch& branch,
                 const Justification& justification,
                 FinalityError error) {
    const auto before = tracker.state();
    EXPECT_ERROR(submit(tracker, branch, justification), error);
    EXPECT_EQ(tracker.state(), before);
    EXPECT_EQ(tracker.halted(), make_error_code(error));
    Branch honest{before.finalized.block};
    honest.append();
    EXPECT_ERROR(submit(tracker, honest, justification), error);
}

TEST(FinalityTracker, takes_headers_that_the_last_one_justifies) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append();
    branch.append();
    EXPECT_OK(submit(tracker, branch, voters.justify(branch.tip, 3)));
    EXPECT_EQ(tracker.state().finalized.block, branch.tip);
    EXPECT_EQ(tracker.recent().size(), 3U);
}

TEST(FinalityTracker, refuses_headers_without_a_justification_and_justifications_of_others) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append();
    branch.append();
    EXPECT_ERROR(tracker.submit(branch.headers, std::nullopt), FinalityError::kMissingJustification);
    const auto justification = encode(voters.justify(branch.tip, 3));
    EXPECT_ERROR(tracker.submit({}, ByteView{justification}), FinalityError::kMissingJustification);
    const auto middle = ref_to(substrate::decode_header(branch.headers.front()).value());
    expect_refusal(tracker, branch, voters.justify(middle, 3), FinalityError::kWrongTarget);
    expect_refusal(tracker, branch, voters.justify(branch.tip, 4), FinalityError::kBadSignature);
    expect_refusal(tracker, branch, GrandpaVoters{4, 1}.justify(branch.tip, 3), FinalityError::kNoKnownVoter);
}

TEST(FinalityTracker, refuses_gaps_and_tampered_headers) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append();
    branch.append();
    branch.append();
    const auto justification = voters.justify(branch.tip, 3);
    auto with_gap = branch;
    with_gap.headers.erase(with_gap.headers.begin() + 1);
    expect_refusal(tracker, with_gap, justification, FinalityError::kBrokenChain);
    for (std::size_t i = 0; i < branch.headers.size(); ++i) {
        auto tampered = branch;
        tampered.headers[i][40] ^= 1;  // the state root
        EXPECT_TRUE(submit(tracker, tampered, justification).has_error());
    }
    auto late = branch;
    late.headers.erase(late.headers.begin());
    expect_refusal(tracker, late, justification, FinalityError::kBrokenChain);
    EXPECT_OK(submit(tracker, branch, justification));
    expect_refusal(tracker, branch, justification, FinalityError::kStale);
}

TEST(FinalityTracker, changes_the_set_after_the_delay_and_no_earlier) {
    const GrandpaVoters old_set{4};
    const GrandpaVoters new_set{4, 1};
    auto tracker = tracker_of(start_with(old_set));
    Branch first{kStart.block};
    first.append_change(ScheduledChange{new_set.list(), 2});  // in force after block 103
    EXPECT_OK(submit(tracker, first, old_set.justify(first.tip, 3)));
    EXPECT_EQ(tracker.state().set_id, 3U);
    ASSERT_TRUE(tracker.state().pending.has_value());
    EXPECT_EQ(tracker.state().pending->effective_number, 103U);

    Branch past{first.tip};
    past.append();
    past.append();
    const auto last_of_old = past.tip;
    past.append();
    expect_refusal(tracker, past, old_set.justify(past.tip, 3), FinalityError::kSetChangeSkipped);
    expect_refusal(tracker, past, new_set.justify(past.tip, 4), FinalityError::kSetChangeSkipped);
    past.headers.pop_back();
    expect_refusal(tracker, past, new_set.justify(last_of_old, 4), FinalityError::kNoKnownVoter);
    EXPECT_OK(submit(tracker, past, old_set.justify(last_of_old, 3)));
    EXPECT_EQ(tracker.state().set_id, 4U);
    EXPECT_EQ(tracker.state().authorities, new_set.list());
    EXPECT_FALSE(tracker.state().pending.has_value());

    // The retired set signs on, under its own id and under the next one.
    Branch after{last_of_old};
    after.append();
    expect_refusal(tracker, after, old_set.justify(after.tip, 3), FinalityError::kNoKnownVoter);
    expect_refusal(tracker, after, old_set.justify(after.tip, 4), FinalityError::kNoKnownVoter);
    EXPECT_OK(submit(tracker, after, new_set.justify(after.tip, 4)));
}

// The members return under a new id: what they signed before says nothing.
TEST(FinalityTracker, refuses_signatures_of_an_earlier_set_id_of_the_same_members) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch change{kStart.block};
    change.append_change(ScheduledChange{voters.list(), 0});
    EXPECT_OK(submit(tracker, change, voters.justify(change.tip, 3)));
    Branch next{change.tip};
    next.append();
    expect_refusal(tracker, next, voters.justify(next.tip, 3), FinalityError::kBadSignature);
    EXPECT_OK(submit(tracker, next, voters.justify(next.tip, 4)));
}

TEST(FinalityTracker, refuses_next_sets_that_cannot_be_used) {
    const GrandpaVoters voters{4};
    auto weightless = voters.list();
    for (auto& authority : weightless) {
        authority.weight = 0;
    }
    auto overflowing = voters.list();
    overflowing[0].weight = ~std::uint64_t{0};
    for (const auto& next : {AuthorityList{}, weightless, overflowing}) {
        auto tracker = tracker_of(start_with(voters));
        Branch branch{kStart.block};
        branch.append_change(ScheduledChange{next, 0});
        expect_refusal(tracker, branch, voters.justify(branch.tip, 3), FinalityError::kUnusableAuthoritySet);
    }
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append_change(ScheduledChange{voters.list(), 0xffffffff});
    expect_refusal(tracker, branch, voters.justify(branch.tip, 3), FinalityError::kBadDigest);
}

// Anybody can write a header: only one that the set stands behind stops the client.
TEST(FinalityTracker, halts_on_a_forced_change_that_the_set_signed_and_only_then) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append_change(ForcedChange{0, GrandpaVoters{4, 1}.list(), 0});
    branch.append();
    auto unsigned_votes = voters.justify(branch.tip, 3);
    unsigned_votes.precommits[0].signature = {};
    expect_refusal(tracker, branch, unsigned_votes, FinalityError::kBadSignature);
    expect_halt(tracker, branch, voters.justify(branch.tip, 3), FinalityError::kForcedChange);
}

TEST(FinalityTracker, halts_on_a_second_change_while_one_is_pending) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append_change(ScheduledChange{voters.list(), 5});
    branch.append_change(ScheduledChange{voters.list(), 5});
    expect_refusal(tracker, branch, GrandpaVoters{4, 1}.justify(branch.tip, 3), FinalityError::kNoKnownVoter);
    expect_halt(tracker, branch, voters.justify(branch.tip, 3), FinalityError::kOverlappingChange);
}

TEST(FinalityTracker, halts_on_two_justified_branches) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append(1);
    EXPECT_OK(submit(tracker, branch, voters.justify(branch.tip, 3)));
    Branch other{kStart.block};
    other.append(2);
    expect_refusal(tracker, other, GrandpaVoters{4, 1}.justify(other.tip, 3), FinalityError::kBrokenChain);
    expect_halt(tracker, other, voters.justify(other.tip, 3), FinalityError::kConflictingFinality);
}

// Votes for two children by everybody, forged: no evidence. Really signed: finality is broken.
TEST(FinalityTracker, halts_on_contradicting_votes_only_when_they_are_signed) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    Branch branch{kStart.block};
    branch.append();
    const auto one = child_of(branch.tip, 1);
    const auto other = child_of(branch.tip, 2);
    Justification votes{.round = 1, .target = branch.tip, .precommits = {}, .votes_ancestries = {one, other}};
    votes.precommits.push_back(voters.vote(0, branch.tip, 1, 3));
    for (std::size_t i = 0; i < 4; ++i) {
        votes.precommits.push_back(voters.vote(i, ref_to(i % 2 == 0 ? one : other), 1, 3));
        votes.precommits.push_back(voters.vote(i, ref_to(i % 2 == 0 ? other : one), 1, 3));
    }
    auto forged = votes;
    forged.precommits.back().signature = {};
    expect_refusal(tracker, branch, forged, FinalityError::kBadSignature);
    expect_halt(tracker, branch, votes, FinalityError::kConflictingFinality);
}

TEST(FinalityTracker, refuses_batches_above_its_limits) {
    const GrandpaVoters voters{1};
    auto tracker = tracker_of(start_with(voters));
    const auto justification = encode(voters.justify(kStart.block, 3));
    const std::vector<Bytes> many(kHeaderBatchMax + 1);
    EXPECT_ERROR(tracker.submit(many, ByteView{justification}), FinalityError::kTooLarge);
    const std::vector<Bytes> large(2, Bytes(kHeaderBatchBytesMax / 2 + 1));
    EXPECT_ERROR(tracker.submit(large, ByteView{justification}), FinalityError::kTooLarge);
}

/// A warp sync response.
class Warp {
  public:
    void append(const substrate::Header& header, const Justification& justification) {
        redoubt::append(fragments_, substrate::encode(header));
        redoubt::append(fragments_, encode(justification));
        ++count_;
    }
    [[nodiscard]] Bytes bytes(bool is_finished) const {
        auto out = scale::encode(scale::Compact{count_});
        redoubt::append(out, fragments_);
        out.push_back(is_finished ? 1 : 0);
        return out;
    }

  private:
    Bytes fragments_;
    std::uint32_t count_ = 0;
};

substrate::Header header_at(std::uint32_t number) {
    return child_of({Hash256{{9}}, number - 1});
}

TEST(WarpSync, moves_over_set_changes) {
    const GrandpaVoters first{4};
    const GrandpaVoters second{7, 1};
    auto tracker = tracker_of(start_with(first));
    auto change = header_at(200);
    add_change(change, ScheduledChange{second.list(), 0});
    const auto last = header_at(300);
    Warp warp;
    warp.append(change, first.justify(ref_to(change), 3));
    warp.append(last, second.justify(ref_to(last), 4));
    EXPECT_ERROR(tracker.submit_warp_sync(warp.bytes(false)), FinalityError::kUnfinishedWarpSync);
    EXPECT_OK(tracker.submit_warp_sync(warp.bytes(true)));
    EXPECT_EQ(tracker.state().finalized.block, ref_to(last));
    EXPECT_EQ(tracker.state().set_id, 4U);
    EXPECT_EQ(tracker.state().authorities, second.list());
    EXPECT_EQ(tracker.recent().size(), 1U);
}

TEST(WarpSync, refuses_a_fragment_of_a_set_whose_change_was_left_out) {
    const GrandpaVoters first{4};
    const GrandpaVoters second{4, 1};
    auto tracker = tracker_of(start_with(first));
    const auto last = header_at(300);
    Warp warp;
    warp.append(last, second.justify(ref_to(last), 4));
    EXPECT_ERROR(tracker.submit_warp_sync(warp.bytes(true)), FinalityError::kNoKnownVoter);
    Warp two;
    two.append(header_at(200), first.justify(ref_to(header_at(200)), 3));
    two.append(last, first.justify(ref_to(last), 3));
    EXPECT_ERROR(tracker.submit_warp_sync(two.bytes(true)), FinalityError::kUnfinishedWarpSync);
    EXPECT_EQ(tracker.state(), start_with(first));
}

// A change that is pending binds warp sync too: the old set has no say beyond it.
TEST(WarpSync, keeps_a_pending_change) {
    const GrandpaVoters first{4};
    const GrandpaVoters second{4, 1};
    auto start = start_with(first);
    start.pending = PendingChange{200, second.list()};
    const auto response = [](const substrate::Header& header, const GrandpaVoters& voters, std::uint64_t id) {
        Warp warp;
        warp.append(header, voters.justify(ref_to(header), id));
        return warp.bytes(true);
    };
    auto tracker = tracker_of(start);
    EXPECT_ERROR(tracker.submit_warp_sync(response(header_at(201), first, 3)),
                 FinalityError::kSetChangeSkipped);
    EXPECT_EQ(tracker.state(), start);
    EXPECT_OK(tracker.submit_warp_sync(response(header_at(150), first, 3)));
    EXPECT_EQ(tracker.state().pending, start.pending);
    EXPECT_OK(tracker.submit_warp_sync(response(header_at(200), first, 3)));
    EXPECT_EQ(tracker.state().set_id, 4U);
    EXPECT_EQ(tracker.state().authorities, second.list());
    EXPECT_FALSE(tracker.state().pending.has_value());
    EXPECT_OK(tracker.submit_warp_sync(response(header_at(250), second, 4)));
}

TEST(WarpSync, halts_on_a_justified_forced_change) {
    const GrandpaVoters voters{4};
    auto tracker = tracker_of(start_with(voters));
    auto header = header_at(200);
    add_change(header, ForcedChange{0, voters.list(), 0});
    auto forged = voters.justify(ref_to(header), 3);
    forged.precommits[0].signature = {};
    Warp refused;
    refused.append(header, forged);
    EXPECT_ERROR(tracker.submit_warp_sync(refused.bytes(true)), FinalityError::kBadSignature);
    EXPECT_FALSE(tracker.halted().has_value());
    Warp warp;
    warp.append(header, voters.justify(ref_to(header), 3));
    EXPECT_ERROR(tracker.submit_warp_sync(warp.bytes(true)), FinalityError::kForcedChange);
    EXPECT_EQ(tracker.halted(), make_error_code(FinalityError::kForcedChange));
}

// 100,000 headers with 50 set changes: what the tracker holds after the first half does not grow in the
// second.
TEST(FinalityTracker, needs_no_more_memory_for_a_longer_chain) {
    constexpr std::size_t kBatches = 50;
    constexpr std::size_t kHeadersPerBatch = 2'000;
    std::array<GrandpaVoters, 2> sets{GrandpaVoters{4}, GrandpaVoters{4, 1}};
    auto tracker = tracker_of(start_with(sets[0]));
    std::size_t heap_at_half = 0;
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
        const auto id = 3 + batch;
        {
            Branch branch{tracker.state().finalized.block};
            while (branch.headers.size() + 1 < kHeadersPerBatch) {
                branch.append();
            }
            branch.append_change(ScheduledChange{sets[(batch + 1) % 2].list(), 0});
            ASSERT_OK(submit(tracker, branch, sets[batch % 2].justify(branch.tip, id)));
        }
        if (batch + 1 == kBatches / 2) {
            heap_at_half = mallinfo2().uordblks;
        }
    }
    EXPECT_EQ(tracker.state().finalized.block.number, kStart.block.number + kBatches * kHeadersPerBatch);
    EXPECT_EQ(tracker.state().set_id, 3 + kBatches);
    EXPECT_EQ(tracker.recent().size(), kRecentBlocksMax);
    // A deque's blocks move with its ends: a few hundred bytes of slack.
    EXPECT_LE(mallinfo2().uordblks, heap_at_half + 4'096);
}

TEST(FinalityProof, rejects_counts_and_sizes_above_the_limits) {
    Bytes bytes(32);
    append(bytes, scale::encode(Bytes{}));
    append(bytes, scale::encode(scale::Compact{static_cast<std::uint32_t>(kHeaderBatchMax + 1)}));
    EXPECT_ERROR(decode_finality_proof(bytes), FinalityError::kTooLarge);
    EXPECT_ERROR(decode_finality_proof(Bytes(kJustificationBytesMax + kHeaderBatchBytesMax + 1)),
                 FinalityError::kTooLarge);
}

}  // namespace
}  // namespace redoubt::light_client
