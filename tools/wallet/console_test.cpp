#include <gtest/gtest.h>

#include <sstream>
#include <tools/wallet/console.hpp>

namespace redoubt::wallet {
namespace {

TEST(Console, prints_one_json_document_for_programs_and_nothing_else_on_standard_output) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, true};
    console.progress("waiting");
    EXPECT_TRUE(console.show(Report{.json = {{"free", "1"}}, .text = "free 1"}));
    EXPECT_EQ(Json::parse(out.str()), Json({{"free", "1"}}));
    EXPECT_TRUE(err.str().empty());
}

TEST(Console, prints_the_text_for_people_and_progress_beside_it) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, false};
    console.progress("waiting");
    EXPECT_TRUE(console.show(Report{.json = {}, .text = "free 1"}));
    EXPECT_EQ(out.str(), "free 1\n");
    EXPECT_EQ(err.str(), "waiting\n");
}

TEST(Console, reports_cause_and_remedy_of_a_failure_in_both_forms) {
    auto failure = unreachable("chain_unreachable", "nobody listens", "Start a node.");
    failure.details = {{"url", "ws://x"}};
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(Console(out, err, false).finish(failure), 3);
    EXPECT_TRUE(out.str().empty());
    EXPECT_EQ(err.str(), "error: nobody listens\n  Start a node.\n  url: ws://x\n");

    EXPECT_EQ(Console(out, err, true).finish(failure), 3);
    const auto document = Json::parse(out.str());
    EXPECT_EQ(document["error"]["code"], "chain_unreachable");
    EXPECT_EQ(document["error"]["remedy"], "Start a node.");
    EXPECT_EQ(document["error"]["details"]["url"], "ws://x");
}

TEST(Console, tells_warnings_on_standard_error_and_in_the_document) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, true};
    console.warn("state_stale", "the last block is old");
    console.warn("worker_unattested", "no hardware");
    EXPECT_TRUE(console.show(Report{.json = {{"free", "1"}}, .text = ""}));
    EXPECT_EQ(err.str(), "warning: the last block is old\nwarning: no hardware\n");
    const auto document = Json::parse(out.str());
    EXPECT_EQ(document["free"], "1");
    ASSERT_EQ(document["warnings"].size(), 2U);
    EXPECT_EQ(document["warnings"][0]["code"], "state_stale");
    EXPECT_EQ(document["warnings"][1]["message"], "no hardware");

    std::ostringstream failed;
    Console failing{failed, err, true};
    failing.warn("state_stale", "old");
    EXPECT_EQ(failing.finish(refused("call_failed", "no", "Do not.")), 1);
    EXPECT_EQ(Json::parse(failed.str())["warnings"][0]["code"], "state_stale");
    EXPECT_EQ(Json::parse(failed.str())["error"]["code"], "call_failed");

    std::ostringstream text;
    Console plain{text, err, false};
    plain.warn("state_stale", "old");
    EXPECT_TRUE(plain.show(Report{.json = {}, .text = "free 1"}));
    EXPECT_EQ(text.str(), "free 1\n");
}

TEST(Console, survives_text_that_is_no_utf8) {
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_TRUE(Console(out, err, true).show(Report{.json = {{"url", "\xff\xfe"}}, .text = ""}));
    EXPECT_TRUE(Json::accept(out.str()));
}

TEST(Console, control_characters_from_outside_do_not_reach_the_terminal) {
    EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
    EXPECT_EQ(printable("wss://ö:2000"), "wss://ö:2000");
}

TEST(Table, aligns_columns_by_characters_not_bytes) {
    Table table{{"NAME", "AGE"}};
    table.add({"ö", "1 s"});
    table.add({"longer", "2 s"});
    EXPECT_EQ(table.to_text(), "NAME    AGE\nö       1 s\nlonger  2 s");
}

TEST(Console, ages_change_unit_at_their_boundaries) {
    EXPECT_EQ(describe_age(0), "0 s");
    EXPECT_EQ(describe_age(119'999), "119 s");
    EXPECT_EQ(describe_age(120'000), "2 min");
    EXPECT_EQ(describe_age(7'200'000), "2 h");
    EXPECT_EQ(describe_age(172'800'000), "2 days");
}

}  // namespace
}  // namespace redoubt::wallet
