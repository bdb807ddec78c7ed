#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <string>
#include <substrate/bridge_events.hpp>
#include <substrate/call_tree.hpp>
#include <substrate/executed_invokes.hpp>
#include <tests/support/bridge_metadata.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::substrate {
namespace {

Hash256 hash_of(std::uint8_t seed) {
    Hash256 out;
    out.bytes.fill(seed);
    return out;
}

Bytes invoke(std::uint8_t tag) {
    return concat(Bytes{54, 0}, hash_of(1), Bytes{4, tag});
}
Bytes shield(std::uint8_t amount) {
    Bytes out = concat(Bytes{54, 2}, hash_of(1), Bytes{4, 9});
    scale::encode_scale(out, uint128{amount});
    return out;
}
Bytes remark() {
    return {0, 0, 4, 1};
}

Bytes list_call(std::uint8_t index, const std::vector<Bytes>& calls) {
    Bytes out{9, index};
    scale::append_compact(out, calls.size());
    for (const auto& call : calls) {
        append(out, call);
    }
    return out;
}
Bytes batch(const std::vector<Bytes>& calls) {
    return list_call(0, calls);
}
Bytes batch_all(const std::vector<Bytes>& calls) {
    return list_call(2, calls);
}
Bytes force_batch(const std::vector<Bytes>& calls) {
    return list_call(4, calls);
}
Bytes as_derivative(const Bytes& call) {
    return concat(Bytes{9, 1, 7, 0}, call);
}
Bytes dispatch_as(const Bytes& call) {
    return concat(Bytes{9, 3, 1}, hash_of(5), call);
}
Bytes if_else(const Bytes& main, const Bytes& fallback) {
    return concat(Bytes{9, 6}, main, fallback);
}
Bytes proxy(const Bytes& call) {
    return concat(Bytes{7, 0, 0}, hash_of(5), Bytes{0}, call);
}
Bytes as_multi(const Bytes& call) {
    return concat(Bytes{6, 1, 2, 0, 4}, hash_of(5), Bytes{0}, call, Bytes{0, 0, 0, 0});
}
Bytes as_multi_threshold_1(const Bytes& call) {
    return concat(Bytes{6, 0, 4}, hash_of(5), call);
}
Bytes sudo(const Bytes& call) {
    return concat(Bytes{17, 0}, call);
}
Bytes sudo_as(const Bytes& call) {
    return concat(Bytes{17, 3, 0}, hash_of(5), call);
}

const Bytes kOk = {0};
const Bytes kErr = {1, 2};  // BadOrigin
const Bytes kInterruptedAt0 = {9, 0, 0, 0, 0, 0, 2};
const Bytes kInterruptedAt1 = {9, 0, 1, 0, 0, 0, 2};
const Bytes kBatchCompleted = {9, 1};
const Bytes kCompletedWithErrors = {9, 2};
const Bytes kItemCompleted = {9, 3};
const Bytes kItemFailed = {9, 4, 2};
const Bytes kMainSuccess = {9, 6};
const Bytes kFallbackCalled = {9, 7, 2};
const Bytes kInvoked = concat(Bytes{54, 0}, hash_of(1));
const Bytes kShielded =
    concat(Bytes{54, 1}, hash_of(1), Bytes{4, 9, 3, 0, 0, 0, 0, 0, 0, 0}, Bytes{0, 0, 0, 0, 0, 0, 0, 0});
const Bytes kSuccess = {0, 0};
const Bytes kFailure = {0, 1, 2};

Bytes dispatched_as(const Bytes& result) {
    return concat(Bytes{9, 5}, result);
}
Bytes proxied(const Bytes& result) {
    return concat(Bytes{7, 0}, result);
}
Bytes sudid(const Bytes& result) {
    return concat(Bytes{17, 0}, result);
}
Bytes sudo_as_done(const Bytes& result) {
    return concat(Bytes{17, 3}, result);
}
Bytes new_multisig(const Bytes& call) {
    return concat(Bytes{6, 0}, hash_of(5), hash_of(6), crypto::blake2b_256(call));
}
Bytes multisig_executed(const Bytes& call, const Bytes& result) {
    return concat(Bytes{6, 2}, hash_of(5), Bytes{1, 0, 0, 0}, hash_of(6), crypto::blake2b_256(call), result);
}
Bytes transfer(std::uint8_t from, std::uint8_t amount) {
    return concat(Bytes{10, 2}, hash_of(from), hash_of(1), Bytes{amount}, Bytes(15, 0));
}

/// The value of System.Events; phase 0 is extrinsic 0.
Bytes events_value(const std::vector<Bytes>& events, std::uint8_t phase = 0) {
    Bytes out;
    scale::append_compact(out, events.size());
    for (const auto& event : events) {
        out.push_back(phase);
        if (phase == 0) {
            append(out, Bytes{0, 0, 0, 0});
        }
        append(out, event);
        out.push_back(0);
    }
    return out;
}

class ExecutedInvokes : public ::testing::Test {
  protected:
    /// The tags of the invocations found in an extrinsic that succeeded, such as "12".
    std::string found(const Bytes& call, std::vector<Bytes> events) {
        events.push_back(kSuccess);
        const auto read = read_bridge_events(metadata_, events_value(events), 1);
        EXPECT_OK(read);
        if (!read) {
            return "unusable";
        }
        std::string out;
        std::uint32_t last = 0;
        for (const auto& one : executed_invokes(metadata_, call, read.value().extrinsics[0])) {
            out += static_cast<char>('0' + one.call.back());
            EXPECT_GE(one.event_index, last);
            last = one.event_index;
        }
        return out;
    }

    Metadata metadata_ = Metadata::decode(tests::bridge_metadata()).value();
};

TEST_F(ExecutedInvokes, finds_one_that_is_the_extrinsic_itself) {
    EXPECT_EQ(found(invoke(1), {kInvoked}), "1");
    const auto failed = read_bridge_events(metadata_, events_value({kFailure}), 1);
    ASSERT_OK(failed);
    EXPECT_TRUE(executed_invokes(metadata_, invoke(1), failed.value().extrinsics[0]).empty());
}

TEST_F(ExecutedInvokes, finds_all_of_a_completed_batch_in_order) {
    for (const auto& call :
         {batch({invoke(1), remark(), invoke(2)}), batch_all({invoke(1), remark(), invoke(2)}),
          force_batch({invoke(1), remark(), invoke(2)})}) {
        EXPECT_EQ(found(call, {kInvoked, kItemCompleted, kItemCompleted, kInvoked, kItemCompleted,
                               kBatchCompleted}),
                  "12");
    }
    EXPECT_EQ(found(batch({}), {kBatchCompleted}), "");
}

TEST_F(ExecutedInvokes, leaves_out_those_from_the_interruption_on) {
    const auto call = batch({invoke(1), invoke(2), invoke(3)});
    EXPECT_EQ(found(call, {kInvoked, kItemCompleted, kInterruptedAt1}), "1");
    EXPECT_EQ(found(call, {kInterruptedAt0}), "");
    // An interruption at a call that the batch does not have.
    EXPECT_EQ(found(batch({invoke(1)}), {kInvoked, kItemCompleted, kInterruptedAt1}), "");
}

TEST_F(ExecutedInvokes, leaves_out_failed_items_of_a_forced_batch) {
    const auto call = force_batch({invoke(1), invoke(2), invoke(3)});
    EXPECT_EQ(
        found(call, {kInvoked, kItemCompleted, kItemFailed, kInvoked, kItemCompleted, kCompletedWithErrors}),
        "13");
    EXPECT_EQ(found(call, {kItemFailed, kItemFailed, kItemFailed, kCompletedWithErrors}), "");
    // The summary and the items contradict each other.
    EXPECT_EQ(found(call, {kInvoked, kItemCompleted, kItemFailed, kInvoked, kItemCompleted, kBatchCompleted}),
              "");
}

TEST_F(ExecutedInvokes, looks_into_calls_that_report_a_result) {
    EXPECT_EQ(found(proxy(invoke(1)), {kInvoked, proxied(kOk)}), "1");
    EXPECT_EQ(found(proxy(invoke(1)), {proxied(kErr)}), "");
    EXPECT_EQ(found(sudo(invoke(1)), {sudid(kErr)}), "");
    EXPECT_EQ(found(sudo(batch({invoke(1)})), {kInvoked, kItemCompleted, kBatchCompleted, sudid(kOk)}), "1");
    EXPECT_EQ(found(sudo_as(invoke(1)), {kInvoked, sudo_as_done(kOk)}), "1");
    EXPECT_EQ(found(dispatch_as(invoke(1)), {kInvoked, dispatched_as(kOk)}), "1");
    EXPECT_EQ(found(dispatch_as(invoke(1)), {dispatched_as(kErr)}), "");
    EXPECT_EQ(found(as_derivative(invoke(1)), {kInvoked}), "1");
}

TEST_F(ExecutedInvokes, takes_the_branch_that_ran) {
    EXPECT_EQ(found(if_else(invoke(1), invoke(2)), {kInvoked, kMainSuccess}), "1");
    EXPECT_EQ(found(if_else(invoke(1), invoke(2)), {kInvoked, kFallbackCalled}), "2");
    EXPECT_EQ(found(if_else(remark(), invoke(2)), {kMainSuccess}), "");
}

TEST_F(ExecutedInvokes, tells_an_approval_from_an_execution) {
    EXPECT_EQ(found(as_multi(invoke(1)), {kInvoked, multisig_executed(invoke(1), kOk)}), "1");
    EXPECT_EQ(found(as_multi(invoke(1)), {multisig_executed(invoke(1), kErr)}), "");
    EXPECT_EQ(found(as_multi(invoke(1)), {new_multisig(invoke(1))}), "");
    EXPECT_EQ(found(batch({as_multi(invoke(1)), invoke(2)}),
                    {new_multisig(invoke(1)), kItemCompleted, kInvoked, kItemCompleted, kBatchCompleted}),
              "2");
    // Another multisig's event.
    EXPECT_EQ(found(as_multi(invoke(1)), {kInvoked, multisig_executed(invoke(2), kOk)}), "");
    // Without and with an event of its own.
    const auto single = as_multi_threshold_1(invoke(1));
    EXPECT_EQ(found(single, {kInvoked}), "1");
    EXPECT_EQ(found(single, {kInvoked, multisig_executed(invoke(1), kOk)}), "1");
    EXPECT_EQ(found(single, {multisig_executed(invoke(1), kErr)}), "");
    // One inside the other.
    EXPECT_EQ(found(as_multi_threshold_1(as_multi(invoke(1))), {kInvoked, multisig_executed(invoke(1), kOk)}),
              "1");
}

TEST_F(ExecutedInvokes, looks_into_batches_inside_batches) {
    const auto call = force_batch(
        {batch({invoke(1), proxy(invoke(2))}), sudo(invoke(3)), force_batch({invoke(4)}), invoke(5)});
    EXPECT_EQ(found(call, {kInvoked, kItemCompleted, proxied(kErr), kItemCompleted, kBatchCompleted,
                           kItemCompleted,                                     // 1, and not 2
                           kItemFailed,                                        // 3: no sudo
                           kItemFailed, kCompletedWithErrors, kItemCompleted,  // 4
                           kInvoked, kItemCompleted, kCompletedWithErrors}),   // 5
              "15");
}

TEST_F(ExecutedInvokes, takes_none_when_events_and_calls_do_not_correspond) {
    const auto call = batch({invoke(1), remark()});
    // One invocation more than the calls show, and one less.
    EXPECT_EQ(found(call, {kInvoked, kItemCompleted, kInvoked, kItemCompleted, kBatchCompleted}), "");
    EXPECT_EQ(found(call, {kItemCompleted, kItemCompleted, kBatchCompleted}), "");
    // Something ran before the batch.
    EXPECT_EQ(found(call, {kInvoked, kInvoked, kItemCompleted, kItemCompleted, kBatchCompleted}), "");
    // Of another shard.
    EXPECT_EQ(found(batch({invoke(1)}), {concat(Bytes{54, 0}, hash_of(2)), kItemCompleted, kBatchCompleted}),
              "");
    // Shielding and invoking exchanged.
    EXPECT_EQ(found(batch({shield(3), invoke(1)}),
                    {kInvoked, kItemCompleted, kShielded, kItemCompleted, kBatchCompleted}),
              "");
    // A call that is not known to wrap others is not looked into.
    EXPECT_EQ(found(concat(Bytes{0, 1}, invoke(1)), {kInvoked}), "");
    EXPECT_EQ(found(batch({concat(Bytes{0, 1}, invoke(1)), invoke(2)}),
                    {kInvoked, kItemCompleted, kInvoked, kItemCompleted, kBatchCompleted}),
              "");
    // Bytes that are no call.
    EXPECT_EQ(found(Bytes{9, 0, 4, 77, 0}, {kInvoked, kItemCompleted, kBatchCompleted}), "");
}

TEST_F(ExecutedInvokes, looks_no_deeper_and_at_no_more_than_the_limits) {
    const auto nested = [](unsigned depth) {
        auto call = invoke(1);
        for (unsigned i = 1; i < depth; ++i) {
            call = as_derivative(call);
        }
        return call;
    };
    EXPECT_EQ(found(nested(kCallTreeDepthMax), {kInvoked}), "1");
    EXPECT_EQ(found(nested(kCallTreeDepthMax + 1), {kInvoked}), "");
    EXPECT_ERROR(read_call_tree(metadata_, nested(kCallTreeDepthMax + 1)), ValueError::kDepthLimit);

    const auto wide = batch(std::vector<Bytes>(kCallTreeSizeMax - 1, remark()));
    ASSERT_OK(read_call_tree(metadata_, wide));
    EXPECT_EQ(read_call_tree(metadata_, wide).value().size(), kCallTreeSizeMax);
    EXPECT_ERROR(read_call_tree(metadata_, batch(std::vector<Bytes>(kCallTreeSizeMax, remark()))),
                 ValueError::kMemoryLimit);
    EXPECT_ERROR(read_call_tree(metadata_, concat(remark(), Bytes{0})), DecodeError::kTrailingBytes);
}

TEST_F(ExecutedInvokes, drops_a_trail_that_is_too_long) {
    std::vector<Bytes> events(kTrailMax, kItemCompleted);
    events.push_back(kSuccess);
    auto read = read_bridge_events(metadata_, events_value(events), 1);
    ASSERT_OK(read);
    EXPECT_TRUE(read.value().extrinsics[0].trail_is_complete);
    EXPECT_EQ(read.value().extrinsics[0].trail.size(), kTrailMax);
    events.insert(events.begin(), 2, kInvoked);
    read = read_bridge_events(metadata_, events_value(events), 1);
    ASSERT_OK(read);
    EXPECT_FALSE(read.value().extrinsics[0].trail_is_complete);
    EXPECT_TRUE(read.value().extrinsics[0].trail.empty());
    EXPECT_TRUE(executed_invokes(metadata_, batch({invoke(1)}), read.value().extrinsics[0]).empty());
}

TEST_F(ExecutedInvokes, reports_each_shielding_once_with_who_paid) {
    const std::vector<Bytes> events = {transfer(7, 3), kShielded, kItemCompleted,  //
                                       transfer(8, 4), kShielded, kItemCompleted,  // another amount
                                       kShielded,      kSuccess};
    const auto read = read_bridge_events(metadata_, events_value(events), 1);
    ASSERT_OK(read);
    const auto& found = read.value().shieldings;
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].payer, AccountId{hash_of(7).bytes});
    EXPECT_EQ(found[0].amount, 3U);
    EXPECT_EQ(found[0].shard, hash_of(1));
    EXPECT_EQ(found[0].account_encrypted, Bytes{9});
    EXPECT_EQ(found[0].event_index, 1U);
    EXPECT_EQ(found[0].extrinsic_index, 0U);
    EXPECT_EQ(found[1].payer, std::nullopt);
    EXPECT_EQ(found[2].payer, std::nullopt);
    EXPECT_EQ(found[2].event_index, 6U);

    const auto failed = read_bridge_events(metadata_, events_value({kShielded, kFailure}), 1);
    ASSERT_OK(failed);
    EXPECT_TRUE(failed.value().shieldings.empty());

    const auto scheduled = read_bridge_events(metadata_, events_value({transfer(7, 3), kShielded}, 2), 0);
    ASSERT_OK(scheduled);
    ASSERT_EQ(scheduled.value().shieldings.size(), 1U);
    EXPECT_EQ(scheduled.value().shieldings[0].extrinsic_index, std::nullopt);
    EXPECT_EQ(scheduled.value().shieldings[0].payer, AccountId{hash_of(7).bytes});
}

TEST_F(ExecutedInvokes, needs_the_events_of_the_bridge) {
    EXPECT_TRUE(has_bridge_events(metadata_));
    EXPECT_FALSE(has_bridge_events(Metadata::decode(tests::sample_metadata()).value()));
}

TEST_F(ExecutedInvokes, rejects_events_without_one_verdict_for_each_extrinsic) {
    EXPECT_OK(read_bridge_events(metadata_, events_value({kSuccess}), 1));
    EXPECT_ERROR(read_bridge_events(metadata_, events_value({}), 1), ValueError::kOutOfRange);
    EXPECT_ERROR(read_bridge_events(metadata_, events_value({kSuccess, kSuccess}), 1),
                 ValueError::kOutOfRange);
    EXPECT_ERROR(read_bridge_events(metadata_, events_value({kSuccess, kFailure}), 1),
                 ValueError::kOutOfRange);
    EXPECT_ERROR(read_bridge_events(metadata_, events_value({kSuccess}), 0), ValueError::kOutOfRange);
    EXPECT_ERROR(read_bridge_events(metadata_, events_value({kSuccess}, 1), 0), ValueError::kOutOfRange);
    EXPECT_ERROR(read_bridge_events(metadata_, events_value({Bytes{77, 0}}), 1), LookupError::kNoSuchPallet);
}

}  // namespace
}  // namespace redoubt::substrate
