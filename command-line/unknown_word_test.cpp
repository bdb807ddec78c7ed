#include <command-line/unknown_word.hpp>

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <vector>

namespace redoubt::command_line {
namespace {

const std::vector<std::string> kCommands{"account", "balance", "transfer", "trusted"};

TEST(Nearest, returns_the_word_with_the_fewest_changes) {
    EXPECT_EQ(nearest("tranfser", kCommands), "transfer");
    EXPECT_EQ(nearest("trust", kCommands), "trusted");
    EXPECT_EQ(nearest("balance", kCommands), "balance");
}

// Half of the letters of the candidate is the limit.
TEST(Nearest, returns_nothing_for_a_word_that_is_like_none) {
    EXPECT_EQ(nearest("bals", std::vector<std::string>{"bali"}), "bali");
    EXPECT_EQ(nearest("baxx", std::vector<std::string>{"bali"}), "bali");
    EXPECT_EQ(nearest("bxxx", std::vector<std::string>{"bali"}), std::nullopt);
    EXPECT_EQ(nearest("", kCommands), std::nullopt);
    EXPECT_EQ(nearest("bogus", {}), std::nullopt);
}

class Words : public ::testing::Test {
  protected:
    Words() {
        app_.fallthrough();
        app_.require_subcommand(1);
        app_.add_option("--chain", text_);
        app_.add_subcommand("balance")->add_option("ACCOUNT", text_)->required();
        auto* trusted = app_.add_subcommand("trusted")->require_subcommand(1);
        trusted->add_option("--payer", text_);
        trusted->add_subcommand("transfer");
        trusted->add_subcommand("status");
    }
    std::optional<UnknownWord> parse(std::vector<std::string> arguments) {
        std::reverse(arguments.begin(), arguments.end());
        try {
            app_.parse(arguments);
        } catch (const CLI::ParseError&) {
            return unknown_word(app_);
        }
        ADD_FAILURE() << "this command line is right";
        return std::nullopt;
    }
    std::string text_;
    CLI::App app_{"a program", "redoubt"};
};

TEST_F(Words, names_an_unknown_command_and_the_nearest) {
    const auto unknown = parse({"balanec", "//Alice"});
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->message, "'balanec' is no command of redoubt");
    EXPECT_EQ(unknown->remedy, "Did you mean `redoubt balance`?");
}

TEST_F(Words, lists_the_commands_when_none_is_near) {
    const auto unknown = parse({"bogus"});
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->message, "'bogus' is no command of redoubt");
    EXPECT_EQ(unknown->remedy, "The commands are balance, trusted.");
}

TEST_F(Words, looks_among_the_commands_of_a_command) {
    const auto unknown = parse({"trusted", "trasnfer"});
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->message, "'trasnfer' is no command of redoubt trusted");
    EXPECT_EQ(unknown->remedy, "Did you mean `redoubt trusted transfer`?");
}

TEST_F(Words, names_an_unknown_option_and_the_nearest_of_all_that_apply) {
    EXPECT_EQ(parse({"--chian", "x", "balance", "//Alice"})->remedy, "Did you mean --chain?");
    EXPECT_EQ(parse({"trusted", "--payr=//Bob", "status"})->remedy, "Did you mean --payer?");
    EXPECT_EQ(parse({"--frobnicate"})->message, "'--frobnicate' is no option of redoubt");
}

TEST_F(Words, leaves_other_mistakes_to_the_parser) {
    EXPECT_FALSE(parse({}));
    EXPECT_FALSE(parse({"balance"}));
    EXPECT_FALSE(parse({"balance", "//Alice", "//Bob"}));
}

TEST_F(Words, shows_no_control_characters) {
    EXPECT_EQ(parse({"a\x1b[2Jb"})->message, "'a?[2Jb' is no command of redoubt");
}

}  // namespace
}  // namespace redoubt::command_line
