#include <gtest/gtest.h>

#include <tools/wallet/amount.hpp>

namespace redoubt::wallet {
namespace {

const AmountFormat kTeer{.symbol = "TEER", .decimals = 12, .planck = false};
const AmountFormat kPlanck{.symbol = "TEER", .decimals = 12, .planck = true};

std::string code_of(const Fallible<uint128>& result) {
    return result ? "" : result.error().code;
}

TEST(Amount, reads_whole_tokens) {
    EXPECT_EQ(to_decimal(parse_amount("1", kTeer).value()), "1000000000000");
    EXPECT_EQ(to_decimal(parse_amount("0", kTeer).value()), "0");
    EXPECT_EQ(to_decimal(parse_amount("007", kTeer).value()), "7000000000000");
}

TEST(Amount, reads_every_decimal_place_and_not_one_more) {
    EXPECT_EQ(to_decimal(parse_amount("0.000000000001", kTeer).value()), "1");
    EXPECT_EQ(to_decimal(parse_amount("1.5", kTeer).value()), "1500000000000");
    EXPECT_EQ(code_of(parse_amount("0.0000000000001", kTeer)), "amount_too_precise");
}

TEST(Amount, a_payment_is_more_than_nothing) {
    EXPECT_EQ(to_decimal(parse_payment("0.000000000001", kTeer).value()), "1");
    for (const auto* nothing : {"0", "0.0", "00", "0.000000000000"}) {
        const auto refused = parse_payment(nothing, kTeer);
        ASSERT_FALSE(refused) << nothing;
        EXPECT_EQ(refused.error().code, "amount_zero");
        EXPECT_EQ(refused.error().exit, ExitCode::kUsage);
    }
    EXPECT_EQ(parse_payment("zero", kTeer).error().code, "amount_malformed");
}

TEST(Amount, takes_zeros_beyond_the_last_place) {
    EXPECT_EQ(to_decimal(parse_amount("1.5000000000000000", kTeer).value()), "1500000000000");
}

TEST(Amount, reads_raw_integers_with_planck) {
    EXPECT_EQ(to_decimal(parse_amount("15", kPlanck).value()), "15");
    EXPECT_EQ(code_of(parse_amount("1.5", kPlanck)), "amount_malformed");
}

TEST(Amount, rejects_what_is_no_number) {
    for (const auto* text : {"", ".", ".5", "5.", "1.2.3", "1,5", "1e3", "+1", "0x10", " 1", "1 ", "one"}) {
        EXPECT_EQ(code_of(parse_amount(text, kTeer)), "amount_malformed") << text;
    }
}

TEST(Amount, rejects_negative_numbers) {
    EXPECT_EQ(code_of(parse_amount("-1", kTeer)), "amount_negative");
}

// 2^128 - 1 = 340282366920938463463374607431768211455
TEST(Amount, reads_the_largest_balance_and_rejects_one_more) {
    EXPECT_EQ(parse_amount("340282366920938463463374607431768211455", kPlanck).value(), ~uint128{0});
    EXPECT_EQ(code_of(parse_amount("340282366920938463463374607431768211456", kPlanck)), "amount_too_large");
    EXPECT_EQ(parse_amount("340282366920938463463374607.431768211455", kTeer).value(), ~uint128{0});
    EXPECT_EQ(code_of(parse_amount("340282366920938463463374607.431768211456", kTeer)), "amount_too_large");
    EXPECT_EQ(code_of(parse_amount(std::string(5000, '9'), kTeer)), "amount_too_large");
}

TEST(Amount, writes_no_digit_too_few_or_too_many) {
    EXPECT_EQ(format_amount(0, kTeer), "0 TEER");
    EXPECT_EQ(format_amount(1, kTeer), "0.000000000001 TEER");
    EXPECT_EQ(format_amount(1'500'000'000'000, kTeer), "1.5 TEER");
    EXPECT_EQ(format_amount(1'000'000'000'000, kTeer), "1 TEER");
    EXPECT_EQ(format_amount(~uint128{0}, kTeer), "340282366920938463463374607.431768211455 TEER");
    EXPECT_EQ(format_amount(5, kPlanck), "5 planck");
    EXPECT_EQ(format_amount(5, AmountFormat{}), "5");
}

TEST(Amount, documents_name_the_unit) {
    Json document = {{"free", "1"}};
    add_unit(document, kTeer);
    EXPECT_EQ(document.dump(), R"({"free":"1","symbol":"TEER","decimals":12})");
}

}  // namespace
}  // namespace redoubt::wallet
