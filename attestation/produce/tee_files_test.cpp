#include <attestation/produce/tee_files.hpp>

#include <gtest/gtest.h>

#include <numeric>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::produce {
namespace {

TEST(BackOff, doubles_up_to_a_second_and_ends_after_half_a_minute) {
    tests::FakeTee tee;
    BackOff back_off{tee};
    while (back_off.wait()) {
    }
    ASSERT_GT(tee.waits.size(), 8U);
    EXPECT_EQ(tee.waits[0], 10U);
    EXPECT_EQ(tee.waits[1], 20U);
    EXPECT_EQ(tee.waits[6], 640U);
    EXPECT_EQ(tee.waits[7], 1'000U);
    EXPECT_EQ(std::accumulate(tee.waits.begin(), tee.waits.end(), std::uint64_t{0}), 30'000U);
}

TEST(TeeFiles, are_read_whole_up_to_their_limit) {
    tests::FakeTee tee;
    tee.gramine = "dcap";
    tee.seal_key = Bytes(40, 9);
    EXPECT_EQ(read_file(tee, "/dev/attestation/keys/_sgx_mrenclave", 40).value(), Bytes(40, 9));
    EXPECT_ERROR(read_file(tee, "/dev/attestation/keys/_sgx_mrenclave", 39), ProduceError::kTooLarge);
    EXPECT_EQ(tee.files_open(), 0U);
}

TEST(TeeFiles, that_are_always_interrupted_are_given_up) {
    tests::FakeTee tee;
    tee.gramine = "dcap";
    tee.interrupt_every = 1;
    EXPECT_ERROR(read_file(tee, "/dev/attestation/attestation_type", 64), std::errc::interrupted);
}

TEST(ProduceErrors, say_what_system_calls_mean) {
    const auto meaning = [](std::errc error) { return explain(std::make_error_code(error)); };
    EXPECT_EQ(meaning(std::errc::no_such_file_or_directory), ProduceError::kInterfaceMissing);
    EXPECT_EQ(meaning(std::errc::permission_denied), ProduceError::kPermission);
    EXPECT_EQ(meaning(std::errc::invalid_argument), ProduceError::kRefused);
    EXPECT_EQ(meaning(std::errc::io_error), ProduceError::kProviderFailed);
    EXPECT_EQ(meaning(std::errc::no_such_device_or_address), ProduceError::kProviderFailed);
    EXPECT_EQ(meaning(std::errc::timed_out), ProduceError::kTimedOut);
    EXPECT_EQ(meaning(std::errc::operation_would_block), ProduceError::kBusy);
    EXPECT_EQ(meaning(std::errc::not_enough_memory), ProduceError::kSystem);
    EXPECT_EQ(explain(ProduceError::kDebug), ProduceError::kDebug);
}

}  // namespace
}  // namespace redoubt::attestation::produce
