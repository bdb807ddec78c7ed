#include <primitives/json_string.hpp>

#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(JsonString, escapes_what_json_demands) {
    EXPECT_EQ(json_string("a\"b\\c\n\x01ä"), "\"a\\\"b\\\\c\\u000a\\u0001ä\"");
    EXPECT_EQ(json_string(""), "\"\"");
}

}  // namespace
}  // namespace redoubt
