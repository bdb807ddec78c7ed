#include <gtest/gtest.h>

#include <substrate/dispatch_error.hpp>
#include <substrate/events.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sample_metadata.hpp>

namespace redoubt::substrate {
namespace {

const Metadata& sample() {
    static const auto metadata = Metadata::decode(tests::sample_metadata()).value();
    return metadata;
}

Bytes success_of(std::uint8_t extrinsic) {
    return {0, extrinsic, 0, 0, 0, 0, 0, 0};
}

/// System.ExtrinsicFailed with DispatchError::Module {index 0, error [5, 0, 0, 0]}: CallFiltered.
Bytes failure_of(std::uint8_t extrinsic) {
    return {0, extrinsic, 0, 0, 0, 0, 1, 3, 0, 5, 0, 0, 0, 0};
}

TEST(Events, tell_which_extrinsics_succeeded) {
    const auto bytes = concat(Bytes{12}, success_of(0), failure_of(1), Bytes{1, 0, 0, 0});
    const auto records = decode_events(sample(), bytes);
    ASSERT_OK(records);
    ASSERT_EQ(records.value().size(), 3U);
    EXPECT_EQ(extrinsic_succeeded(records.value(), 0), true);
    EXPECT_EQ(extrinsic_succeeded(records.value(), 1), false);
    EXPECT_EQ(extrinsic_succeeded(records.value(), 2), std::nullopt);
    EXPECT_EQ(records.value()[2].phase, PhaseKind::kFinalization);
    const auto outcomes = extrinsic_outcomes(sample(), bytes, 3);
    ASSERT_OK(outcomes);
    EXPECT_EQ(outcomes.value(), (std::vector<bool>{true, false, false}));
    EXPECT_ERROR(extrinsic_outcomes(sample(), bytes, 1), ValueError::kOutOfRange);
}

TEST(Events, reject_trailing_bytes_and_unknown_events) {
    EXPECT_ERROR(decode_events(sample(), concat(Bytes{4}, success_of(0), Bytes{0})),
                 DecodeError::kTrailingBytes);
    EXPECT_ERROR(decode_events(sample(), Bytes{4, 1, 9, 0, 0}), LookupError::kNoSuchPallet);
    EXPECT_ERROR(decode_events(sample(), Bytes{4, 1, 0, 9, 0}), LookupError::kNoSuchEvent);
    EXPECT_ERROR(decode_events(sample(), Bytes{4, 3, 0, 0, 0}), DecodeError::kBadTag);
    EXPECT_ERROR(decode_events(sample(), Bytes{0x02, 0x00, 0x04, 0x00}), DecodeError::kUnexpectedEnd);
}

TEST(Events, keep_their_topics) {
    auto bytes = concat(Bytes{4}, success_of(0));
    bytes.back() = 4;
    append(bytes, Bytes(32, 6));
    const auto records = decode_events(sample(), bytes);
    ASSERT_OK(records);
    EXPECT_EQ(records.value()[0].topics.size(), 1U);
}

TEST(DispatchError, is_named_by_pallet_and_error) {
    const auto records = decode_events(sample(), concat(Bytes{4}, failure_of(1)));
    ASSERT_OK(records);
    const auto* error = dispatch_error_of(records.value(), 1);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(describe_dispatch_error(sample(), *error), "System.CallFiltered");
    EXPECT_EQ(dispatch_error_of(records.value(), 0), nullptr);
    EXPECT_EQ(describe_dispatch_error(sample(), Value::variant("BadOrigin")), "BadOrigin");
    EXPECT_EQ(
        describe_dispatch_error(sample(), Value::variant("Token", Value::list({Value::variant("NoFunds")}))),
        "Token.NoFunds");
    EXPECT_EQ(describe_dispatch_error(sample(), Value::boolean(true)), "unknown dispatch error");
}

TEST(DispatchError, gives_numbers_where_the_metadata_has_no_name) {
    Value::Fields module;
    module.push_back({.name = "index", .value = Value::integer(50)});
    module.push_back({.name = "error", .value = Value::bytes(Bytes{3, 0, 0, 0})});
    EXPECT_EQ(describe_dispatch_error(sample(), Value::variant("Module", Value::fields(std::move(module)))),
              "Module 50 error 3");
}

}  // namespace
}  // namespace redoubt::substrate
