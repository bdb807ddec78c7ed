#include <attestation/json/json_cursor.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

Result<void> check(std::string_view text) {
    JsonCursor cursor{text};
    BOOST_OUTCOME_TRY(cursor.skip_value());
    return cursor.expect_end();
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonCursor, accepts_what_json_is) {
    for (const auto* text : {"{}", "[]", " [ 1 , -2.5e+3 , 0 ] ", R"({"a":{"a":null},"b":[true,false,"x"]})",
                             R"("\u00e9\ud83d\ude00\n")", "\"\xc3\xa9\"", "0.5"}) {
        EXPECT_OK(check(text)) << text;
    }
}

TEST(JsonCursor, rejects_what_json_is_not) {
    for (const auto* text :
         {"",      "{",       "[1,]",     "{\"a\":1,}", "{a:1}",       "{'a':1}",     "01",
          "+1",    "1.",      ".5",       "1e",         "nul",         "[1 2]",       "{\"a\" 1}",
          "{} {}", "// x\n1", "\"a\nb\"", R"("\x")",    R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")",
          "NaN",   "[,1]",    "{,}"}) {
        EXPECT_ERROR(check(text), Reason::kJsonMalformed) << text;
    }
}

TEST(JsonCursor, rejects_text_that_is_not_utf8) {
    for (const auto* text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\"",
                             "\"\xf5\x80\x80\x80\"", "\"\xf0\x80\x80\x80\"", "\"\x80\""}) {
        EXPECT_ERROR(check(text), Reason::kJsonMalformed);
    }
}

TEST(JsonCursor, rejects_a_name_that_comes_twice_at_any_depth) {
    EXPECT_ERROR(check(R"({"a":1,"b":2,"a":3})"), Reason::kJsonDuplicateMember);
    EXPECT_ERROR(check(R"([{"x":{"a":1,"a":1}}])"), Reason::kJsonDuplicateMember);
    EXPECT_OK(check(R"([{"a":1},{"a":1}])"));
}

TEST(JsonCursor, compares_names_after_their_escapes) {
    EXPECT_ERROR(check(R"({"tcbInfo":1,"tcb\u0049nfo":2})"), Reason::kJsonDuplicateMember);
}

TEST(JsonCursor, stops_at_the_depth_limit) {
    EXPECT_OK(check(nested(kJsonDepthMax)));
    EXPECT_ERROR(check(nested(kJsonDepthMax + 1)), Reason::kLimitExceeded);
}

TEST(JsonCursor, stops_at_the_limit_of_members) {
    const auto object = [](std::size_t count) {
        std::string out = "{";
        for (std::size_t i = 0; i < count; ++i) {
            out += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
        }
        return out + "}";
    };
    EXPECT_OK(check(object(kJsonMembersMax)));
    EXPECT_ERROR(check(object(kJsonMembersMax + 1)), Reason::kLimitExceeded);
}

TEST(JsonCursor, gives_the_exact_bytes_of_a_value) {
    JsonCursor cursor{R"( {"a" : { "x":"}]\"" , "y":[1] } , "b":2})"};
    std::string_view found;
    ASSERT_OK(cursor.read_object([&](std::string_view name, JsonCursor& value) -> Result<void> {
        BOOST_OUTCOME_TRY(const auto raw, value.skip_value());
        if (name == "a") {
            found = raw;
        }
        return success();
    }));
    ASSERT_OK(cursor.expect_end());
    EXPECT_EQ(found, R"({ "x":"}]\"" , "y":[1] })");
}

TEST(JsonCursor, reads_plain_integers_up_to_their_limit) {
    const auto read = [](std::string_view text, std::uint64_t max) {
        return JsonCursor{text}.read_unsigned(max);
    };
    EXPECT_EQ(read("255", 255).value(), 255U);
    EXPECT_EQ(read("18446744073709551615", UINT64_MAX).value(), UINT64_MAX);
    EXPECT_ERROR(read("256", 255), Reason::kJsonMalformed);
    for (const auto* text : {"18446744073709551616", "-1", "1.0", "1e1", "00", "\"1\"", ""}) {
        EXPECT_ERROR(read(text, UINT64_MAX), Reason::kJsonMalformed) << text;
    }
}

TEST(JsonCursor, resolves_escapes) {
    EXPECT_EQ(JsonCursor{R"("a\/\u00e9\ud83d\ude00\t")"}.read_string().value(),
              "a/\xc3\xa9\xf0\x9f\x98\x80\t");
}

}  // namespace
}  // namespace redoubt::attestation
