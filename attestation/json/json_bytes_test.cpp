#include <attestation/json/json_bytes.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

TEST(JsonBytes, are_read_within_their_limit) {
    const auto base64 = [](std::string_view text, std::size_t bytes_max) {
        JsonCursor value{text};
        return read_base64(value, bytes_max);
    };
    const auto hex = [](std::string_view text, std::size_t bytes_max) {
        JsonCursor value{text};
        return read_hex(value, bytes_max);
    };
    EXPECT_EQ(base64(R"("AAEC")", 3).value(), (Bytes{0, 1, 2}));
    EXPECT_ERROR(base64(R"("AAEC")", 2), Reason::kLimitExceeded);
    EXPECT_ERROR(base64(R"("AAECAw==")", 3), Reason::kLimitExceeded);
    EXPECT_ERROR(base64(R"("AA")", 3), Reason::kMalformed);
    EXPECT_ERROR(base64("7", 3), Reason::kJsonMalformed);
    EXPECT_EQ(hex(R"("00ff")", 2).value(), (Bytes{0, 255}));
    EXPECT_ERROR(hex(R"("00ff")", 1), Reason::kLimitExceeded);
    for (const auto* text : {R"("00FF")", R"("0x00")", R"("0")"}) {
        EXPECT_ERROR(hex(text, 4), Reason::kMalformed) << text;
    }
}

}  // namespace
}  // namespace redoubt::attestation
