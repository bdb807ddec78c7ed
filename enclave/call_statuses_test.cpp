#include <gtest/gtest.h>

#include <enclave/call_statuses.hpp>
#include <primitives/scale.hpp>
#include <tests/support/memory_state.hpp>

namespace redoubt::enclave {
namespace {

Hash256 hash_of(std::uint32_t number) {
    Hash256 hash;
    const auto bytes = scale::encode(number);
    std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
    return hash;
}

const StatusRecord kExecuted{.failure = std::nullopt, .block = {}, .payment = 0};
const StatusRecord kReplay{.failure = std::uint8_t{7}, .block = {}, .payment = 0};

TEST(CallStatuses, keeps_an_executed_call_executed) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    EXPECT_FALSE(find_call_status(overlay, hash_of(1)).has_value());
    record_call_status(overlay, hash_of(1), kExecuted);
    record_call_status(overlay, hash_of(1), kReplay);
    EXPECT_EQ(find_call_status(overlay, hash_of(1)), kExecuted);
}

TEST(CallStatuses, replaces_a_failure_by_a_later_outcome) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    record_call_status(overlay, hash_of(1), kReplay);
    record_call_status(overlay, hash_of(1), kExecuted);
    EXPECT_EQ(find_call_status(overlay, hash_of(1)), kExecuted);
}

TEST(CallStatuses, follows_the_payment_of_a_call) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    record_payment_state(overlay, hash_of(1), PaymentState::kPaid);
    EXPECT_FALSE(find_call_status(overlay, hash_of(1)).has_value());
    record_call_status(overlay, hash_of(1), kExecuted);
    EXPECT_EQ(payment_state(*find_call_status(overlay, hash_of(1))), PaymentState::kNone);
    record_payment_state(overlay, hash_of(1), PaymentState::kReturned);
    EXPECT_EQ(payment_state(*find_call_status(overlay, hash_of(1))), PaymentState::kReturned);
}

TEST(CallStatuses, forgets_the_oldest_when_full) {
    const stf::MemoryState state;
    stf::Overlay overlay{state};
    for (std::uint32_t i = 0; i < kCallStatusesMax; ++i) {
        record_call_status(overlay, hash_of(i), kReplay);
    }
    EXPECT_TRUE(find_call_status(overlay, hash_of(0)).has_value());
    record_call_status(overlay, hash_of(kCallStatusesMax), kReplay);
    EXPECT_FALSE(find_call_status(overlay, hash_of(0)).has_value());
    EXPECT_TRUE(find_call_status(overlay, hash_of(1)).has_value());
    EXPECT_TRUE(find_call_status(overlay, hash_of(kCallStatusesMax)).has_value());
}

}  // namespace
}  // namespace redoubt::enclave
