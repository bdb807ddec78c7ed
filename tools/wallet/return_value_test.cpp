#include <tools/wallet/return_value.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>

namespace redoubt::wallet {
namespace {

// Values of vectors/integritee/rpc-values.json.
TEST(ReturnValue, reads_values_of_every_good_status) {
    EXPECT_EQ(to_hex(read_return_value("0x2801209a310100000000000000").value()), "01209a31010000000000");
    EXPECT_EQ(to_hex(read_return_value("0x04000000").value()), "00");
    const auto hash = std::string(64, '2');
    EXPECT_EQ(to_hex(read_return_value("0x80" + hash + "000100").value()), hash);
}

TEST(ReturnValue, a_refusal_carries_the_workers_words) {
    const auto refusal = read_return_value("0x5450536861726420646f6573206e6f742065786973740002");
    ASSERT_FALSE(refusal);
    EXPECT_EQ(refusal.error().code, "worker_refused");
    EXPECT_EQ(refusal.error().message, "the worker refused: Shard does not exist");
}

TEST(ReturnValue, words_of_a_worker_cannot_steer_the_terminal) {
    const auto refusal = read_return_value("0x08041b0002");
    ASSERT_FALSE(refusal);
    EXPECT_EQ(refusal.error().message, "the worker refused: \\x1b");
}

TEST(ReturnValue, rejects_what_is_no_return_value) {
    for (const auto* hex : {"", "0x", "zz", "0x04", "0x0400", "0x040000", "0x04000200", "0x04000003",
                            "0x0400000000", "0x0400000b", "0x04000001", "0x0400000110", "0xfeffffff"}) {
        const auto value = read_return_value(hex);
        ASSERT_FALSE(value) << hex;
        EXPECT_EQ(value.error().code, "worker_answer_malformed") << hex;
    }
}

TEST(ReturnValue, reads_a_complete_text_only) {
    EXPECT_EQ(read_string_value(parse_hex("0c616263").value()).value(), "abc");
    EXPECT_FALSE(read_string_value(parse_hex("0c61626300").value()));
    EXPECT_FALSE(read_string_value(parse_hex("0c6162").value()));
}

}  // namespace
}  // namespace redoubt::wallet
