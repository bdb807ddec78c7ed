#include <gtest/gtest.h>

#include <primitives/scale.hpp>
#include <stf/parentchain/indirect_calls.hpp>
#include <tests/support/bridge_metadata.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::stf {
namespace {

ShardId shard_of(std::uint8_t seed) {
    ShardId out;
    out.bytes.fill(seed);
    return out;
}

Bytes invoke(std::uint8_t shard, std::uint8_t tag) {
    return concat(Bytes{54, 0}, shard_of(shard), Bytes{4, tag});
}
Bytes batch(const std::vector<Bytes>& calls) {
    Bytes out{9, 0};
    scale::append_compact(out, calls.size());
    for (const auto& call : calls) {
        append(out, call);
    }
    return out;
}
Bytes timestamp(std::uint64_t now_ms) {
    Bytes out{3, 0};
    scale::append_compact(out, now_ms);
    return out;
}

const Bytes kSuccess = {0, 0};
const Bytes kFailure = {0, 1, 2};
const Bytes kItemCompleted = {9, 3};
const Bytes kBatchCompleted = {9, 1};
const Bytes kInterruptedAt1 = {9, 0, 1, 0, 0, 0, 2};
Bytes invoked(std::uint8_t shard) {
    return concat(Bytes{54, 0}, shard_of(shard));
}
Bytes transferred(std::uint8_t from, std::uint8_t amount) {
    return concat(Bytes{10, 2}, shard_of(from), shard_of(1), Bytes{amount}, Bytes(15, 0));
}
Bytes shielded(std::uint8_t shard, std::uint8_t amount) {
    return concat(Bytes{54, 1}, shard_of(shard), Bytes{4, 9, amount}, Bytes(15, 0));
}

IndirectCall seen_invoke(std::uint8_t shard, std::uint8_t tag) {
    return indirect::Invoke{.request = {.shard = shard_of(shard), .cyphertext = {tag}}};
}
IndirectCall seen_shield(std::uint8_t shard, std::uint8_t amount) {
    return indirect::ShieldFunds{.shard = shard_of(shard), .account_encrypted = {9}, .amount = amount};
}
IndirectCall seen_time(std::uint64_t now_ms) {
    return indirect::TimestampSet{.now_ms = {now_ms}};
}

class IndirectCalls : public ::testing::Test {
  protected:
    struct Extrinsic {
        Bytes call;
        std::vector<Bytes> events;
    };
    void add(const Bytes& call, const std::vector<Bytes>& events) {
        add_raw(substrate::bare_extrinsic(call), events);
    }
    void add_raw(Bytes extrinsic, const std::vector<Bytes>& events) {
        for (const auto& event : events) {
            append(events_, Bytes{0});
            append(events_, scale::encode(static_cast<std::uint32_t>(extrinsics_.size())));
            add_event(event);
        }
        extrinsics_.push_back(std::move(extrinsic));
    }
    /// An event of the block's hooks.
    void add_hook(const Bytes& event) {
        append(events_, Bytes{2});
        add_event(event);
    }
    [[nodiscard]] Result<std::vector<SeenIndirectCall>> read(const ExtrinsicVisitor& visit = {}) const {
        Bytes value;
        scale::append_compact(value, event_count_);
        append(value, events_);
        return read_indirect_calls(metadata_, extrinsics_, value, visit);
    }
    void expect(const std::vector<IndirectCall>& expected) const {
        const auto seen = read();
        ASSERT_OK(seen);
        std::vector<IndirectCall> found;
        std::uint32_t last = 0;
        for (const auto& one : seen.value()) {
            found.push_back(one.call);
            EXPECT_GE(one.event_index, last);
            last = one.event_index;
        }
        EXPECT_EQ(found, expected);
    }

  private:
    void add_event(const Bytes& event) {
        append(events_, event);
        append(events_, Bytes{0});
        ++event_count_;
    }

    substrate::Metadata metadata_ = substrate::Metadata::decode(tests::bridge_metadata()).value();
    std::vector<Bytes> extrinsics_;
    Bytes events_;
    std::size_t event_count_ = 0;
};

TEST_F(IndirectCalls, finds_nothing_in_an_empty_block) {
    expect({});
}

TEST_F(IndirectCalls, finds_time_invocations_and_shielded_funds_of_all_shards_in_the_order_of_events) {
    add(timestamp(1'700'000'000'000), {kSuccess});
    add(invoke(1, 1), {invoked(1), kSuccess});
    add(batch({invoke(1, 2), invoke(2, 3), invoke(1, 4)}),
        {invoked(1), kItemCompleted, transferred(7, 5), shielded(1, 5), invoked(2), kItemCompleted,
         kSuccess});
    add(invoke(2, 5), {invoked(2), kSuccess});
    // The batch's trail does not correspond to its calls: its money counts, its invocations do not.
    expect({seen_time(1'700'000'000'000), seen_invoke(1, 1), seen_shield(1, 5), seen_invoke(2, 5)});
}

TEST_F(IndirectCalls, finds_those_of_a_batch_up_to_its_interruption) {
    add(batch({invoke(1, 1), invoke(1, 2)}), {invoked(1), kItemCompleted, kInterruptedAt1, kSuccess});
    add(batch({invoke(1, 3), batch({invoke(1, 4)})}),
        {invoked(1), kItemCompleted, invoked(1), kItemCompleted, kBatchCompleted, kItemCompleted,
         kBatchCompleted, kSuccess});
    expect({seen_invoke(1, 1), seen_invoke(1, 3), seen_invoke(1, 4)});
}

TEST_F(IndirectCalls, leaves_out_extrinsics_that_failed) {
    add(timestamp(5), {kFailure});
    add(invoke(1, 1), {kFailure});
    add(batch({invoke(1, 2)}), {kFailure});
    expect({});
}

TEST_F(IndirectCalls, passes_over_extrinsics_that_it_cannot_read) {
    add_raw({}, {kSuccess});
    add_raw(Bytes(100, 0xff), {kSuccess});
    add(Bytes{54}, {kSuccess});
    add(invoke(1, 1), {invoked(1), kSuccess});
    expect({seen_invoke(1, 1)});
}

TEST_F(IndirectCalls, names_who_paid_and_takes_what_hooks_shielded) {
    add(batch({}), {transferred(7, 3), shielded(1, 3), kBatchCompleted, kSuccess});
    add_hook(shielded(1, 4));
    const auto seen = read();
    ASSERT_OK(seen);
    ASSERT_EQ(seen.value().size(), 2U);
    EXPECT_EQ(seen.value()[0].payer, AccountId{shard_of(7).bytes});
    EXPECT_EQ(seen.value()[0].event_index, 1U);
    EXPECT_EQ(seen.value()[0].call, seen_shield(1, 3));
    EXPECT_EQ(seen.value()[1].payer, std::nullopt);
    EXPECT_EQ(seen.value()[1].event_index, 4U);
    EXPECT_EQ(seen.value()[1].call, seen_shield(1, 4));
}

TEST_F(IndirectCalls, tells_of_each_readable_extrinsic_and_its_verdict) {
    add(invoke(1, 1), {invoked(1), kSuccess});
    add_raw({}, {kSuccess});
    add(invoke(1, 2), {kFailure});
    std::vector<std::pair<Bytes, bool>> told;
    ASSERT_OK(read([&](const auto& extrinsic, const auto& events) {
        told.emplace_back(to_bytes(extrinsic.call), events.succeeded);
    }));
    EXPECT_EQ(told, (std::vector<std::pair<Bytes, bool>>{{invoke(1, 1), true}, {invoke(1, 2), false}}));
}

TEST_F(IndirectCalls, rejects_events_that_are_not_those_of_the_block) {
    add(invoke(1, 1), {});
    EXPECT_ERROR(read(), substrate::ValueError::kOutOfRange);
    add_hook(Bytes{77, 0});
    EXPECT_ERROR(read(), substrate::LookupError::kNoSuchPallet);
}

}  // namespace
}  // namespace redoubt::stf
