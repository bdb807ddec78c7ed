#include <gtest/gtest.h>

#include <enclave/outbox.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <tests/support/memory_state.hpp>

namespace redoubt::enclave {
namespace {

OutboxEntry confirmation(std::uint32_t number) {
    Confirmation call;
    call.block_number = number;
    call.block_hash.bytes[0] = static_cast<std::uint8_t>(number);
    call.block_hash.bytes[1] = static_cast<std::uint8_t>(number >> 8);
    call.block_hash.bytes[2] = static_cast<std::uint8_t>(number >> 16);
    return {.call = call, .block_number = number, .track = std::nullopt};
}

OutboxEntry payment(std::uint8_t name) {
    Payment call;
    call.amount = name;
    call.call_hash.bytes.fill(name);
    PaymentTrack track;
    track.owner.bytes.fill(name);
    return {.call = call, .block_number = 1, .track = track};
}

const Payment& call_of(const OutboxEntry& entry) {
    return std::get<Payment>(entry.call);
}

/// 'c' and 'p' for what may be signed after block `last_block`.
std::string kinds(const stf::MemoryState& state, std::size_t max, std::uint32_t last_block = 1) {
    std::string out;
    for (const auto& [id, entry] : signable_outbox(state, last_block, max)) {
        out += std::holds_alternative<Confirmation>(entry.call) ? 'c' : 'p';
    }
    return out;
}

TEST(Outbox, returns_the_oldest_entries_first) {
    stf::MemoryState state;
    stf::Overlay overlay{state};
    for (std::uint32_t number = 1; number <= 300; ++number) {
        push_outbox(overlay, confirmation(number));
    }
    state.apply(overlay.take_changes());
    const auto oldest = signable_outbox(state, 300, 299);
    ASSERT_EQ(oldest.size(), 299U);
    for (std::size_t i = 0; i < oldest.size(); ++i) {
        EXPECT_EQ(oldest[i].second.block_number, i + 1);
    }
    EXPECT_EQ(outbox_size(state), 300U);
}

TEST(Outbox, keeps_the_newest_root_alone) {
    const auto root = [](std::uint32_t number) {
        return OutboxEntry{.call = PublishedRoot{.block_hash = crypto::blake2b_256(scale::encode(number)),
                                                 .block_number = number,
                                                 .state_root = {}},
                           .block_number = number,
                           .track = std::nullopt};
    };
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, root(1));
    push_outbox(overlay, confirmation(1));
    push_outbox(overlay, root(2));
    EXPECT_EQ(outbox_size(overlay), 2U);
    EXPECT_FALSE(settle_outbox(overlay, root(1).call).has_value());
    const auto listed = signable_outbox(overlay, 2, 10);
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].second, confirmation(1));
    EXPECT_EQ(listed[1].second, root(2));
    EXPECT_EQ(settle_outbox(overlay, root(2).call), root(2));
    EXPECT_EQ(outbox_size(overlay), 1U);
    push_outbox(overlay, root(3));
    EXPECT_EQ(outbox_size(overlay), 2U);
}

TEST(Outbox, lists_payments_and_confirmations_in_turn_payments_first) {
    stf::MemoryState state;
    stf::Overlay overlay{state};
    for (std::uint8_t name = 1; name <= 10; ++name) {
        push_outbox(overlay, payment(name));
    }
    for (std::uint32_t number = 1; number <= 3; ++number) {
        push_outbox(overlay, confirmation(number));
    }
    state.apply(overlay.take_changes());
    EXPECT_EQ(kinds(state, 4), "pcpc");
    EXPECT_EQ(kinds(state, 8), "pcpcpcpp");
    EXPECT_EQ(kinds(state, 1), "p");
    EXPECT_EQ(kinds(state, 0), "");
    EXPECT_EQ(kinds(state, 100), "pcpcpcppppppp");
}

TEST(Outbox, puts_a_refused_payment_off_for_a_growing_number_of_blocks) {
    stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    refuse_payment(overlay, call_of(payment(1)), 100);
    refuse_payment(overlay, call_of(payment(2)), 100);  // not in the outbox
    state.apply(overlay.take_changes());
    EXPECT_EQ(kinds(state, 9, 100), "");
    EXPECT_EQ(kinds(state, 9, 107), "");
    EXPECT_EQ(kinds(state, 9, 108), "p");
    refuse_payment(overlay, call_of(payment(1)), 107);  // signed before the first refusal
    EXPECT_EQ(find_outbox(overlay, 1)->track->failures, 1U);
    refuse_payment(overlay, call_of(payment(1)), 108);
    EXPECT_EQ(find_outbox(overlay, 1)->track->not_before, 124U);
    refuse_payment(overlay, call_of(payment(1)), 200);
    EXPECT_EQ(find_outbox(overlay, 1)->track->not_before, 232U);
}

TEST(Outbox, lists_payments_with_fewer_refusals_first) {
    stf::MemoryState state;
    stf::Overlay overlay{state};
    for (std::uint8_t name = 1; name <= 200; ++name) {
        push_outbox(overlay, payment(name));
        refuse_payment(overlay, call_of(payment(name)), 1);
    }
    push_outbox(overlay, payment(201));
    state.apply(overlay.take_changes());
    const auto listed = signable_outbox(state, 9, 3);
    ASSERT_EQ(listed.size(), 3U);
    EXPECT_EQ(listed[0].second, payment(201));
    EXPECT_EQ(call_of(listed[1].second), call_of(payment(1)));
    EXPECT_EQ(call_of(listed[2].second), call_of(payment(2)));
}

TEST(Outbox, returns_a_payment_when_its_last_signature_has_expired) {
    stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    std::uint32_t block = 1;
    for (std::uint32_t i = 1; i < kPaymentAttemptsMax; ++i) {
        refuse_payment(overlay, call_of(payment(1)), block);
        EXPECT_FALSE(find_outbox(overlay, 1)->track->given_up) << i;
        block = find_outbox(overlay, 1)->track->not_before;
    }
    refuse_payment(overlay, call_of(payment(1)), block);
    EXPECT_TRUE(find_outbox(overlay, 1)->track->given_up);
    refuse_payment(overlay, call_of(payment(1)), UINT32_MAX);  // changes nothing any more
    state.apply(overlay.take_changes());
    EXPECT_EQ(kinds(state, 9, UINT32_MAX), "");
    EXPECT_TRUE(due_returns(state, block + kUnshieldPeriod - 1).empty());
    const auto due = due_returns(state, block + kUnshieldPeriod);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].first, 1U);
    remove_returned(overlay, due[0].first, due[0].second);
    state.apply(overlay.take_changes());
    EXPECT_TRUE(due_returns(state, UINT32_MAX).empty());
    EXPECT_EQ(outbox_size(state), 0U);
}

TEST(Outbox, does_not_return_a_payment_that_succeeded_after_it_was_given_up) {
    stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    for (std::uint32_t i = 0; i < kPaymentAttemptsMax; ++i) {
        refuse_payment(overlay, call_of(payment(1)), 1000 * i + 1000);
    }
    state.apply(overlay.take_changes());
    ASSERT_EQ(due_returns(state, UINT32_MAX).size(), 1U);
    EXPECT_TRUE(settle_outbox(overlay, payment(1).call).has_value());
    state.apply(overlay.take_changes());
    EXPECT_TRUE(due_returns(state, UINT32_MAX).empty());
}

TEST(Outbox, refuses_near_the_last_block_number_without_wrapping) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    refuse_payment(overlay, call_of(payment(1)), UINT32_MAX - 1);
    EXPECT_EQ(find_outbox(overlay, 1)->track->not_before, UINT32_MAX);
}

TEST(Outbox, settles_exactly_the_entry_of_a_call) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    push_outbox(overlay, payment(2));
    auto other_amount = payment(1);
    std::get<Payment>(other_amount.call).amount = 9;
    EXPECT_FALSE(settle_outbox(overlay, other_amount.call).has_value());
    EXPECT_FALSE(settle_outbox(overlay, payment(3).call).has_value());
    EXPECT_EQ(settle_outbox(overlay, payment(1).call), payment(1));
    EXPECT_FALSE(settle_outbox(overlay, payment(1).call).has_value());
    EXPECT_EQ(outbox_size(overlay), 1U);
    EXPECT_FALSE(find_outbox(overlay, 1).has_value());
    EXPECT_EQ(find_outbox(overlay, 2), payment(2));
}

TEST(Outbox, gives_up_the_oldest_confirmation_when_full_and_never_a_payment) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    for (std::uint32_t number = 1; number <= kConfirmationsMax; ++number) {
        push_outbox(overlay, confirmation(number));
    }
    EXPECT_EQ(outbox_size(overlay), kConfirmationsMax + 1);
    push_outbox(overlay, confirmation(kConfirmationsMax + 1));
    EXPECT_EQ(outbox_size(overlay), kConfirmationsMax + 1);
    EXPECT_TRUE(find_outbox(overlay, 1).has_value());
    EXPECT_FALSE(find_outbox(overlay, 2).has_value());
    EXPECT_EQ(find_outbox(overlay, 3), confirmation(2));
}

}  // namespace
}  // namespace redoubt::enclave
