#include <enclave/endpoint/json_text.hpp>

#include <gtest/gtest.h>

namespace redoubt::enclave::endpoint {
namespace {

TEST(JsonText, measures_depth_and_tokens_outside_of_strings) {
    EXPECT_EQ(measure_json("1").depth, 0U);
    EXPECT_EQ(measure_json("[[{}]]").depth, 3U);
    EXPECT_EQ(measure_json(R"(["[[[[", "\"[[", {"a,b": 1}])").depth, 2U);
    EXPECT_EQ(measure_json(R"({"a": [1, 2, 3]})").tokens, 5U);
    EXPECT_EQ(measure_json(R"("a,b,c\\",)").tokens, 1U);
}

TEST(JsonText, measures_texts_that_are_no_json) {
    EXPECT_EQ(measure_json("]]]]").depth, 0U);
    EXPECT_EQ(measure_json("\"never ends [[[").depth, 0U);
    EXPECT_EQ(measure_json("\"\\").depth, 0U);
}

TEST(JsonText, truncates_between_characters) {
    EXPECT_EQ(truncate_utf8("abc", 3), "abc");
    EXPECT_EQ(truncate_utf8("abc", 2), "ab");
    EXPECT_EQ(truncate_utf8("aä", 2), "a");
    EXPECT_EQ(truncate_utf8("aä", 3), "aä");
    EXPECT_EQ(truncate_utf8("ä", 0), "");
}

}  // namespace
}  // namespace redoubt::enclave::endpoint
