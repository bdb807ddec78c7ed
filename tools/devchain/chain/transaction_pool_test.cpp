#include <gmock/gmock.h>

#include <substrate/extrinsic.hpp>
#include <tools/devchain/chain/transaction_pool.hpp>

namespace redoubt::devchain {
namespace {

using Kind = PoolEventKind;

Bytes tag(char account, std::uint8_t nonce) {
    return {static_cast<std::uint8_t>(account), nonce};
}

/// What the runtime says of the transaction `nonce` of an account whose nonce is `next`.
ValidTransaction valid(char account, std::uint8_t nonce, std::uint8_t next = 0, std::uint64_t priority = 1) {
    ValidTransaction out;
    out.priority = priority;
    if (nonce > next) {
        out.requires_tags.push_back(tag(account, static_cast<std::uint8_t>(nonce - 1)));
    }
    out.provides_tags.push_back(tag(account, nonce));
    return out;
}

Hash256 hash_of(const Bytes& extrinsic) {
    return substrate::extrinsic_hash(extrinsic);
}

const Hash256 kBlock{{1}};
const Hash256 kOtherBlock{{2}};

class TransactionPoolTest : public ::testing::Test {
  protected:
    SubmitResult submit(const Bytes& extrinsic, const ValidTransaction& validity, std::uint32_t best = 0) {
        return pool.submit(extrinsic, validity, best);
    }
    std::vector<Kind> fate(const Bytes& extrinsic) {
        for (auto& event : pool.take_events()) {
            events.push_back(std::move(event));
        }
        std::vector<Kind> out;
        for (const auto& event : events) {
            if (event.txn == hash_of(extrinsic)) {
                out.push_back(event.kind);
            }
        }
        return out;
    }
    std::vector<Bytes> ready() const {
        std::vector<Bytes> out;
        for (const auto* txn : pool.ready()) {
            out.push_back(txn->extrinsic);
        }
        return out;
    }
    void enact(const Hash256& block, std::uint32_t number, const Bytes& extrinsic, const Bytes& provides) {
        pool.on_enacted(block, number, {{hash_of(extrinsic), 1, {provides}}}, 0);
    }

    TransactionPool pool{{}, {}};
    std::vector<PoolEvent> events;
    const Bytes a{1}, b{2}, c{3}, d{4};
};

TEST_F(TransactionPoolTest, orders_by_priority_then_expiry_then_arrival) {
    auto soon = valid('c', 0);
    soon.longevity = 10;
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    ASSERT_TRUE(submit(b, valid('b', 0)).has_value());
    ASSERT_TRUE(submit(c, soon).has_value());
    ASSERT_TRUE(submit(d, valid('d', 0, 0, 5)).has_value());
    EXPECT_EQ(ready(), (std::vector<Bytes>{d, c, a, b}));
}

TEST_F(TransactionPoolTest, keeps_the_order_of_nonces_whatever_the_priorities) {
    ASSERT_TRUE(submit(a, valid('a', 0, 0, 1)).has_value());
    ASSERT_TRUE(submit(b, valid('a', 1, 0, 9)).has_value());
    EXPECT_EQ(ready(), (std::vector<Bytes>{a, b}));
}

TEST_F(TransactionPoolTest, future_becomes_ready_when_the_gap_closes) {
    ASSERT_TRUE(submit(b, valid('a', 1)).has_value());
    EXPECT_EQ(fate(b), std::vector{Kind::kFuture});
    EXPECT_THAT(ready(), ::testing::IsEmpty());
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    EXPECT_EQ(fate(b), (std::vector{Kind::kFuture, Kind::kReady}));
    EXPECT_EQ(ready(), (std::vector<Bytes>{a, b}));
}

TEST_F(TransactionPoolTest, future_becomes_ready_when_a_block_closes_the_gap) {
    ASSERT_TRUE(submit(b, valid('a', 1)).has_value());
    enact(kBlock, 1, a, tag('a', 0));
    EXPECT_EQ(fate(b), (std::vector{Kind::kFuture, Kind::kReady}));
}

TEST_F(TransactionPoolTest, refuses_a_transaction_twice) {
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    EXPECT_EQ(submit(a, valid('a', 0)).error().failure, SubmitFailure::kAlreadyImported);
}

TEST_F(TransactionPoolTest, replaces_only_by_higher_priority) {
    ASSERT_TRUE(submit(a, valid('a', 0, 0, 5)).has_value());
    const auto equal_priority = submit(b, valid('a', 0, 0, 5));
    ASSERT_FALSE(equal_priority.has_value());
    EXPECT_EQ(equal_priority.error().failure, SubmitFailure::kTooLowPriority);
    EXPECT_EQ(equal_priority.error().old_priority, 5U);
    ASSERT_TRUE(submit(c, valid('a', 0, 0, 6)).has_value());
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kUsurped}));
    EXPECT_EQ(events[1].subject, hash_of(c));
    EXPECT_EQ(ready(), std::vector<Bytes>{c});
}

TEST_F(TransactionPoolTest, drops_the_least_urgent_when_full) {
    PoolLimits limits;
    limits.ready_count_max = 2;
    pool = TransactionPool{limits, {}};
    ASSERT_TRUE(submit(a, valid('a', 0, 0, 2)).has_value());
    ASSERT_TRUE(submit(b, valid('b', 0, 0, 3)).has_value());
    EXPECT_EQ(submit(c, valid('c', 0, 0, 1)).error().failure, SubmitFailure::kImmediatelyDropped);
    ASSERT_TRUE(submit(d, valid('d', 0, 0, 4)).has_value());
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kDropped}));
    EXPECT_EQ(ready(), (std::vector<Bytes>{d, b}));
}

TEST_F(TransactionPoolTest, bounds_the_future) {
    PoolLimits limits;
    limits.future_count_max = 1;
    pool = TransactionPool{limits, {}};
    ASSERT_TRUE(submit(a, valid('a', 1)).has_value());
    EXPECT_EQ(submit(b, valid('b', 1)).error().failure, SubmitFailure::kImmediatelyDropped);
}

TEST_F(TransactionPoolTest, invalidates_at_the_end_of_longevity) {
    auto mortal = valid('a', 0);
    mortal.longevity = 3;
    ASSERT_TRUE(submit(a, mortal, 10).has_value());
    pool.on_enacted(kBlock, 12, {}, 0);
    EXPECT_EQ(fate(a), std::vector{Kind::kReady});
    pool.on_enacted(kOtherBlock, 13, {}, 0);
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kInvalid}));
}

TEST_F(TransactionPoolTest, bans_what_was_invalid_for_a_while) {
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    ASSERT_TRUE(submit(b, valid('a', 1)).has_value());
    pool.remove_invalid(hash_of(a), 1'000);
    EXPECT_EQ(fate(b), (std::vector{Kind::kReady, Kind::kInvalid}));
    EXPECT_TRUE(pool.is_banned(hash_of(a), 1'000 + PoolLimits{}.ban_ms - 1));
    EXPECT_FALSE(pool.is_banned(hash_of(a), 1'000 + PoolLimits{}.ban_ms));
}

TEST_F(TransactionPoolTest, invalidates_what_another_transaction_overtook) {
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    ASSERT_TRUE(submit(b, valid('a', 1)).has_value());
    enact(kBlock, 1, c, tag('a', 0));
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kInvalid}));
    EXPECT_EQ(ready(), std::vector<Bytes>{b});
}

TEST_F(TransactionPoolTest, finalizes_what_a_block_held) {
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    enact(kBlock, 1, a, tag('a', 0));
    pool.on_finalized(kBlock);
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kFinalized}));
    EXPECT_EQ(events[1].subject, kBlock);
    EXPECT_EQ(events[1].extrinsic_index, 1U);
}

TEST_F(TransactionPoolTest, gives_up_waiting_for_finality) {
    PoolLimits limits;
    limits.finality_blocks_max = 1;
    pool = TransactionPool{limits, {}};
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    ASSERT_TRUE(submit(b, valid('b', 0)).has_value());
    enact(kBlock, 1, a, tag('a', 0));
    enact(kOtherBlock, 2, b, tag('b', 0));
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kFinalityTimeout}));
    EXPECT_EQ(fate(b), (std::vector{Kind::kReady, Kind::kInBlock}));
}

TEST_F(TransactionPoolTest, takes_back_what_a_reorganisation_retracted) {
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    ASSERT_TRUE(submit(b, valid('a', 1)).has_value());
    enact(kBlock, 1, a, tag('a', 0));
    pool.on_retracted(kBlock);
    EXPECT_EQ(pool.take_all(), (std::vector<Bytes>{a, b}));
    pool.resubmit(a, valid('a', 0), 1, 0);
    pool.resubmit(b, valid('a', 1), 1, 0);
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kRetracted, Kind::kReady}));
    EXPECT_EQ(fate(b), std::vector{Kind::kReady});
    EXPECT_EQ(ready(), (std::vector<Bytes>{a, b}));
}

TEST_F(TransactionPoolTest, follows_a_transaction_to_the_other_branch) {
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    enact(kBlock, 1, a, tag('a', 0));
    pool.on_retracted(kBlock);
    enact(kOtherBlock, 1, a, tag('a', 0));
    EXPECT_THAT(pool.take_all(), ::testing::IsEmpty());
    pool.on_finalized(kOtherBlock);
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kRetracted, Kind::kInBlock,
                                    Kind::kFinalized}));
}

TEST_F(TransactionPoolTest, says_to_whom_it_broadcast) {
    pool = TransactionPool{{}, {"peer"}};
    ASSERT_TRUE(submit(a, valid('a', 0)).has_value());
    EXPECT_EQ(fate(a), (std::vector{Kind::kReady, Kind::kBroadcast}));
    EXPECT_EQ(events[1].peers, std::vector<std::string>{"peer"});
}

}  // namespace
}  // namespace redoubt::devchain
