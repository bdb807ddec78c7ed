#include <gtest/gtest.h>

#include <enclave/outbox.hpp>

namespace redoubt::enclave {
namespace {

OutboxEntry confirmation(std::uint32_t number) {
    Confirmation call;
    call.block_number = number;
    call.block_hash.bytes[0] = static_cast<std::uint8_t>(number);
    call.block_hash.bytes[1] = static_cast<std::uint8_t>(number >> 8);
    call.block_hash.bytes[2] = static_cast<std::uint8_t>(number >> 16);
    return {.call = call, .block_number = number};
}

OutboxEntry payment(std::uint8_t name) {
    Payment call;
    call.amount = name;
    call.call_hash.bytes.fill(name);
    return {.call = call, .block_number = 1};
}

TEST(Outbox, returns_the_oldest_entries_first) {
    stf::State state;
    stf::Overlay overlay{state};
    for (std::uint32_t number = 1; number <= 300; ++number) {
        push_outbox(overlay, confirmation(number));
    }
    state.apply(overlay.take_changes());
    const auto oldest = oldest_outbox(state, 299);
    ASSERT_EQ(oldest.size(), 299U);
    for (std::size_t i = 0; i < oldest.size(); ++i) {
        EXPECT_EQ(oldest[i].second.block_number, i + 1);
    }
    EXPECT_EQ(outbox_size(state), 300U);
}

TEST(Outbox, lists_confirmations_before_payments_and_gives_each_half) {
    stf::State state;
    stf::Overlay overlay{state};
    for (std::uint8_t name = 1; name <= 10; ++name) {
        push_outbox(overlay, payment(name));
    }
    for (std::uint32_t number = 1; number <= 3; ++number) {
        push_outbox(overlay, confirmation(number));
    }
    state.apply(overlay.take_changes());
    const auto kinds = [&](std::size_t max) {
        std::string out;
        for (const auto& [id, entry] : oldest_outbox(state, max)) {
            out += std::holds_alternative<Confirmation>(entry.call) ? 'c' : 'p';
        }
        return out;
    };
    EXPECT_EQ(kinds(4), "ccpp");
    EXPECT_EQ(kinds(8), "cccppppp");
    EXPECT_EQ(kinds(1), "c");
    EXPECT_EQ(kinds(100), "cccpppppppppp");
}

TEST(Outbox, settles_exactly_the_entry_of_a_call) {
    const stf::State state;
    stf::Overlay overlay{state};
    push_outbox(overlay, payment(1));
    push_outbox(overlay, payment(2));
    auto other_amount = payment(1);
    std::get<Payment>(other_amount.call).amount = 9;
    EXPECT_FALSE(settle_outbox(overlay, other_amount.call));
    EXPECT_FALSE(settle_outbox(overlay, payment(3).call));
    EXPECT_TRUE(settle_outbox(overlay, payment(1).call));
    EXPECT_FALSE(settle_outbox(overlay, payment(1).call));
    EXPECT_EQ(outbox_size(overlay), 1U);
    EXPECT_FALSE(find_outbox(overlay, 1).has_value());
    EXPECT_EQ(find_outbox(overlay, 2), payment(2));
}

TEST(Outbox, gives_up_the_oldest_confirmation_when_full_and_never_a_payment) {
    const stf::State state;
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
